from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.datasets import dataset_from_rows
from pytest_goldenprompt.formats.pairing import is_golden
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.render import render, unused_inputs, variables
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.prompt import Message, Prompt

needs_jinja = pytest.mark.skipif(importlib.util.find_spec("jinja2") is None, reason="jinja2 is not installed")


def prompt_of(root: Path, header: str, body: str = "Hi", *, sample: bool = False) -> Prompt:
    (root / "x.prompty").write_text(f"---\n{header}\n---\n{body}")
    return read_prompt(root, root / "x.prompty", sample=sample)


def said(prompt: Prompt, *messages: Message, **inputs) -> list[tuple[str, str]]:
    return [(one.role, one.content) for one in render(prompt, Case("c", inputs, messages=messages))]


FIRST = """\
name: Triage
authors: [Eve]
model:
  api: chat
  configuration:
    type: azure_openai
    azure_deployment: gpt-4o-mini
    azure_endpoint: ${ENV:AZURE_OPENAI_ENDPOINT}
    connection: ${file:gone.json}
  parameters: {max_tokens: 128, temperature: 0.2, stream: true, stop: [END]}
inputs:
  question: {type: string}
  tone: kind
provider: openai
owner: support"""


def test_the_first_version_is_read_and_its_configuration_is_not(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://secret.example")
    prompt = prompt_of(tmp_path, FIRST, "system:\nBe {{tone}}.\n\n  # User : \n\n{{question}}\n\n")
    assert (prompt.id, prompt.model, prompt.provider, prompt.owner) == ("x", "gpt-4o-mini", "openai", "support")
    assert prompt.parameters == {"max_tokens": 128, "temperature": 0.2, "stop": ["END"]}
    assert said(prompt, question="Why?") == [("system", "Be kind."), ("user", "Why?")]
    assert said(prompt, question="user:\n", tone="curt") == [("system", "Be curt."), ("user", "user:")]
    assert "secret" not in repr(prompt)


SECOND = """\
name: my-answer
model:
  id: gpt-4
  provider: openai
  apiType: chat
  connection: {kind: key, endpoint: "${env:E:https://x}", apiKey: "${env:OPENAI_API_KEY}"}
  options:
    temperature: 0.7
    maxOutputTokens: 1000
    stopSequences: [END]
    allowMultipleToolCalls: false
    additionalProperties: {logprobs: true}
inputs:
  - {name: question, kind: string, default: Why?}
  - {name: hint, kind: string, required: false}
  - {name: talk, kind: thread}
outputs:
  - {name: city, kind: string, description: Where, required: true, enumValues: [Rome]}
  - {name: tags, kind: array, items: {kind: float}}
  - {name: place, kind: object, properties: [{name: lat, kind: number, required: true}]}
tools:
  - name: find
    kind: function
    description: Finds
    strict: true
    parameters: [{name: q, kind: string, required: true}]
  - {type: function, function: {name: other}}
template: {format: {kind: jinja2}, parser: {kind: prompty}}"""


def test_the_second_version_is_read_under_openai_s_names(tmp_path) -> None:
    prompt = prompt_of(tmp_path, SECOND, "system:\nTalk.\n{{talk}}\nuser:\n{{question}}")
    city = {"type": "string", "description": "Where", "enum": ["Rome"]}
    place = {
        "type": "object",
        "properties": {"lat": {"type": "number"}},
        "required": ["lat"],
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {"city": city, "tags": {"type": "array", "items": {"type": "number"}}, "place": place},
        "required": ["city"],
        "additionalProperties": False,
    }
    query = {
        "type": "object",
        "properties": {"q": {"type": "string"}},
        "required": ["q"],
        "additionalProperties": False,
    }
    assert prompt.model == "gpt-4"
    assert prompt.provider is None
    assert prompt.parameters == {
        "temperature": 0.7,
        "max_completion_tokens": 1000,
        "stop": ["END"],
        "parallel_tool_calls": False,
        "logprobs": True,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "my_answer", "strict": True, "schema": schema},
        },
        "tools": [
            {
                "type": "function",
                "function": {"name": "find", "description": "Finds", "parameters": query, "strict": True},
            },
            {"type": "function", "function": {"name": "other"}},
        ],
    }
    assert type(prompt.parameters["logprobs"]) is bool
    assert json.dumps(prompt.parameters)


def test_a_thread_takes_the_case_s_messages_or_an_input(tmp_path) -> None:
    prompt = prompt_of(tmp_path, SECOND, "system:\nTalk.\n{{talk}}\nuser:\n{{question}}")
    turn = Message("assistant", "{{question}} system:")
    expected = [("system", "Talk."), ("assistant", turn.content), ("user", "Why?")]
    assert said(prompt, turn) == expected
    assert said(prompt, talk=[turn.plain()]) == expected
    assert said(prompt) == [("system", "Talk."), ("user", "Why?")]
    with pytest.raises(InputError, match="wrong `talk` in the inputs of case c"):
        said(prompt, talk="Hi")
    with pytest.raises(InputError, match="wrong `role` in the message"):
        said(prompt, talk=[{"role": "model", "content": ""}])


@needs_jinja
def test_an_input_that_may_be_absent_is_false_in_conditions(tmp_path) -> None:
    prompt = prompt_of(tmp_path, SECOND, "{% if hint %}Hint: {{hint}}{% endif %}\nGo{{hint}}")
    assert said(prompt) == [("system", "Go")]
    assert said(prompt, hint="up") == [("system", "Hint: up\nGoup")]
    assert said(prompt_of(tmp_path, SECOND, "Go{{hint}}")) == [("system", "Go")]


def test_declared_inputs_need_not_be_used(tmp_path) -> None:
    prompt = prompt_of(tmp_path, FIRST, "{{question}}")
    assert variables(prompt) == {"question", "tone"}
    unused_inputs(prompt, Dataset("d", (Case("c", {"question": "x", "tone": "y"}),), ""))
    with pytest.raises(InputError, match="found 'tome'"):
        unused_inputs(prompt, Dataset("d", (Case("c", {"question": "x", "tome": "y"}),), ""))


def test_no_front_matter_is_a_system_message(tmp_path) -> None:
    (tmp_path / "x.prompty").write_text("You help.\n")
    assert said(read_prompt(tmp_path, tmp_path / "x.prompty")) == [("system", "You help.")]
    assert prompt_of(tmp_path, "model: gpt-4o").model == "gpt-4o"
    assert prompt_of(tmp_path, "").model is None


@pytest.mark.parametrize("model", ["${env:MODEL}", "{configuration: {azure_deployment: '${env:D:gpt}'}}"])
def test_a_model_s_name_that_the_environment_holds_is_left_open(tmp_path, model) -> None:
    assert prompt_of(tmp_path, f"model: {model}").model is None


@pytest.mark.parametrize(
    ("header", "line", "why"),
    [
        ("model: m\ninputs:\n  a: {default: '${env:HOME}'}", 3, "`inputs` must not depend on the environment"),
        ("model:\n  parameters: {seed: '${env:SEED:1}'}", 3, "`parameters` must not depend on the environment"),
        ("model: {options: '${file:gone.json}'}", 2, r"the file gone\.json that is named here: .*No such file"),
        ("model: {options: '${file:../x.json}'}", 2, "outside of the root|No such file"),
        ("model: {options: {topp: 1}}", 2, "did you mean `top_p`"),
        ("model: {parameters: {}, options: {}}", 2, "either `parameters` or `options`"),
        ("model: {options: {additionalProperties: 1}}", 2, "additionalProperties"),
        ("model: {api: embedding}", 2, "wrong `api` in `model`, found 'embedding'; one of chat"),
        ("name: x\nmodle: gpt", 3, "unknown key in the front matter, found 'modle'.*did you mean `model`"),
        ("base: other.prompty", 2, "a whole prompt"),
        ("template: liquid", 2, "a format among jinja2"),
        ("inputs: [{kind: string}]", 2, "each with a name of its own"),
        ("inputs: 5", 2, "a list or a map"),
        ("tools: [{kind: mcp, name: x}]", 2, "a list of functions"),
    ],
)
def test_what_would_be_asked_otherwise_elsewhere_is_refused(tmp_path, header, line, why) -> None:
    with pytest.raises(InputError, match=why) as caught:
        prompt_of(tmp_path, header)
    assert (caught.value.where, caught.value.line) == ("x.prompty", line)


def test_inputs_that_are_no_text_are_refused_when_a_case_is_filled(tmp_path) -> None:
    prompt = prompt_of(tmp_path, "inputs: [{name: photo, kind: image}]")
    with pytest.raises(InputError, match=r"^x\.prompty:1: inputs that are no text, found 'photo'"):
        said(prompt)


def test_a_sample_that_says_what_is_expected_is_a_case(tmp_path) -> None:
    header = "inputs: {q: {type: string}}\nsample:\n  q: Why?\n  expected: Because."
    prompt = prompt_of(tmp_path, header, "{{q}}", sample=True)
    assert is_golden(tmp_path / "x.prompty")
    [case] = dataset_from_rows(prompt).cases
    assert (case.inputs, case.expected, case.line) == ({"q": "Why?"}, "Because.", 3)
    (tmp_path / "x.golden.yaml").write_text("")
    assert not is_golden(tmp_path / "x.prompty")


def test_a_sample_without_expectation_is_no_case(tmp_path) -> None:
    prompt = prompt_of(tmp_path, "sample: {q: What is expected here?}", "{{q}}", sample=True)
    assert prompt.rows is None
    assert not is_golden(tmp_path / "x.prompty")


def test_a_sample_may_lie_in_a_file_that_counts_in_the_digest(tmp_path) -> None:
    (tmp_path / "rows.json").write_text('[{"q": "a", "expected": 1}, {"q": "b"}, {"q": "c", "expected": 2}]')
    prompt = prompt_of(tmp_path, "sample: ${file:rows.json}", "{{q}}", sample=True)
    assert is_golden(tmp_path / "x.prompty")
    assert prompt.rows == ((2, {"q": "a", "expected": 1}), (2, {"q": "c", "expected": 2}))
    assert prompt.digest != prompt_of(tmp_path, "sample: ${file:rows.json}", "{{q}}").digest
    (tmp_path / "rows.json").unlink()
    with pytest.raises(InputError, match=r"^x\.prompty:2: the file rows\.json that is named here: .*No such file"):
        prompt_of(tmp_path, "sample: ${file:rows.json}", "{{q}}", sample=True)


def test_a_sample_of_another_shape_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match=r"^x\.prompty:2: wrong `sample`.*a map of inputs"):
        prompt_of(tmp_path, "sample: Hi", sample=True)


def test_mustache_is_filled_as_such(tmp_path) -> None:
    prompt = prompt_of(tmp_path, "template: mustache", "user:\n{{#tags}}{{.}};{{/tags}}{{{text}}}")
    assert said(prompt, tags=["a", "b"], text="<") == [("user", "a;b;<")]
