"""Changes in hand-written files: every other character stays, and what is in doubt is left to a person."""

from __future__ import annotations

import difflib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.edits import with_case, with_expected, without_line
from pytest_goldenprompt.formats.located import plain
from pytest_goldenprompt.formats.reader import load_yaml

YAML = """\
# a comment — with ü and 😀
owner: o   # who

cases:
  # the first
  - id: a
    inputs: {x: "one: ü😀"}
    expected: refund   # why
    tags: ["k:v"]

  - {id: b, inputs: {x: two}, expected: "no", must_pass: true}
  -
    id: c
    inputs:
      x: |
        two
        lines

    expected: {total: 1, list: [a]}  # flow
  - id: d
    expected: |
      a block
  - id: e
    expected:
      a: 1
  - id: f
    evaluators: [exact]
    # said below

# the end
"""
LINES = {"a": 6, "b": 11, "c": 13, "d": 20, "e": 23, "f": 26}
JSONL = """\
{"owner": "o"}
{"id": "a", "expected" : "x",  "inputs": {"expected": "q"}}

{"id": "b", "expected": {"n": [1]}}
"""
JSON = """\
{
  "owner": "o",
  "cases": [
    {"id": "a", "expected": [1, {"b": "]"}], "inputs": {}},
    {"id": "b", "expected": "y"}
  ]
}
"""
CSV = 'id,expected,"x, y"\r\na,"say ""no"", please",1\r\nb,two,"2\r\nlines"\r\n'
KEPT = {"yaml": YAML, "jsonl": JSONL, "json": JSON, "csv": CSV}


def cases_of(tmp_path, ending, text):
    path = tmp_path / f"t.golden.{ending}"
    path.write_bytes(text.encode())
    return {case.id: case for case in read_dataset(tmp_path, path).cases}


def changed_lines(before, after):
    return [line for line in difflib.ndiff(before.splitlines(True), after.splitlines(True)) if line[0] in "+-"]


@pytest.mark.parametrize(
    ("ending", "case", "value", "written"),
    [
        ("yaml", "a", "delivery", "    expected: delivery   # why\n"),
        ("yaml", "a", "12: 30", '    expected: "12: 30"   # why\n'),
        ("yaml", "a", "yes", '    expected: "yes"   # why\n'),
        ("yaml", "a", "1e3", '    expected: "1e3"   # why\n'),
        ("yaml", "a", "é\u2028\x85\n", '    expected: "é\\u2028\\u0085\\n"   # why\n'),
        ("yaml", "a", {"k": [1, None]}, '    expected: {"k": [1, null]}   # why\n'),
        ("yaml", "b", "a, b}", '  - {id: b, inputs: {x: two}, expected: "a, b}", must_pass: true}\n'),
        ("yaml", "c", {"total": 2}, '    expected: {"total": 2}  # flow\n'),
        ("jsonl", "a", "y", '{"id": "a", "expected" : "y",  "inputs": {"expected": "q"}}\n'),
        ("jsonl", "b", "\u2028", '{"id": "b", "expected": "\u2028"}\n'),
        ("json", "a", 7, '    {"id": "a", "expected": 7, "inputs": {}},\n'),
        ("csv", "a", 'so "it" is', 'a,"so ""it"" is",1\r\n'),
        ("csv", "b", "a,b", 'b,"a,b","2\r\n'),
    ],
)
def test_one_expectation_changes_and_no_other_character(tmp_path, ending, case, value, written):
    before = KEPT[ending]
    cases = cases_of(tmp_path, ending, before)
    after = with_expected(before, f"t.golden.{ending}", cases[case].line, value)
    assert written in after
    lines = changed_lines(
        before.replace("\u2028", "~").replace("\x85", "~"), after.replace("\u2028", "~").replace("\x85", "~")
    )
    assert [line[0] for line in lines] == ["-", "+"], lines
    changed = cases_of(tmp_path, ending, after)
    assert changed[case].expected == value
    assert {key: one.expected for key, one in changed.items() if key != case} == {
        key: one.expected for key, one in cases.items() if key != case
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (20, "stands over several lines"),
        (23, "stands over several lines"),
        (26, "no `expected` in the case"),
        (7, "no case starts"),
    ],
)
def test_what_is_in_doubt_is_refused_with_what_to_do_by_hand(line, why):
    with pytest.raises(InputError, match=why) as refused:
        with_expected(YAML, "t.golden.yaml", line, "x: y")
    assert refused.value.line == line
    if "several" in why:
        assert refused.value.remedy == 'change it by hand to `expected: "x: y"`'


def test_expectations_in_other_files_texts_over_lines_and_half_characters_are_refused():
    files = "cases:\n  - {id: a, expected: {file: a.txt}}\n"
    with pytest.raises(InputError, match="in a file of its own"):
        with_expected(files, "t.golden.yaml", 2, "x")
    for text in (
        "cases:\n  - id: a\n    expected: two\n      lines\n",
        'cases:\n  - id: a\n    expected: "two\n      lines"\n',
    ):
        with pytest.raises(InputError, match="several lines"):
            with_expected(text, "t.golden.yaml", 2, "x")
    with pytest.raises(InputError, match="cannot be changed with certainty"):
        with_expected(YAML, "t.golden.yaml", 6, "\ud800")
    with pytest.raises(InputError, match="CSV cannot hold"):
        with_expected(CSV, "t.golden.csv", 2, 7)
    with pytest.raises(InputError, match="old Macs"):
        with_expected("id,expected\ra,b\r", "t.golden.csv", 2, "x")


def test_of_several_cases_on_one_line_the_named_one_changes():
    text = '{"cases": [{"id": "a", "expected": 1}, {"id": 7, "expected": 2}, {"expected": 3}]}'
    assert with_expected(text, "t.golden.json", 1, 9, "7") == text.replace("2", "9")
    with pytest.raises(InputError, match="3 cases start on this line"):
        with_expected(text, "t.golden.json", 1, 9, "case-0123456789")


CASE = {"id": "new", "inputs": {"x": "one: ü\nand two\n\nmore", "y z": "yes"}, "expected": "no", "tags": ["k:v"]}


@pytest.mark.parametrize("ending", ["yaml", "jsonl", "json"])
def test_a_case_more_stands_at_the_end_and_all_else_stays(tmp_path, ending):
    before = KEPT[ending]
    after = with_case(before, f"t.golden.{ending}", CASE)
    lines = changed_lines(before, after)
    assert [line for line in lines if line[0] == "-"] in ([], ['-     {"id": "b", "expected": "y"}\n'])
    cases = list(cases_of(tmp_path, ending, after).values())
    assert [one.id for one in cases[:-1]] == list(cases_of(tmp_path, ending, before))
    assert (cases[-1].inputs, cases[-1].expected, cases[-1].tags) == (CASE["inputs"], "no", ("k:v",))


def test_a_case_is_written_as_people_write_it():
    after = with_case(YAML, "t.golden.yaml", CASE)
    assert after == YAML.replace(
        "    evaluators: [exact]\n",
        "    evaluators: [exact]\n"
        "  - id: new\n    inputs:\n      x: |-\n        one: ü\n        and two\n\n        more\n"
        "      y z: 'yes'\n    expected: 'no'\n    tags:\n    - k:v\n",
    )


@pytest.mark.parametrize(
    "text",
    [
        "cases: [{id: a}]",
        "cases: [\n  {id: a}, # one\n]\nowner: o\n",
        "cases:\n- id: a\nowner: o\n",
        "cases:\n- id: a\n  expected: |\n    b\n\n\n# end\n",
        "cases:\n- id: a\n  inputs: {x: y,\n    z: w}  # c",
        "cases:\r\n  - id: a\r\n    # c\r\nowner: o\r\n",
        "owner: o\ncases:\n  - id: a\n    expected: >-\n      folded\n      text",
    ],
)
def test_a_case_more_goes_into_any_shape_of_list(tmp_path, text):
    after = with_case(text, "t.golden.yaml", CASE)
    assert list(cases_of(tmp_path, "yaml", after)) == ["a", "new"]
    assert ("\n" in after.replace("\r\n", "")) is ("\r\n" not in text and "\n" in after)


def test_a_row_more_has_the_columns_of_the_file(tmp_path):
    case = {"id": "c", "expected": "e", "inputs": {"x, y": 'say\n"so"'}}
    after = with_case(CSV, "t.golden.csv", case)
    assert after == CSV + 'c,e,"say\n""so"""\r\n'
    assert cases_of(tmp_path, "csv", after)["c"].inputs == case["inputs"]
    for wrong in ({**case, "inputs": {"z": "1"}}, {**case, "messages": []}, {**case, "expected": 1}):
        with pytest.raises(InputError, match="CSV cannot hold the case"):
            with_case(CSV, "t.golden.csv", wrong)


def test_one_line_goes(tmp_path):
    assert without_line(JSONL, 2) == JSONL.replace(JSONL.splitlines(True)[1], "")
    assert without_line("a\r\nb\r\nc", 2) == "a\r\nc"
    assert without_line("a\nb", 2) == "a\n"


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=50)
@given(VALUES, st.sampled_from(["a", "b", "c"]))
def test_any_value_is_written_so_that_it_is_read_again_or_refused(value, case):
    try:
        after = with_expected(YAML, "t.golden.yaml", LINES[case], value)
    except InputError:
        assert value is not None
        return
    index = "abc".index(case)
    wanted = plain(load_yaml(YAML, "t"))
    wanted["cases"][index]["expected"] = value
    assert json.dumps(plain(load_yaml(after, "t"))) == json.dumps(wanted)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(["x", "y z", "no"]), VALUES, min_size=1), VALUES)
def test_any_case_is_written_so_that_it_is_read_again(inputs, expected):
    case = {"id": "new", "inputs": inputs, "expected": expected}
    after = with_case(YAML, "t.golden.yaml", case)
    assert json.dumps(plain(load_yaml(after, "t"))["cases"][-1]) == json.dumps(case)
