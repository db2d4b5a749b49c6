from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.tool_calls import build
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output

CASE = Case("c")
SEARCH = {"name": "search", "arguments": {"city": "Rome", "days": 3}}
BOOK = {"name": "book", "arguments": {"id": 7}}
PAY = {"name": "pay", "arguments": {}}


def judge(settings, *calls, expected=None):
    (score,) = build(settings).evaluate(Output("", tool_calls=calls), Case("c", {}, expected))
    return score


@pytest.mark.parametrize(
    ("settings", "calls", "reason"),
    [
        ([SEARCH, BOOK], [SEARCH, BOOK], ""),
        (["search", "book"], [SEARCH, BOOK], ""),
        ("search", [SEARCH], ""),
        ([], [], ""),
        ([], [SEARCH], "search called, which is not expected"),
        ([SEARCH], [], "search not called"),
        ([SEARCH, BOOK], [BOOK, SEARCH], "book called out of order"),
        ({"calls": [SEARCH, BOOK], "order": False}, [BOOK, SEARCH], ""),
        ([SEARCH], [SEARCH, PAY], "pay called, which is not expected"),
        ({"calls": [SEARCH, BOOK], "others": True}, [PAY, SEARCH, PAY, BOOK], ""),
        ({"calls": [SEARCH], "others": True}, [PAY], "search not called"),
        (
            [SEARCH],
            [{"name": "search", "arguments": {"city": "Oslo", "days": 3}}],
            "search $.city expected 'Rome', found 'Oslo'",
        ),
        ([SEARCH], [{"name": "search", "arguments": {"city": "Rome"}}], "search without $.days"),
        (
            [SEARCH],
            [{"name": "search", "arguments": {**SEARCH["arguments"], "x": 1}}],
            "search with $.x, which is not expected",
        ),
        ({"calls": [SEARCH], "partial": True}, [{"name": "search", "arguments": {**SEARCH["arguments"], "x": 1}}], ""),
        (
            {"calls": [SEARCH], "tolerance": {"$.days": 1}},
            [{"name": "search", "arguments": {"city": "Rome", "days": 4}}],
            "",
        ),
        ({"calls": [SEARCH], "ignore": ["$.days"]}, [{"name": "search", "arguments": {"city": "Rome"}}], ""),
        (
            [SEARCH],
            [{"name": "search", "arguments": "{not json"}],
            "search $ expected {'city': 'Rome', 'days': 3}, found '{not json'",
        ),
        ([SEARCH], ["odd"], "search not called; 'odd' called, which is not expected"),
        ([SEARCH], [SEARCH] * 101, "101 calls, expected 1"),
    ],
)
def test_calls_are_compared_by_name_argument_and_order(settings, calls, reason):
    score = judge(settings, *calls)
    assert (score.passed, score.reason) == (not reason, reason)
    given = settings if isinstance(settings, dict) else {"calls": settings}
    others = {key: value for key, value in given.items() if key != "calls"}
    assert judge(others, *calls, expected=given["calls"]) == score


def test_calls_in_any_order_are_paired_so_that_all_find_one():
    """`search` takes the first call, which the more particular one needs: it has to move on."""
    settings = {"calls": ["search", SEARCH], "order": False}
    assert judge(settings, SEARCH, {"name": "search", "arguments": {"city": "Oslo"}}).passed
    assert not judge(settings, {"name": "search"}, {"name": "search", "arguments": {"city": "Oslo"}}).passed


def test_the_places_that_are_wrong_are_kept():
    wrong = {"name": "search", "arguments": {"city": "Oslo", "x": 1}}
    assert judge([SEARCH, BOOK], wrong, PAY).faults == (
        "wrong search $.city",
        "missing search $.days",
        "extra search $.x",
        "missing book",
        "extra pay",
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (7, "no list of tool calls"),
        ([7], "no tool call"),
        ([""], "no tool call"),
        ([{"arguments": {}}], "no tool call"),
        ([{"name": "a", "args": {}}], "no tool call"),
        (["a"] * 101, "at most 100"),
        ({"oder": True}, "did you mean `order`"),
        ({"tolerance": 1}, "a map such as"),
    ],
)
def test_calls_that_cannot_be_compared_with_are_refused(settings, words):
    with pytest.raises(InputError, match=words):
        build(settings)


def test_a_case_that_expects_no_calls_is_refused():
    with pytest.raises(InputError, match="`expected` of case 'c' is no list of tool calls"):
        build(None).check(CASE)
    build(["a"]).check(CASE)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=())),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["name", "arguments", "city"]), below),
    max_leaves=8,
)


@given(calls=st.lists(ANYTHING | st.just(SEARCH), max_size=4), order=st.booleans(), partial=st.booleans())
def test_whatever_stands_in_an_answers_calls_is_judged(calls, order, partial):
    score = judge({"calls": [SEARCH, "book"], "order": order, "partial": partial}, *calls)
    assert 0 <= score.value <= 1
    assert score.reason.isprintable()
