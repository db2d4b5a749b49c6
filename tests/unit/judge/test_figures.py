from __future__ import annotations

import pytest

from pytest_goldenprompt.judge.figures import changes, count, is_missing, majority_rate, pass_rate
from pytest_goldenprompt.judge.pairing import pair
from pytest_goldenprompt.judge.reading import see
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import Change
from unit.judge.records import PROMPT, case, facts, run


def formed(case_id, *repeats):
    return case(case_id, repeats=tuple(Repeat(passed=True, format_ok=ok, tokens=tokens) for ok, tokens in repeats))


def test_figures_are_those_of_compared_cases():
    then = run(formed("a", (True, 10), (None, None)), formed("gone", (False, 1000)))
    now = run(formed("a", (True, 20), (False, 40)), formed("fresh", (False, 1000)))
    (pairing,) = pair(then, now)
    assert changes(pairing) == (Change(1.0, 1.0), Change(1.0, 0.5), Change(1.0, 1.0), Change(10.0, 30.0))


def test_without_a_pair_there_is_only_now():
    (pairing,) = pair(None, run(case("a", 1, 2)))
    assert changes(pairing) == (Change(None, 0.5), Change(None, None), Change(None, None), Change(None, None))


def test_rates_leave_out_what_was_not_observed():
    results = see(run(case("a", 1, 3), case("b", 3, 3), case("c", repeats=())))[PROMPT]
    assert pass_rate(results) == pytest.approx(2 / 3)
    assert majority_rate(results) == 0.5
    assert majority_rate([]) is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, False),
        ({"missing": "deselected", "repeats": ()}, False),
        ({"missing": "budget"}, True),
        ({"repeats": (Repeat(passed=True), Repeat(error="429"))}, True),
        ({"repeats": ()}, True),
        ({"repeats": (Repeat(passed=True), Repeat(score=2.0))}, True),
    ],
)
def test_a_result_is_missing_unless_it_is_whole_or_was_left_out_on_purpose(more, expected):
    assert is_missing(case("a", **more)) is expected


def test_a_run_is_counted():
    then = run(case("a"), case("b"), case("gone"))
    now = run(
        case("a", 2, 2),
        case("b", digest="other"),
        case("fresh"),
        case("late", repeats=(Repeat(error="429"), Repeat(passed=True))),
        case("out", repeats=(), missing="budget"),
        case("z", prompt="replayed"),
        prompts=(facts("replayed", replayed=True),),
    )
    counts = count(pair(then, now), 7)
    assert (counts.planned, counts.run, counts.errored, counts.skipped) == (6, 5, 1, 1)
    assert (counts.compared, counts.new, counts.changed, counts.removed) == (1, 3, 1, 1)
    assert (counts.calls, counts.extra_calls, counts.replayed) == (7, 7, 1)
