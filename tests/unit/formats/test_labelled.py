from __future__ import annotations

import re

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.labelled import read_labelled

JSONL = (
    '{"inputs": {"text": "a"}, "output": "yes", "label": "good"}\n{"output": {"b": 1}, "label": 3, "expected": "x"}\n'
)
JSON = (
    '[{"inputs": {"text": "a"}, "output": "yes", "label": "good"},\n {"output": {"b": 1}, "label": 3, "expected": "x"}]'
)
YAML = "- {inputs: {text: a}, output: 'yes', label: good}\n- {output: {b: 1}, label: 3, expected: x}\n"


@pytest.mark.parametrize(("name", "text"), [("l.jsonl", JSONL), ("l.json", JSON), ("l.yaml", YAML), ("l.YML", YAML)])
def test_labels_are_read_from_any_of_the_formats_alike(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    one, two = read_labelled(tmp_path / name)
    assert (one.case.inputs, one.output.text, one.label, one.line) == ({"text": "a"}, "yes", "good", 1)
    assert (two.case.expected, two.output.text, two.output.value, two.label) == ("x", '{"b":1}', {"b": 1}, "3")
    assert two.line == 2
    assert one.case.id != two.case.id


def test_columns_of_other_names_are_inputs(tmp_path):
    (tmp_path / "l.csv").write_text('text,output,label,id,expected\na,"yes,\nplease",good,,\nb,no,bad,x,no\n')
    one, two = read_labelled(tmp_path / "l.csv")
    assert (one.case.inputs, one.case.expected, one.output.text) == ({"text": "a"}, None, "yes,\nplease")
    assert (two.case.id, two.case.expected, two.line) == ("x", "no", 4)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("l.txt", "", "no labelled answers, found '.txt'"),
        ("l.jsonl", "", "no labelled answers, found a list of 0"),
        ("l.yaml", "a: 1", "no labelled answers, found a map of 1"),
        ("l.yaml", "- 1", ":1: wrong row, found 1"),
        ("l.yaml", "- {output: a, label: b}\n- {outputs: a, label: b}", ":2: unknown key in the row, found 'outputs'"),
        ("l.yaml", "- {label: b}", ":1: wrong `output` in the row, found nothing"),
        ("l.yaml", "- {output: a}", ":1: wrong `label` in the row, found nothing"),
        ("l.yaml", "- {output: a, label: true}", "wrong `label` in the row, found true"),
        ("l.csv", "output,label\na,\n", ":2: wrong `label`"),
        ("l.jsonl", '{"output": ', "l.jsonl:1: "),
        ("none.jsonl", None, "none.jsonl"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path, name, text, words):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=re.escape(words)):
        read_labelled(tmp_path / name)
