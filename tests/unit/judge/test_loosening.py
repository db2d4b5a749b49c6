from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.loosening import loosened
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import Loosening
from pytest_goldenprompt.model.waiver import Waiver
from unit.judge.records import PROMPT, case, facts, run

WAIVER = Waiver(PROMPT, "jane", "known", "2026-12-31", case="c", most_drop=0.5)


def told(then, now):
    before = replace(run(case("a")), policy=then.plain())
    return [(one.what, one.then, one.now) for one in loosened(before, replace(run(case("a")), policy=now.plain()))]


@pytest.mark.parametrize(
    ("level", "looser", "stricter"),
    [
        ("alpha", 0.01, 0.2),
        ("confirm_repeats", 3, 20),
        ("margin", 0.2, 0.01),
        ("smallest_slice", 50, 2),
        ("max_age_hours", 48, 12),
        ("phi_floor", 1.0, 2.0),
        ("inconclusive", "warn", "fail"),
    ],
)
def test_a_level_that_lets_more_pass_is_named_and_a_stricter_one_is_not(level, looser, stricter):
    start = Policy(inconclusive="fail") if level == "inconclusive" else Policy()
    [(what, _, now)] = told(start, replace(start, **{level: looser}))
    assert (what, now) == (level, str(looser) if isinstance(looser, str) else f"{looser:g}")
    assert told(start, replace(start, **{level: stricter})) == []


def test_moved_weights_are_named_for_one_test_gets_less():
    moved = Policy(weight_mean=0.6, weight_case=0.2)
    assert [what for what, *_ in told(Policy(), moved)] == ["weight_mean", "weight_case"]


@pytest.mark.parametrize("months", [1, 6])
def test_more_or_fewer_months_in_the_baseline_are_named_for_either_may_excuse_a_loss(months):
    assert told(Policy(pool_months=3), Policy(pool_months=months)) == [("pool_months", "3", f"{months}")]


def test_new_longer_and_wider_waivers_are_named():
    with_one = Policy(waivers=(WAIVER,))
    [(what, then, now)] = told(Policy(), with_one)
    assert (what, then) == (f"waiver for {PROMPT}, case c", "none")
    assert now == "until 2026-12-31, a drop of 50 points, by jane"
    for more in ({"until": "2027-01-31"}, {"most_drop": 0.6}):
        [(_, then, _)] = told(with_one, Policy(waivers=(replace(WAIVER, **more),)))
        assert then == "until 2026-12-31, a drop of 50 points, by jane"
    for less in ({"until": "2026-11-30"}, {"most_drop": 0.4}, {"reason": "better said"}):
        assert told(with_one, Policy(waivers=(replace(WAIVER, **less),))) == []
    assert told(with_one, Policy()) == []


def test_a_run_judged_by_another_revision_is_held_against_the_checkouts_own_policy():
    current = replace(run(case("a")), policy=Policy().plain(), proposed=Policy(alpha=0.001).plain())
    assert loosened(None, current) == (Loosening("alpha", "0.05", "0.001"),)
    same = replace(current, proposed=Policy().plain())
    assert loosened(run(case("a")), same) == ()


def test_pointers_that_the_checkout_moved_are_named():
    current = replace(run(case("a")), moved=(["baseline of 2026-10", "run A", "run B"],))
    assert loosened(None, current) == (Loosening("baseline of 2026-10", "run A", "run B"),)


def test_a_stored_run_without_a_policy_is_not_compared_by_it():
    assert loosened(run(case("a")), replace(run(case("a")), policy=Policy(alpha=0.001).plain())) == ()


def test_marks_that_a_dataset_lost_are_named():
    then = run(case("a", must_pass=True), case("b", must_pass=True), prompts=(facts(min_pass_rate=0.9),))
    now = run(case("a"), case("b", must_pass=True), case("c"), prompts=(facts(draft=True, min_pass_rate=0.5),))
    assert [(one.what, one.then, one.now) for one in loosened(then, now)] == [
        (f"{PROMPT}: status", "active", "draft"),
        (f"{PROMPT}: min_pass_rate", "0.9", "0.5"),
        (f"{PROMPT} a: must_pass", "true", "false"),
    ]
    gone = run(case("a", must_pass=True), case("b", must_pass=True), prompts=(facts(retired=True),))
    assert [one.now for one in loosened(then, gone)] == ["retired", "none"]
    assert loosened(now, then) == ()
    assert loosened(then, run(case("x", prompt="new"), prompts=(facts("new"),))) == ()


def test_another_provider_is_named_and_recorded_answers_are_not():
    then = run(case("a"), prompts=(facts(provider="openai:big", deterministic=True),))
    other = run(case("a"), prompts=(facts(provider="python:mine:yes"),))
    assert [(one.what, one.now) for one in loosened(then, other)] == [
        (f"{PROMPT}: provider", "python:mine:yes"),
        (f"{PROMPT}: deterministic", "false"),
    ]
    recorded = run(case("a"), prompts=(facts(provider="replay", deterministic=True),))
    assert loosened(then, recorded) == ()
    assert loosened(recorded, run(case("a"), prompts=(facts(retired=True),)))[0].what == f"{PROMPT}: status"


def test_cases_that_are_no_longer_what_they_were_are_named():
    now = run(case("a", digest="other"), case("b"))
    [one] = loosened(run(case("a"), case("b")), now)
    assert one == Loosening(f"{PROMPT}: 1 case with another definition (a)", "compared", "not compared")


def test_a_case_with_another_definition_that_got_no_answer_is_missing_and_not_named():
    assert loosened(run(case("a")), run(case("a", digest="other", repeats=()))) == ()
