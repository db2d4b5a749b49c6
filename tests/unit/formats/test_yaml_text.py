from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.formats.located import plain
from pytest_goldenprompt.formats.reader import load_yaml
from pytest_goldenprompt.formats.yaml_text import to_yaml
from pytest_goldenprompt.model.values import canonical

TRAPS = ["no", "010", "1e5", "12:30", "2020-01-01", "", "~", "<<", "=", "null", ".inf", "- a", "? x", "a\r\nb", " \n a"]
TEXT = (
    st.text(st.characters(codec=None, exclude_categories=("Cs",)))
    | st.text("ab \n\t:#'\"-{}[]|>&*!%@0123456789.eE~\\\r\x85\u2028")
    | st.sampled_from(TRAPS)
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(TEXT, values, max_size=4),
    max_leaves=12,
)


@given(value=VALUES)
@settings(max_examples=200)
def test_any_value_is_read_back_as_it_was(value) -> None:
    assert canonical(plain(load_yaml(to_yaml(value), "x"))) == canonical(value)


@pytest.mark.parametrize("text", TRAPS)
def test_texts_are_texts_for_readers_of_yaml_1_1_too(text) -> None:
    assert yaml.safe_load(to_yaml({"a": text})) == {"a": text}


def test_several_lines_are_a_block_and_equal_values_are_written_out() -> None:
    shared = ["x"]
    assert to_yaml({"a": "one\ntwo\n", "b": shared, "c": shared}) == "a: |\n  one\n  two\nb:\n- x\nc:\n- x\n"


def test_half_a_character_is_refused() -> None:
    for value in ("\ud800", {"\udfff": 1}, ["a", {"b": "x\ud800"}]):
        with pytest.raises(ValueError, match="half of a character"):
            to_yaml(value)
