from __future__ import annotations

from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.render import render
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.prompt import Prompt

WHOLE = """\
# Copyright of somebody

---
model: googleai/gemini-2.5-flash
config:
  temperature: 0.7
  maxOutputTokens: 99
  topK: 40
  topP: 0.95
  stopSequences: [END]
input:
  schema:
    name: string, the user's name
    style?: "formal" | "casual"
    tags?(array, labels): string
    at:
      place: string
  default:
    name: Eve
output:
  format: json
  schema:
    title?: "a" | "b"
genkit.flow: x
provider: openai
owner: support
---

{{role "system"}}Be {{#if style}}{{style}}{{else}}plain{{/if}}.
{{role "user"}}I am {{name}}.
"""


def prompt_of(root: Path, text: str, name: str = "x.prompt") -> Prompt:
    (root / name).write_text(text)
    return read_prompt(root, root / name)


def said(prompt: Prompt, **inputs) -> list[tuple[str, str]]:
    return [(one.role, one.content) for one in render(prompt, Case("c", inputs))]


def test_a_dotprompt_file_is_read_whole_though_its_schema_is_no_yaml(tmp_path) -> None:
    prompt = prompt_of(tmp_path, WHOLE, "greet.formal.prompt")
    assert (prompt.id, prompt.model, prompt.owner) == ("greet.formal", "googleai/gemini-2.5-flash", "support")
    assert prompt.parameters == {
        "response_format": {"type": "json_object"},
        "temperature": 0.7,
        "max_tokens": 99,
        "top_k": 40,
        "top_p": 0.95,
        "stop": ["END"],
    }
    assert prompt.template.inputs == ("name", "style", "tags", "at")
    assert prompt.template.optional == ("style", "tags")
    assert said(prompt) == [("system", "Be plain.\n"), ("user", "I am Eve.")]
    assert said(prompt, style="curt", name="Bob") == [("system", "Be curt.\n"), ("user", "I am Bob.")]


@pytest.mark.parametrize(
    ("schema", "names", "optional"),
    [
        ("{name: string, age?: number}", ("name", "age"), ("age",)),
        ("{type: object, properties: {a: {}, b: {}}, required: [a]}", ("a", "b"), ("b",)),
        ("MySchema", (), ()),
    ],
)
def test_a_schema_names_the_inputs(tmp_path, schema, names, optional) -> None:
    template = prompt_of(tmp_path, f"---\ninput:\n  schema: {schema}\n---\nHi").template
    assert (template.inputs, template.optional) == (names, optional)


def test_no_front_matter_is_one_user_message(tmp_path) -> None:
    assert said(prompt_of(tmp_path, "\n# Title\n\nHi {{a}}\n"), a=1) == [("user", "# Title\n\nHi 1")]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("---\ninput:\n  schema\n    a: b\n---\nHi", 4, "not valid YAML"),
        ("---\ninput:\n  schema:\n    a?: 'x' | y\nconfig: [\n---\nHi", 6, "not valid YAML"),
        ("# c\n---\nmodle: x\n---\nHi", 3, "did you mean `model`"),
        ("---\nconfig: {maxOutputToken: 1}\n---\nHi", 2, "unknown key in config, found 'max_output_token'"),
        ("---\ntools: [weather]\n---\nHi", 2, "tools live in code"),
        ("---\ninput: {schem: {}}\n---\nHi", 2, "did you mean `schema`"),
        ("---\noutput: {format: xml}\n---\nHi", 2, "one of text, json"),
        ("---\nmodel: x\n---\n\nHi\n{{#if a}}", 6, "a block without an end"),
    ],
)
def test_a_faulty_file_is_told_with_its_line(tmp_path, text, line, why) -> None:
    with pytest.raises(InputError, match=why) as caught:
        prompt_of(tmp_path, text)
    assert (caught.value.where, caught.value.line) == ("x.prompt", line)


def test_partials_lie_beside_the_prompt_and_count_in_the_digest(tmp_path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "_rules.prompt").write_text("---\ndescription: x\n---\nBe brief. {{>shared/tone}}")
    (tmp_path / "shared/_tone.prompt").write_text("Be {{tone}}.")
    prompt = prompt_of(tmp_path, "{{>rules}} Hi")
    assert said(prompt, tone="kind") == [("user", "Be brief. Be kind. Hi")]
    (tmp_path / "shared/_tone.prompt").write_text("Be very {{tone}}.")
    assert prompt_of(tmp_path, "{{>rules}} Hi").digest != prompt.digest
    (tmp_path / "shared/_tone.prompt").write_text("{{#if}}")
    with pytest.raises(InputError, match=r"^shared/_tone\.prompt:1: "):
        prompt_of(tmp_path, "{{>rules}} Hi")
    (tmp_path / "shared/_tone.prompt").unlink()
    with pytest.raises(InputError, match=r"^_rules\.prompt:4: the file shared/_tone\.prompt .*No such file"):
        prompt_of(tmp_path, "{{>rules}} Hi")
