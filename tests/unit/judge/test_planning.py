from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.planning import MOST_CASES, plan
from pytest_goldenprompt.judge.splitting import Parts
from pytest_goldenprompt.model.policy import Policy
from unit.judge.records import POLICY, STEADY, case, cases, facts, graded, run

LIBRARY = run(*cases(STEADY), *cases(STEADY[20:], prompt="weaker"))


def only(record=None, policy=POLICY, drop=0.1, wished=0.9):
    (prompt,) = plan(record or run(*cases(STEADY)), policy, drop=drop, wished=wished).prompts
    return prompt


def test_what_is_found_already_needs_nothing():
    prompt = only(drop=0.4)
    assert prompt.already
    assert prompt.found >= 0.9
    assert prompt.repeats == prompt.cases == prompt.present
    assert (prompt.present.cases, prompt.present.parts) == (50, Parts(10, 1, 10))


def test_a_longer_first_look_is_tried_before_anything_else():
    prompt = only(drop=0.1)
    assert not prompt.already
    then, look, now = prompt.repeats.parts
    assert (then, now) == (10, 10)
    assert 1 < look <= 10
    assert only(policy=Policy(repeats=look)).already
    assert not only(policy=Policy(repeats=look - 1)).already


def test_where_the_look_is_not_enough_all_repeats_rise():
    prompt = only(drop=0.03)
    then, look, now = prompt.repeats.parts
    assert then == now > 10
    assert 1 < look <= now
    settings = Policy(baseline_repeats=then, repeats=look, confirm_repeats=now)
    assert only(policy=settings, drop=0.03).already
    assert not only(policy=replace(settings, repeats=look - 1), drop=0.03).already


def test_more_cases_like_these_do_too():
    prompt = only(drop=0.06)
    assert prompt.cases.parts == prompt.present.parts
    assert 100 < prompt.cases.cases < 150
    assert only(run(*cases(STEADY * 3)), drop=0.06).already
    assert not only(run(*cases(STEADY * 2)), drop=0.06).already


def test_the_smallest_drop_that_is_found_is_one_that_needs_nothing():
    prompt = only()
    assert only(drop=prompt.smallest).already
    assert not only(drop=prompt.smallest - 0.002).already


def test_what_cannot_be_lost_cannot_be_found():
    prompt = only(run(*cases([0] * 400, 10)), drop=0.05)
    assert (prompt.repeats, prompt.cases, prompt.smallest) == (None, None, None)
    whole = plan(run(*cases([0] * 400, 10), *cases(STEADY, prompt="other")), POLICY, drop=0.05, wished=0.9)
    assert (whole.repeats, whole.cases) == (None, None)
    assert MOST_CASES > 400


def test_calls_are_those_of_a_check_and_of_a_recording_run():
    prompt = only(policy=Policy(baseline_repeats=8, repeats=2), drop=0.4)
    assert (prompt.present.check, prompt.present.recording) == (100, 400)


def test_the_library_needs_the_most_that_a_prompt_needs_and_all_their_cases():
    whole = plan(LIBRARY, POLICY, drop=0.1, wished=0.9)
    steady, weaker = whole.prompts
    assert [one.prompt_id for one in whole.prompts] == ["support/triage", "weaker"]
    assert weaker.found < steady.found
    assert whole.present.cases == 80
    assert whole.repeats.parts == Parts(*map(max, zip(steady.repeats.parts, weaker.repeats.parts, strict=True)))
    assert whole.repeats.check == 80 * whole.repeats.parts.look
    assert whole.cases.cases == steady.cases.cases + weaker.cases.cases


def test_a_prompt_among_many_and_graded_scores_get_a_smaller_share_of_alpha():
    alone = only().found
    among = plan(LIBRARY, POLICY, drop=0.1, wished=0.9).prompts[0].found
    assert among < alone
    scores = run(
        *(
            case(one.case_id, repeats=graded(*(0.6,) * x, *(0.2,) * (10 - x)))
            for one, x in zip(cases(STEADY), STEADY, strict=True)
        )
    )
    assert only(scores).found < alone


def test_a_wish_for_more_certainty_needs_more():
    assert only(wished=0.99).cases.cases > only(wished=0.9).cases.cases > only(wished=0.6).cases.cases


def test_without_repeats_there_is_nothing_to_plan_from():
    record = run(*cases([1] * 9, 1), case("a", 3, 4, prompt="sure"), prompts=(facts("sure", deterministic=True),))
    found = plan(record, POLICY, drop=0.1, wished=0.9)
    assert (found.prompts, found.repeats, found.cases) == ((), None, None)
    assert [one.prompt_id for one in found.left_out] == ["support/triage", "sure"]
