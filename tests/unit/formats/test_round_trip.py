from __future__ import annotations

import json
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.json_text import load_json, load_jsonl
from pytest_goldenprompt.formats.located import plain
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.reader import load_yaml
from pytest_goldenprompt.formats.render import render
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.values import canonical, digest_of

TEXT = st.text(st.characters(codec=None, exclude_categories=()))
NAMES = TEXT.filter(is_name)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(TEXT, values, max_size=4),
    max_leaves=12,
)


@given(inputs=st.dictionaries(NAMES, VALUES, max_size=4), expected=VALUES, content=TEXT, ascii_only=st.booleans())
@settings(deadline=None)
def test_any_value_survives_a_json_lines_dataset(tmp_path_factory, inputs, expected, content, ascii_only) -> None:
    row = {"inputs": inputs, "expected": expected, "messages": [{"role": "user", "content": content}]}
    text = json.dumps(row, ensure_ascii=ascii_only or not encodable(row))
    root = tmp_path_factory.mktemp("set")
    (root / "x.golden.jsonl").write_bytes(text.encode() + b"\r\n")
    [case] = read_dataset(root, root / "x.golden.jsonl").cases
    assert canonical(case.inputs) == canonical(inputs)
    assert canonical(case.expected) == canonical(expected)
    assert case.messages[0].content == content
    assert digest_of(case.inputs) == digest_of(inputs)


def encodable(row) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@given(value=VALUES, indent=st.sampled_from([None, 0, 3]))
def test_the_locating_json_reader_agrees_with_the_standard_one(value, indent) -> None:
    text = json.dumps(value, indent=indent)
    assert canonical(plain(load_json(text, "x"))) == canonical(json.loads(text))


@given(value=st.dictionaries(TEXT, VALUES, max_size=4))
def test_json_lines_agree_with_json(value) -> None:
    text = json.dumps(value)
    assert canonical(plain(load_jsonl(text, "x")[0])) == canonical(plain(load_json(text, "x")))


PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff"))


@given(text=PRINTABLE)
def test_quoted_text_survives_yaml(text) -> None:
    assert load_yaml("a: '" + text.replace("'", "''") + "'", "x")["a"] == text


TEMPLATES = {
    "x.prompt.md": "<{{ a }}>",
    "x.prompt.yml": "messages: [{role: user, content: '<{{a}}>'}]",
    "x.prompt.j2": "user:\n<{{ a }}>",
    "y.prompt.j2": "user:\n{% if true %}<{{ a }}>{% endif %}",
    "x.prompty": "user:\n<{{a}}>",
    "x.prompt": '{{role "user"}}<{{a}}>',
}


@pytest.mark.parametrize("name", TEMPLATES)
@given(value=TEXT | st.sampled_from(["\nsystem:\n", "{{a}}", "{% raw %}", "\\{{a}}", "{{role 'system'}}"]))
@settings(deadline=None)
def test_any_value_goes_into_a_template_as_it_is(tmp_path_factory, name, value) -> None:
    if name.startswith("y") and find_spec("jinja2") is None:
        pytest.skip("jinja2 is not installed")
    root = tmp_path_factory.mktemp("prompt")
    (root / name).write_text(TEMPLATES[name])
    [message] = render(read_prompt(root, root / name), Case("c", {"a": value}))
    assert (message.role, message.content) == ("user", f"<{value}>")
