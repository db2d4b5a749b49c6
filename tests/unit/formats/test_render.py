from __future__ import annotations

from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.render import render, unused_inputs, variables
from pytest_goldenprompt.model.dataset import Case, Dataset, EvaluatorSpec
from pytest_goldenprompt.model.prompt import Message, Prompt


def prompt_with(*contents: str, evaluators: tuple[EvaluatorSpec, ...] = ()) -> Prompt:
    return Prompt("p", "p.prompt.md", tuple(Message("user", text, 1) for text in contents), "", evaluators=evaluators)


def rendered(template: str, **inputs) -> str:
    [message] = render(prompt_with(template), Case("c", inputs))
    return message.content


@pytest.mark.parametrize(
    ("template", "inputs", "text"),
    [
        ("Hi {{name}}, {{ name }}!", {"name": "Eve"}, "Hi Eve, Eve!"),
        ("{{a}}{{b}}", {"a": "{{b}}", "b": "{{a}}"}, "{{b}}{{a}}"),
        ("{{a}}", {"a": "\\1 \\g<0>"}, "\\1 \\g<0>"),
        ("{{a}}", {"a": {"x": ["é", 1.5, None, True]}}, '{"x": ["é", 1.5, null, true]}'),
        ("{{a}} {{b}} {{c}}", {"a": 1, "b": None, "c": False}, "1 null false"),
        ("{{a}}", {"a": ""}, ""),
        ("{{a}}", {"a": "\ud800"}, "\ud800"),
        ("{{customer name}} {{x.y}} {{größe}}", {"customer name": "A", "x.y": "B", "größe": "C"}, "A B C"),
        ('{"a": {{a}}}', {"a": 1}, '{"a": 1}'),
        ("\\{{a}} {{a}}", {"a": 1}, "{{a}} 1"),
        ("{a} {{}} {{ }} {{a\n}} }} {{", {}, "{a} {{}} {{ }} {{a\n}} }} {{"),
    ],
)
def test_placeholders_become_values_and_nothing_else_changes(template, inputs, text) -> None:
    assert rendered(template, **inputs) == text


def test_a_case_continues_the_conversation_with_literal_text() -> None:
    more = (Message("assistant", "{{a}}"), Message("user", "{{b}}"))
    messages = render(prompt_with("{{a}}"), Case("c", {"a": "x"}, messages=more))
    assert [message.content for message in messages] == ["x", "{{a}}", "{{b}}"]


@pytest.mark.parametrize("expression", ["nme", "#if a", "a | upper", "a.b", "/if", "> part"])
def test_what_names_no_input_is_refused(expression) -> None:
    with pytest.raises(InputError, match="unknown name in the template") as caught:
        rendered(f"x {{{{{expression}}}}}", a=1)
    assert expression in caught.value.what
    assert "the inputs of case c are 'a'" in caught.value.what


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("x.prompt.md", "---\nmodel: m\n---\nsystem:\nA {{a}}\nuser:\nB\n\n{{wrong}}\n", 9),
        ("x.prompt.yml", "messages:\n  - role: user\n    content: >\n      folded\n      text {{wrong}}\n", 5),
        ("y.prompt.yml", 'messages:\n  - {role: user, content: "{{wro\\\n      ng}}"}\n', 2),
    ],
)
def test_an_unknown_name_is_told_with_file_and_line(tmp_path: Path, name, text, line) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        render(read_prompt(tmp_path, Path(name)), Case("c", {"a": "x"}))
    assert (caught.value.where, caught.value.line) == (name, line)


def test_variables_are_the_names_of_all_templates() -> None:
    assert variables(prompt_with("{{a}} {{ b }} \\{{c}}", "{{d e}}")) == {"a", "b", "d e"}
    assert variables(prompt_with("nothing")) == frozenset()


def dataset_with(**inputs) -> Dataset:
    return Dataset("p.golden.yaml", (Case("a", {"used": 1}, line=3), Case("b", inputs, line=7)), "")


def test_an_input_that_no_template_uses_is_refused() -> None:
    unused_inputs(prompt_with("{{used}}"), dataset_with(used=2))
    with pytest.raises(
        InputError, match=r"^p\.golden\.yaml:7: inputs that the prompt does not use, found 'usd'; 'used'"
    ):
        unused_inputs(prompt_with("{{used}}"), dataset_with(used=1, usd=2))
    with pytest.raises(InputError, match=r"^p\.golden\.yaml:3"):
        unused_inputs(prompt_with("no placeholder"), dataset_with())


def test_inputs_by_name_and_inputs_of_evaluators_need_no_template() -> None:
    unused_inputs(prompt_with("no placeholder"), dataset_with(x=1), by_name=True)
    judged = (EvaluatorSpec("contains", {"value": "{{word}}"}), EvaluatorSpec("exact"))
    unused_inputs(prompt_with("{{used}}", evaluators=judged), dataset_with(word=1))
