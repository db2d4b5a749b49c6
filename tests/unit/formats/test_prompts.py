from __future__ import annotations

from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.model.dataset import EvaluatorSpec
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.values import digest_of_bytes


def prompt_of(root: Path, name: str, text: str) -> Prompt:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return read_prompt(root, path)


def turns(prompt: Prompt) -> list[tuple[str, str, int]]:
    return [(message.role, message.content, message.line) for message in prompt.messages]


def test_text_without_role_lines_is_one_user_message(tmp_path) -> None:
    prompt = prompt_of(tmp_path, "a/b/triage.prompt.md", "\n\nSort this:\n\n{{ticket}}\n\n")
    assert turns(prompt) == [("user", "Sort this:\n\n{{ticket}}", 3)]
    assert (prompt.id, prompt.path) == ("a/b/triage", "a/b/triage.prompt.md")
    assert prompt.digest == digest_of_bytes((tmp_path / prompt.path).read_bytes())


def test_role_lines_start_messages(tmp_path) -> None:
    text = "---\nmodel: m\n---\n\nsystem:\nSort.\n\nuser:   \n\nHi\nassistant:\nHello\nuser:\n{{x}}\n"
    assert turns(prompt_of(tmp_path, "x.prompt.txt", text)) == [
        ("system", "Sort.", 6),
        ("user", "Hi", 10),
        ("assistant", "Hello", 12),
        ("user", "{{x}}", 14),
    ]


def test_a_role_word_inside_a_line_or_behind_a_backslash_is_text(tmp_path) -> None:
    text = "The user: said\n  system:\n\\user:\nUser:\n"
    assert turns(prompt_of(tmp_path, "x.prompt.txt", text)) == [("user", "The user: said\n  system:\nuser:\nUser:", 1)]


def test_front_matter_gives_model_people_and_parameters(tmp_path) -> None:
    text = (
        "---\nname: T\ndescription: sorts\nmodel: gpt-4o-mini\nprovider: openai:gpt-4o-mini\nowner: support\n"
        "temperature: 0\nmax_tokens: 50\ntop_p: 0.5\nseed: -1\nstop: [END]\nresponse_format: {type: json_object}\n"
        "tools:\n  - {type: function}\nparameters: {mirostat: 2}\n---\nHi"
    )
    prompt = prompt_of(tmp_path, "x.prompt.md", text)
    assert (prompt.model, prompt.provider, prompt.owner) == ("gpt-4o-mini", "openai:gpt-4o-mini", "support")
    assert prompt.parameters == {
        "temperature": 0,
        "max_tokens": 50,
        "top_p": 0.5,
        "seed": -1,
        "stop": ["END"],
        "response_format": {"type": "json_object"},
        "tools": [{"type": "function"}],
        "mirostat": 2,
    }
    assert type(prompt.parameters["tools"][0]) is dict


def test_an_error_in_the_front_matter_names_the_line_in_the_file(tmp_path) -> None:
    with pytest.raises(InputError, match=r"^x\.prompt\.md:3: unknown key .*did you mean `temperature`"):
        prompt_of(tmp_path, "x.prompt.md", "---\nmodel: m\ntemperatur: 1\n---\nHi")


def test_empty_front_matter_is_fine(tmp_path) -> None:
    assert turns(prompt_of(tmp_path, "x.prompt.md", "---\n---\nHi")) == [("user", "Hi", 3)]


def test_line_ends_of_windows_change_neither_text_nor_lines(tmp_path) -> None:
    text = "---\nmodel: m\n---\nsystem:\nA\nB\nuser:\nC\n"
    unix = prompt_of(tmp_path, "unix.prompt.md", text)
    windows = prompt_of(tmp_path, "windows.prompt.md", "\ufeff" + text.replace("\n", "\r\n"))
    assert turns(unix) == turns(windows) == [("system", "A\nB", 5), ("user", "C", 8)]
    assert unix.text == windows.text
    assert unix.digest != windows.digest


GITHUB = """\
name: Triage
description: sorts tickets
model: openai/gpt-4o
modelParameters:
  temperature: 0.5
  maxTokens: 50
  topP: 0.9
responseFormat: json_schema
jsonSchema: |-
  {"name": "answer", "schema": {"type": "object"}}
messages:
  - role: system
    content: Sort.
  - role: user
    content: |
      Ticket:
      {{input}}
testData:
  - input: late
    expected: refund
  - input: no
    expected: other
evaluators:
  - name: same
    string:
      equals: '{{expected}}'
  - string: {contains: x}
  - string: {startsWith: y}
  - string: {endsWith: z}
  - name: near
    uses: github/similarity
  - name: judge
    llm:
      modelId: openai/gpt-4o
      systemPrompt: Be strict.
      prompt: 'Rate {{completion}} of {{input}}'
      choices: [{choice: '1', score: 0}, {choice: '2', score: .25}, {choice: '3', score: 1}]
"""


def test_a_github_models_prompt_is_read_whole(tmp_path) -> None:
    prompt = prompt_of(tmp_path, ".github/prompts/triage.prompt.yml", GITHUB)
    assert (prompt.id, prompt.model) == (".github/prompts/triage", "openai/gpt-4o")
    assert turns(prompt) == [("system", "Sort.", 13), ("user", "Ticket:\n{{input}}\n", 15)]
    assert prompt.parameters == {
        "temperature": 0.5,
        "max_tokens": 50,
        "top_p": 0.9,
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}},
    }
    assert prompt.rows == (
        (19, {"input": "late", "expected": "refund"}),
        (21, {"input": "no", "expected": "other"}),
    )


def test_github_evaluators_become_ours_and_judges_are_carried_by_name(tmp_path) -> None:
    specs = prompt_of(tmp_path, "x_prompt.yml", GITHUB).evaluators
    assert specs == (
        EvaluatorSpec("exact", {"value": "{{expected}}"}),
        EvaluatorSpec("contains", {"value": "x", "ignore_case": True}),
        EvaluatorSpec("starts-with", {"value": "y", "ignore_case": True}),
        EvaluatorSpec("ends-with", {"value": "z", "ignore_case": True}),
        EvaluatorSpec("uses", {"name": "near", "uses": "github/similarity"}),
        EvaluatorSpec(
            "judge",
            {
                "name": "judge",
                "rubric": "Rate {{output}} of {{input}}",
                "system": "Be strict.",
                "model": "openai/gpt-4o",
                "choices": {"1": 0, "2": 0.25, "3": 1},
                "threshold": 0.25,
            },
        ),
    )
    assert [spec.line for spec in specs] == [26, 27, 28, 29, 30, 32]


def test_a_json_schema_may_be_a_map_and_parameters_in_snake_case(tmp_path) -> None:
    text = (
        "messages: [{role: user, content: x}]\nmodelParameters: {max_tokens: 5, presencePenalty: 1}\n"
        "responseFormat: json_schema\njsonSchema: {name: a}\n"
    )
    assert prompt_of(tmp_path, "x.prompt.yaml", text).parameters == {
        "max_tokens": 5,
        "presence_penalty": 1,
        "response_format": {"type": "json_schema", "json_schema": {"name": "a"}},
    }


def test_a_prompt_without_test_data_has_no_rows(tmp_path) -> None:
    prompt = prompt_of(tmp_path, "x.prompt.yml", "messages: [{role: user, content: x}]\nresponseFormat: text")
    assert prompt.rows is None
    assert prompt.parameters == {"response_format": {"type": "text"}}
    assert prompt_of(tmp_path, "y.prompt.yml", "messages: [{role: user, content: x}]\ntestData: []").rows == ()
