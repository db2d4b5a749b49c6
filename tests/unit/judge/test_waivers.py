from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.bound import least_drop
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.states import RANK
from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.judge.waivers import alone, in_force, set_aside
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import Outcome, State, WaiverState
from pytest_goldenprompt.model.waiver import Waiver
from unit.judge.records import PROMPT, STEADY, case, cases, facts, graded, run

TODAY = "2026-11-24"
GOOD = (10,) * 30
SOLID = (*GOOD, *STEADY)
"""Thirty solid cases before the mixed ones, which show that repeats vary."""


def waiver(**more):
    settings = {"prompt": PROMPT, "owner": "jane", "reason": "a new model is on its way", "until": "2026-12-31"}
    return Waiver(**{**settings, **more})


def judged(then, now, *waivers, anchor=None, **more):
    policy = Policy(waivers=waivers)
    current = replace(now, started=f"{TODAY}T05:00:00Z", **more)
    return decide(References(then, anchor), current, policy)


def broken(*ids, passes=0):
    """Give the solid library with some cases broken."""
    wanted = set(ids)
    return tuple(
        replace(one, repeats=case("x", passes, 10).repeats) if one.case_id in wanted else one for one in STORED
    )


STORED = tuple(
    replace(one, tags=("lang:de",) if number < 6 else ("lang:en",)) for number, one in enumerate(cases(SOLID))
)
THEN = run(*STORED)


def test_a_waived_case_does_not_fail_its_prompt_and_is_always_shown():
    assert judged(THEN, run(*broken("c000"))).state is State.REGRESSED
    found = judged(THEN, run(*broken("c000")), waiver(case="c000"))
    assert found.state is State.PASS
    [one] = found.waived
    assert (one.state, one.cases) == (WaiverState.USED, ("c000",))
    assert (one.rate.then, one.rate.now) == (1.0, 0.0)
    assert found.stands_on_waivers
    [outcome] = [one for one in found.prompt(PROMPT).outcomes if one.case_id == "c000"]
    assert (outcome.outcome, outcome.passed) == (Outcome.WAIVED, False)
    assert "waived until 2026-12-31 by jane: a new model is on its way" in found.prompt(PROMPT).reasons[0]


def test_a_waiver_for_one_case_hides_no_other():
    found = judged(THEN, run(*broken("c000", "c001")), waiver(case="c000"))
    assert found.state is State.REGRESSED
    assert [one.case_id for one in found.prompt(PROMPT).cases] == ["c001"]


def test_a_waived_slice_is_set_aside_and_the_rest_is_judged():
    german = [f"c{number:03}" for number in range(6)]
    assert judged(THEN, run(*broken(*german)), waiver(slice="lang:de", most_drop=1.0)).state is State.PASS
    found = judged(THEN, run(*broken(*german, "c010")), waiver(slice="lang:de", most_drop=1.0))
    assert found.state is State.REGRESSED


def test_tagging_a_case_anew_brings_it_under_no_waiver():
    tagged = tuple(replace(one, tags=("lang:de",)) if one.case_id == "c010" else one for one in broken("c010"))
    assert judged(THEN, run(*tagged), waiver(slice="lang:de", most_drop=1.0)).state is State.REGRESSED


def test_a_waiver_for_the_whole_prompt_excuses_what_it_names():
    now = run(*broken("c000", "c001", "c002"))
    assert judged(THEN, now, waiver(most_drop=0.2)).state is State.PASS
    assert judged(THEN, now, waiver(kind="slice", most_drop=0.2)).state is State.REGRESSED
    [one] = judged(THEN, now, waiver(kind="slice", most_drop=0.2)).waived
    assert one.state is WaiverState.UNUSED


def test_a_drop_over_the_accepted_one_is_not_excused():
    everything = run(*cases([0] * len(SOLID)))
    found = judged(THEN, everything, waiver(most_drop=0.1))
    assert found.state is State.REGRESSED
    [one] = found.waived
    assert one.state is WaiverState.EXCEEDED
    assert "accepts a drop of 10 points" in one.told
    assert "waiver" in found.prompt(PROMPT).kinds


def test_a_waived_case_that_falls_too_far_fails_the_run_though_it_is_set_aside():
    found = judged(THEN, run(*broken("c000")), waiver(case="c000", most_drop=0.5))
    assert found.state is State.REGRESSED
    assert found.prompt(PROMPT).kinds == ("waiver",)
    assert found.prompt(PROMPT).state is State.PASS
    assert "accepts a drop of 50 points" in found.reasons[0]


def test_a_lapsed_waiver_fails_and_names_its_owner_even_where_nothing_is_worse():
    lapsed = waiver(case="c000", until="2026-11-23")
    found = judged(THEN, THEN, lapsed)
    assert found.state is State.REGRESSED
    assert "jane must mend what it excused" in found.reasons[0]
    assert judged(THEN, run(*broken("c000")), lapsed).prompt(PROMPT).state is State.REGRESSED
    assert judged(THEN, THEN, waiver(case="c000", until=TODAY)).state is State.PASS


def test_a_lapsed_waiver_of_a_prompt_that_is_not_there_fails_the_run():
    lapsed = waiver(prompt="gone/long-ago", case="x", until="2026-01-01")
    assert judged(THEN, THEN, lapsed).state is State.REGRESSED
    assert judged(THEN, THEN, lapsed, narrowed=("1 of 5 prompts",)).state is State.INCOMPLETE
    assert judged(THEN, THEN, lapsed, narrowed=("1 of 5 prompts",)).waived == ()


def test_a_drafts_lapsed_waiver_fails_nobody():
    drafts = run(*STORED, prompts=(facts(draft=True),))
    solid = run(*cases(SOLID, prompt="other"))
    then, now = (replace(solid, prompts=(*solid.prompts, *drafts.prompts), cases=solid.cases + STORED),) * 2
    assert judged(then, now, waiver(until="2026-01-01")).state is State.PASS


def test_an_unused_waiver_is_said_and_fails_nothing():
    found = judged(THEN, THEN, waiver(case="c000"), waiver(case="nobody"))
    assert found.state is State.PASS
    assert [one.state for one in found.waived] == [WaiverState.UNUSED] * 2
    assert "is not used" in found.waived[0].told


@pytest.mark.parametrize(("more", "state"), [({}, State.PASS), ({"kind": "case"}, State.INCOMPLETE)])
def test_a_removed_case_is_acknowledged_by_a_waiver(more, state):
    now = run(*STORED[1:])
    assert judged(THEN, now).state is State.INCOMPLETE
    assert judged(THEN, now, waiver(case="c000", **more)).state is state
    assert judged(THEN, now, waiver(case="c000", kind="removed")).state is State.PASS
    assert judged(THEN, now, waiver(most_drop=1.0)).state is State.INCOMPLETE


def test_a_slices_waiver_is_no_leave_to_remove_it():
    assert judged(THEN, run(*STORED[6:]), waiver(slice="lang:de", most_drop=1.0)).state is State.INCOMPLETE


def test_a_prompt_that_is_gone_is_acknowledged_case_by_case_alone():
    other = cases(SOLID, prompt="other")
    then, now = run(*STORED[:2], *other), run(*other)
    assert judged(then, now, waiver(most_drop=1.0)).state is State.INCOMPLETE
    assert judged(then, now, waiver(case="c000")).state is State.INCOMPLETE
    assert judged(then, now, waiver(case="c000"), waiver(case="c001")).state is State.PASS


def test_an_edited_case_that_fails_is_acknowledged_by_a_waiver():
    edited = tuple(replace(one, digest="other") if one.case_id == "c000" else one for one in broken("c000"))
    assert judged(THEN, run(*edited)).state is State.INCOMPLETE
    assert judged(THEN, run(*edited), waiver(case="c000", kind="changed")).state is State.PASS


def test_a_missing_result_cannot_be_waived():
    missing = tuple(replace(one, repeats=(), missing="not run") if one.case_id == "c000" else one for one in STORED)
    assert judged(THEN, run(*missing), waiver(case="c000"), waiver(most_drop=1.0)).state is State.INCOMPLETE


def test_a_drift_is_waived_against_the_anchor():
    anchor = replace(run(*cases([10] * 80)), month="2026-01")
    stored = run(*cases([7] * 80))
    assert judged(stored, stored, anchor=anchor).state is State.DRIFTED
    assert judged(stored, stored, waiver(most_drop=0.4), anchor=anchor).state is State.PASS
    assert judged(stored, stored, waiver(most_drop=0.1), anchor=anchor).state is State.REGRESSED


def test_must_pass_gives_way_to_a_waiver_by_name():
    now = run(*(replace(one, must_pass=one.case_id == "c000") for one in broken("c000")))
    assert judged(THEN, now, waiver(case="c000")).state is State.PASS


def test_a_waived_case_is_run_again_only_where_it_seems_to_exceed():
    once = run(*(replace(one, repeats=one.repeats[:1]) for one in broken("c000")))
    exceeding = (waiver(case="c000", most_drop=0.5),)
    assert (PROMPT, "c000") in suspects(THEN, once, Policy())
    assert (PROMPT, "c000") not in suspects(THEN, once, Policy(), (waiver(case="c000"),))
    assert (PROMPT, "c000") in suspects(THEN, once, Policy(), exceeding)
    assert (PROMPT, "c000") not in suspects(THEN, run(*broken("c000")), Policy(), exceeding)


def test_one_case_alone_knows_its_waivers():
    stored, result = case("c000", 10, 10), case("c000", 0, 10)
    assert alone([waiver(case="c000")], stored, result) == (True, False)
    assert alone([waiver(most_drop=0.1)], stored, result) == (False, True)
    assert alone([waiver(kind="mean", most_drop=0.1)], stored, result) == (False, False)
    assert alone([waiver(most_drop=0.1)], stored, replace(result, must_pass=True)) == (False, False)
    assert alone([waiver(prompt="other")], stored, result) == (False, False)
    assert alone([waiver(case="c000")], None, result) == (False, False)


def test_the_first_of_two_waivers_for_a_case_counts():
    first, second = waiver(case="c000"), waiver(slice="lang:de", most_drop=1.0)
    assert set_aside((first, second), THEN, THEN)[PROMPT, "c000"] is first
    assert set_aside((), THEN, THEN) == {}
    assert set_aside((waiver(case="c000"),), None, THEN) == {}


def test_waivers_hold_until_their_last_day():
    one = waiver(until=TODAY)
    assert in_force((one,), TODAY) == (one,)
    assert in_force((one,), "2026-11-25") == ()


def test_without_luck_the_accepted_drop_is_exact():
    sure = (facts(deterministic=True),)
    then = run(*cases([1] * 12, 1), prompts=sure)
    for broken_now, state in ((1, State.PASS), (2, State.REGRESSED)):
        now = run(*cases([0] * broken_now + [1] * (12 - broken_now), 1), prompts=sure)
        assert judged(then, now, waiver(most_drop=0.1)).state is state


def test_editing_or_removing_a_waived_case_does_not_lift_what_was_exceeded():
    little = waiver(case="c000", most_drop=0.2)
    edited = tuple(replace(one, digest="other") if one.case_id == "c000" else one for one in broken("c000"))
    for now in (run(*broken("c000")), run(*edited), run(*STORED[1:])):
        found = judged(THEN, now, little)
        assert (found.state, found.waived[0].state) == (State.REGRESSED, WaiverState.EXCEEDED)
    fine = tuple(replace(one, digest="other") if one.case_id == "c000" else one for one in STORED)
    assert judged(THEN, run(*fine), little).state is State.PASS


def test_an_excuse_is_no_better_than_its_own_margin_and_getting_worse_never_helps():
    mixed = cases((9, 6, 8, 9, 5, 9, 7, 8))
    accepted = waiver(most_drop=0.3)
    months = ((9, 6, 8, 9, 5, 9, 7, 8), (8, 5, 8, 8, 4, 9, 7, 7), (2, 4, 6, 5, 3, 5, 5, 6), (0,) * 8)
    ranks = [RANK[judged(run(*mixed), run(*cases(passes)), accepted).state] for passes in months]
    assert ranks == sorted(ranks)
    assert ranks[-1] == RANK[State.REGRESSED]


def test_what_passes_by_the_wider_margin_alone_stands_on_the_waiver():
    then, now = run(*cases((9, 6, 8, 9, 5, 9, 7, 8))), run(*cases((8, 6, 8, 8, 5, 9, 7, 8)))
    assert judged(then, now).state is State.INCONCLUSIVE
    found = judged(then, now, waiver(most_drop=0.5))
    assert (found.state, found.stands_on_waivers) == (State.PASS, True)


def test_a_waiver_is_held_against_the_anchor_too():
    anchor = replace(run(*cases([10] * 60)), month="2026-01")
    stored = run(*cases([7] * 60))
    little = waiver(most_drop=0.2)
    now = run(*cases([6] * 60))
    assert judged(stored, now, little, anchor=stored).state is State.PASS
    found = judged(stored, now, little, anchor=anchor)
    assert found.state is State.REGRESSED
    assert found.waived[0].state is WaiverState.EXCEEDED
    little = waiver(case="c000", most_drop=0.2)
    one = judged(run(*broken("c000", passes=6)), run(*broken("c000", passes=4)), little, anchor=THEN)
    assert (one.state, one.waived[0].state) == (State.REGRESSED, WaiverState.EXCEEDED)


def test_a_waiver_at_work_is_used_though_another_case_of_its_slice_got_better():
    weak = tuple(replace(one, repeats=case("x", 0, 10).repeats) if one.case_id == "c001" else one for one in STORED)
    mended = tuple(replace(one, repeats=case("x", 10, 10).repeats) if one.case_id == "c001" else one for one in weak)
    now = tuple(replace(one, repeats=case("x", 0, 10).repeats) if one.case_id == "c000" else one for one in mended)
    found = judged(run(*weak), run(*now), waiver(slice="lang:de", most_drop=0.5))
    assert (found.state, found.stands_on_waivers) == (State.PASS, True)


def test_scores_that_fell_count_where_no_fewer_passed():
    def scored(value):
        return run(*(case(f"c{number}", repeats=graded(value, value)) for number in range(12)))

    found = judged(scored(0.95), scored(0.55), waiver(most_drop=0.05))
    assert (found.state, found.waived[0].state) == (State.REGRESSED, WaiverState.EXCEEDED)
    found = judged(scored(0.95), scored(0.55), waiver(most_drop=0.6))
    assert found.state is State.PASS
    assert "scores from 95.0 % to 55.0 %" in found.waived[0].told


def test_what_must_always_pass_is_excused_by_its_own_name_alone():
    now = run(*(replace(one, must_pass=one.case_id == "c000") for one in broken("c000")))
    assert judged(THEN, now, waiver(most_drop=0.5)).state is State.REGRESSED
    new = run(*STORED, case("new", 0, 10, must_pass=True))
    assert judged(THEN, new, waiver(most_drop=0.5)).state is State.REGRESSED
    assert judged(THEN, new, waiver(case="new")).state is State.REGRESSED


def test_a_prompt_whose_every_case_is_waived_passes_and_says_so():
    then = run(case("a", 10, 10))
    assert judged(then, then, waiver(case="a")).state is State.PASS
    assert judged(then, run(case("a", 0, 10)), waiver(case="a")).state is State.PASS
    edited = run(case("a", 10, 10, digest="other"))
    assert judged(then, edited).state is State.NO_BASELINE


def test_no_advice_to_remove_a_waiver_where_something_is_missing():
    missing = tuple(replace(one, repeats=(), missing="not run") if one.case_id == "c005" else one for one in STORED)
    assert judged(THEN, run(*missing), waiver(case="c000")).waived[0].told.endswith("is worse here")
    assert judged(THEN, THEN, waiver(case="c000")).waived[0].told.endswith("; remove it")


def test_a_missing_case_is_never_under_a_waiver():
    absent = tuple(replace(one, repeats=(), missing="not run") if one.case_id == "c000" else one for one in STORED)
    assert set_aside((waiver(case="c000"),), THEN, run(*absent)) == {}
    assert set_aside((waiver(case="c000"),), run(*absent), run(*STORED[1:])) == {}


def test_nothing_compared_has_no_drop():
    assert least_drop([], sure=False) == 0.0


def test_scopes_read_as_they_are_written():
    assert waiver(case="c").scope == f"{PROMPT}, case c"
    assert waiver(slice="s", kind="slice").scope == f"{PROMPT}, slice s, slice only"
    assert waiver().scope == PROMPT
    assert "line" not in waiver(line=4).plain()


def test_a_case_that_only_the_anchor_knows_is_held_against_it_alone():
    stored = run(*STORED[1:])
    found = judged(stored, run(*broken("c000")), waiver(case="c000", most_drop=0.2), anchor=THEN)
    [one] = found.waived
    assert (one.state, one.cases, one.rate.then) == (WaiverState.EXCEEDED, (), None)
    assert one.told.endswith("and it fell further")
