from __future__ import annotations

import pytest

from pytest_goldenprompt.judge.certain import outcome, red, yardstick
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import Outcome
from unit.judge.records import PROMPT, STEADY, case, cases, facts, run

BASELINE = run(*cases(STEADY))
MEASURE = yardstick(BASELINE, Policy(), 50)


def stands(result, measure=MEASURE, **about):
    return outcome(measure, facts(**about), result)


def standing_of(y, k, then=10, measure=None):
    baseline = run(*cases((*STEADY, then)))
    measure = measure or yardstick(baseline, Policy(), 51)
    return stands(case("c050", y, k), measure)


def test_a_total_loss_is_certain_by_itself():
    found = standing_of(0, 10)
    assert found.outcome is Outcome.REGRESSED
    assert (found.x, found.k0, found.y, found.k1, found.passed) == (10, 10, 0, 10, False)
    assert found.why == "passed 10 of 10 then, 0 of 10 now"
    assert found.p * 51 <= 0.05 * 0.4


def test_the_same_loss_is_not_certain_among_very_many_cases():
    assert stands(case("c000", 0, 10), yardstick(BASELINE, Policy(), 10**9)).outcome is Outcome.SUSPECT


def test_one_failed_repeat_may_be_luck():
    found = standing_of(0, 1)
    assert (found.outcome, found.why) == (Outcome.SUSPECT, "passed 10 of 10 then, 0 of 1 now")


@pytest.mark.parametrize(
    ("then", "y", "k", "expected"),
    [
        (10, 3, 3, Outcome.PASSED),
        (10, 1, 3, Outcome.SUSPECT),
        (3, 1, 3, Outcome.FAILING),
        (5, 1, 3, Outcome.FAILING),
        (3, 2, 3, Outcome.FIXED),
    ],
)
def test_a_case_stands_by_its_majorities(then, y, k, expected):
    found = standing_of(y, k, then)
    assert found.outcome is expected
    assert bool(found.why) is (expected is Outcome.SUSPECT)


def test_a_case_without_counterpart_is_new():
    assert stands(case("fresh", 0, 3)).outcome is Outcome.NEW
    assert stands(case("a", 0, 3, prompt="other"), MEASURE).outcome is Outcome.NEW
    unseen = run(*cases(STEADY), case("dark", repeats=(Repeat(error="x"),)))
    assert stands(case("dark", 1, 1), yardstick(unseen, Policy(), 51)).outcome is Outcome.NEW


def test_another_definition_is_changed_and_not_compared():
    found = stands(case("c000", 0, 10, digest="other"))
    assert (found.outcome, found.k0, found.p) == (Outcome.CHANGED, 0, None)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"missing": "budget"}, "budget"),
        ({"repeats": (Repeat(error="429"), Repeat(error="500"))}, "429"),
        ({"repeats": (Repeat(score=float("nan")),)}, "no usable result"),
    ],
)
def test_nothing_observed_is_missing_and_says_why(more, why):
    found = stands(case("c000", **({"repeats": ()} | more)))
    assert (found.outcome, found.why, found.passed) == (Outcome.MISSING, why, False)


def test_a_case_that_must_pass_fails_by_one_repeat_with_history_or_without():
    for case_id, digest in (("c000", "same"), ("c000", "other"), ("fresh", "same")):
        found = stands(case(case_id, 9, 10, digest=digest, must_pass=True))
        assert (found.outcome, found.why) == (Outcome.REGRESSED, "must always pass, failed 1 of 10")
    assert stands(case("c000", 10, 10, must_pass=True)).outcome is Outcome.PASSED


def test_a_deterministic_target_has_no_luck():
    baseline = run(case("a"), case("b", 0), prompts=(facts(deterministic=True),))
    measure = yardstick(baseline, Policy(), 2)
    found = stands(case("a", 0), measure, deterministic=True)
    assert (found.outcome, found.p) == (Outcome.REGRESSED, None)
    assert stands(case("b", 0), measure, deterministic=True).outcome is Outcome.FAILING
    assert stands(case("a", 0), measure).outcome is Outcome.SUSPECT


def test_nothing_is_certain_where_all_repeats_may_be_copies():
    solid = yardstick(run(*cases((10,) * 30)), Policy(), 30)
    assert stands(case("c000", 0, 10), solid).outcome is Outcome.SUSPECT


def test_different_outputs_show_that_repeats_are_no_copies():
    told = case("c000", repeats=tuple(Repeat(score=1.0, passed=True, output=f"{number}") for number in range(10)))
    solid = yardstick(run(told, *cases((10,) * 30)[1:]), Policy(), 30)
    assert stands(case("c000", 0, 10), solid).outcome is Outcome.REGRESSED


def test_nothing_is_certain_in_a_draft():
    found = stands(case("c000", 0, 10), draft=True)
    assert found.outcome is Outcome.SUSPECT
    assert not red(MEASURE, facts(draft=True), found)


def test_the_baselines_count_is_the_least_that_shares_the_level():
    assert yardstick(BASELINE, Policy(), 3).planned == 50
    assert yardstick(BASELINE, Policy(), 80).planned == 80
    assert yardstick(None, Policy(), 3).planned == 3


def test_a_prompt_without_results_is_known_all_the_same():
    empty = yardstick(run(prompts=(facts(),)), Policy(), 1)
    assert PROMPT in empty.prompts


def test_red_are_certain_and_missing_cases():
    told = {
        case_id: red(MEASURE, facts(), stands(result))
        for case_id, result in {
            "certain": case("c000", 0, 10),
            "missing": case("c000", repeats=()),
            "suspect": case("c000", 0, 1),
            "failing": case("c045", 0, 1),
            "new": case("fresh", 0, 1),
        }.items()
    }
    assert told == {"certain": True, "missing": True, "suspect": False, "failing": False, "new": False}


@pytest.mark.parametrize(("bar", "y", "expected"), [(1.0, 0, True), (1.0, 1, False), (0.9, 0, False), (None, 0, False)])
def test_without_history_a_failing_case_is_red_only_if_all_must_pass(bar, y, expected):
    measure, about = yardstick(None, Policy(), 1), facts(min_pass_rate=bar)
    assert red(measure, about, outcome(measure, about, case("a", y, 1))) is expected
