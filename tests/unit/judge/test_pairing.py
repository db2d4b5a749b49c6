from __future__ import annotations

import pytest

from pytest_goldenprompt.judge.pairing import pair, used_to_pass
from pytest_goldenprompt.judge.pairs import stand_ins
from pytest_goldenprompt.model.result import Repeat
from unit.judge.records import case, facts, run


def only(baseline, current):
    (pairing,) = pair(baseline, current)
    return pairing


def test_cases_pair_by_id_and_digest():
    pairing = only(
        run(case("a", 2, 3), case("b"), case("gone")), run(case("a", 1, 2), case("b", digest="other"), case("fresh"))
    )
    assert [(one.case_id, one.then.passes, one.then.k, one.now.passes, one.now.k) for one in pairing.pairs] == [
        ("a", 2, 3, 1, 2)
    ]
    assert pairing.changed == ("b",)
    assert pairing.new == ("fresh",)
    assert [result.case_id for result in pairing.removed] == ["gone"]


def test_a_case_never_observed_then_is_new():
    assert only(run(case("a", repeats=(Repeat(error="x"),))), run(case("a"))).new == ("a",)


def test_a_case_not_observed_now_is_neither_new_nor_removed():
    pairing = only(run(case("a")), run(case("a", repeats=(), missing="budget"), case("b", repeats=())))
    assert (pairing.pairs, pairing.new, pairing.changed, pairing.removed) == ((), (), (), ())


def test_the_same_id_in_two_prompts_is_two_cases():
    pairings = pair(run(case("a", prompt="p")), run(case("a", prompt="q")))
    assert [(one.facts.id, one.gone, one.known, one.new) for one in pairings] == [
        ("p", True, True, ()),
        ("q", False, False, ("a",)),
    ]


def test_a_look_does_not_miss_prompts_it_did_not_choose():
    assert pair(run(case("a", prompt="p")), run(case("a", prompt="q"), narrowed=("-k q",)))[0].facts.id == "q"


def test_a_draft_may_go():
    baseline = run(case("a", prompt="p"), prompts=(facts("p", draft=True),))
    assert [one.facts.id for one in pair(baseline, run(case("a", prompt="q")))] == ["q"]


def test_results_without_facts_are_judged_all_the_same():
    current = run(case("a"))
    bare = type(current)("bare", cases=current.cases)
    assert only(run(case("a")), bare).facts.dataset == ""


def test_doubled_cases_are_told_whatever_their_order():
    one, other = case("a", 1), case("a", 0)
    assert only(run(one), run(one, other)) == only(run(one), run(other, one))
    assert only(run(one), run(one, other)).twice == ("a",)
    assert only(run(one, other), run(one)).twice == ("a",)


@pytest.mark.parametrize(("then", "now", "expected"), [(True, True, True), (True, False, False), (False, True, False)])
def test_both_runs_must_vouch_for_a_deterministic_prompt(then, now, expected):
    baseline = run(case("a"), prompts=(facts(deterministic=then),))
    assert only(baseline, run(case("a"), prompts=(facts(deterministic=now),))).deterministic is expected


def test_only_the_baseline_chooses_graded_tests():
    half = case("a", repeats=(Repeat(score=0.5, passed=True),))
    assert only(run(half), run(case("a"))).graded
    assert not only(run(case("a")), run(half)).graded


def test_repeats_with_different_outputs_are_no_copies():
    told = case("a", repeats=(Repeat(passed=True, output="x"), Repeat(passed=True, output="y")))
    assert not only(run(told), run(case("a"))).copies
    assert only(run(case("a", 1, 2)), run(told)).copies


def test_removed_cases_stand_in_as_failed():
    pairs = stand_ins([case("a", 2, 3, tags=("y", "x", "x")), case("b", repeats=())], 7)
    assert [(one.case_id, one.then.passes, one.now.k, one.now.passes, one.tags, one.removed) for one in pairs] == [
        ("a", 2, 7, 0, ("y", "x", "x"), True)
    ]


def test_what_passed_mostly_or_must_pass_used_to_pass():
    assert used_to_pass(case("a", 2, 3))
    assert used_to_pass(case("a", 0, 3, must_pass=True))
    assert not used_to_pass(case("a", 1, 2))
