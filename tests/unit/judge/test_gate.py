from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import Outcome, State
from unit.judge.records import POLICY, PROMPT, STEADY, case, cases, facts, graded, repeats, run

BASELINE = run(*cases(STEADY))
SAME = run(*cases(STEADY))


def verdict(current, baseline=BASELINE, policy=POLICY, **more):
    return judge(baseline, current, policy, **more)


def only(current, baseline=BASELINE, policy=POLICY, **more):
    (prompt,) = verdict(current, baseline, policy, **more).prompts
    return prompt


def changed(passes_by_case, k=10):
    """Give the steady run with other passes for some cases."""
    return run(*cases([passes_by_case.get(number, x) for number, x in enumerate(STEADY)], k))


def test_the_same_results_pass():
    found = verdict(SAME)
    assert (found.state, found.look, found.reasons) == (State.PASS, False, ("1 prompt not worse",))
    prompt = found.prompts[0]
    assert (prompt.state, prompt.kinds, prompt.cases, prompt.needs) == (State.PASS, (), (), "")
    assert prompt.drop == 0.0
    assert prompt.drop_upper < 0.05
    assert (prompt.planned, prompt.compared, prompt.p) == (50, 50, 1.0)


def test_a_broken_case_is_named():
    found = verdict(changed({3: 0}))
    prompt = found.prompts[0]
    assert (found.state, prompt.state, prompt.kinds) == (State.REGRESSED, State.REGRESSED, ("case",))
    assert [(one.case_id, one.outcome, one.named) for one in prompt.cases] == [("c003", Outcome.REGRESSED, True)]
    assert prompt.cases[0] in prompt.outcomes
    assert found.reasons[:2] == (
        f"{PROMPT}: got worse: 1 of 46 cases that passed last time fails now",
        f"{PROMPT}: worst case: c003 (passed 10 of 10 then, 0 of 10 now)",
    )


def test_a_case_that_stands_out_without_being_certain_is_named_and_suspect():
    prompt = only(changed({3: 6, **dict.fromkeys(range(4, 14), 0)}))
    named = {one.case_id: (one.outcome, one.passed, one.why) for one in prompt.cases}
    assert len(named) == 11
    assert named["c003"] == (Outcome.SUSPECT, True, "passed 10 of 10 then, 6 of 10 now")


def test_a_drop_everywhere_is_a_drop_of_the_mean():
    prompt = only(run(*cases([max(0, x - 2) for x in STEADY])))
    assert prompt.state is State.REGRESSED
    assert "mean" in prompt.kinds
    assert prompt.reasons[0].startswith(f"{PROMPT}: got worse:")


def test_a_drop_without_a_flipped_case_is_told_by_its_rates():
    prompt = only(run(*cases([max(0, x - 2) if x > 8 else x for x in STEADY])))
    assert prompt.reasons[0] == f"{PROMPT}: got worse: the share of passed repeats fell from 91.6 % to 74.0 %"


def test_a_worse_slice_is_named():
    tags = [(f"tag{number % 5}",) for number in range(50)]
    then = run(*(case(f"c{n:03}", x, 10, tags=tags[n]) for n, x in enumerate(STEADY)))
    now = run(*(case(f"c{n:03}", max(0, x - 3 * (n % 5 == 2)), 10, tags=tags[n]) for n, x in enumerate(STEADY)))
    prompt = only(now, then)
    assert prompt.state is State.REGRESSED
    assert "slice" in prompt.kinds
    assert [(part.tag, part.cases) for part in prompt.slices] == [("tag2", 10)]
    assert prompt.slices[0].rate.then > prompt.slices[0].rate.now
    assert any("the 10 cases tagged tag2 got worse, from" in reason for reason in prompt.reasons)


def test_with_one_repeat_the_flipped_cases_are_named_and_it_is_said():
    then = run(*cases([1] * 60, 1))
    prompt = only(run(*cases([0] * 12 + [1] * 48, 1)), then)
    assert (prompt.state, prompt.kinds) == (State.REGRESSED, ("mean", "case"))
    assert [one.case_id for one in prompt.cases] == [f"c{number:03}" for number in range(12)]
    assert prompt.cases[0].why.endswith("; flipped: with one repeat a single case may be luck, the whole is not")
    assert {one.outcome for one in prompt.cases} == {Outcome.SUSPECT}
    assert prompt.reasons[1].endswith("and 7 more")


def test_with_several_repeats_flipped_cases_that_may_be_luck_are_not_named():
    flaky = run(*cases([6] * 60))
    prompt = only(run(*cases([4] * 60)), flaky)
    assert (prompt.kinds, prompt.cases) == (("mean",), ())


def test_a_small_drop_that_may_be_luck_is_inconclusive_and_says_what_settles_it():
    then, now = run(*cases([1] * 20, 1)), run(*cases([0] + [1] * 19, 1))
    found = verdict(now, then)
    assert found.state is State.INCONCLUSIVE
    assert found.prompts[0].needs in found.reasons[0]
    assert found.reasons[0].startswith(f"{PROMPT}: inconclusive: neither worse nor shown to be as good; ")


def test_several_prompts_are_weighed_together():
    others = [f"other{number:02}" for number in range(40)]
    then = run(*cases([5] * 5, 10), *(one for other in others for one in cases(STEADY, prompt=other)))
    now = run(*cases([2] * 5, 10), *(one for other in others for one in cases(STEADY, prompt=other)))
    alone = judge(run(*cases([5] * 5, 10)), run(*cases([2] * 5, 10)), POLICY)
    together = judge(then, now, POLICY)
    assert alone.state is State.REGRESSED
    assert together.prompt(PROMPT).state is State.INCONCLUSIVE


def test_changed_cases_are_not_compared():
    current = run(*cases(STEADY[:45]), *(case(f"c{n:03}", 10, 10, digest="other") for n in range(45, 50)))
    found = verdict(current)
    assert (found.state, found.counts.changed, found.counts.compared) == (State.PASS, 5, 45)


def test_a_case_that_used_to_pass_and_fails_once_it_was_edited_must_be_accepted():
    current = run(*cases(STEADY[:49]), case("c049", 0, 10, digest="other"))
    found = verdict(current)
    assert (found.state, only(current).kinds) == (State.INCOMPLETE, ("changed",))
    assert "1 case that used to pass changed and fails now (c049)" in found.reasons[0]
    assert "goldenprompt accept" in found.reasons[0]


def test_the_same_answers_to_the_letter_leave_no_luck_to_test():
    def answered(last):
        given = [f"answer {number}" for number in range(9)] + [last]
        return run(
            *(
                case(f"c{number:03}", repeats=(Repeat(1.0 - number % 2, passed=number % 2 == 0, output=output),))
                for number, output in enumerate(given)
            )
        )

    assert judge(answered("answer 9"), answered("answer 9"), POLICY).state is State.PASS
    assert judge(answered("answer 9"), answered("another"), POLICY).state is State.INCONCLUSIVE


def test_most_cases_changed_is_not_green():
    current = run(*cases(STEADY[:20]), *(case(f"c{n:03}", 10, 10, digest="other") for n in range(20, 50)))
    prompt = only(current)
    assert prompt.state is State.INCONCLUSIVE
    assert prompt.needs.startswith("only 20 of 50 stored cases could be compared; accept the changed dataset")


def test_another_evaluator_version_leaves_nothing_to_compare():
    found = verdict(run(*cases(STEADY, digest="other")))
    assert found.state is State.NO_BASELINE
    assert "evaluator version changed in all 50 stored cases" in found.reasons[0]
    assert "goldenprompt accept" in found.reasons[0]


def test_a_prompt_whose_stored_cases_were_never_observed_has_no_baseline():
    found = verdict(run(case("a")), run(prompts=(facts(),)))
    assert found.state is State.NO_BASELINE
    assert "no case has a stored result" in found.reasons[0]


def test_new_cases_are_not_compared():
    found = verdict(run(*cases(STEADY), case("fresh", 0, 10)))
    assert (found.state, found.counts.new) == (State.PASS, 1)


def test_a_removed_case_that_used_to_pass_must_be_acknowledged():
    found = verdict(run(*cases(STEADY)[1:]))
    prompt = found.prompts[0]
    assert (found.state, prompt.kinds, prompt.removed) == (State.INCOMPLETE, ("removed",), ("c000",))
    assert found.reasons[0] == (
        f"{PROMPT}: incomplete: 1 case that used to pass removed (c000); "
        "put them back, or accept the dataset change with `goldenprompt accept`"
    )


def test_removing_a_dead_case_is_no_fix():
    prompt = only(run(*(one for one in cases(STEADY) if one.case_id != "c045")))
    assert (prompt.state, prompt.kinds, prompt.removed) == (State.INCONCLUSIVE, (), ("c045",))
    assert prompt.needs.startswith("1 stored case removed (c045); put them back, or accept the dataset change")


def test_removing_a_dead_case_beside_a_regression_changes_nothing():
    prompt = only(run(*(one for one in cases((0, *STEADY[1:])) if one.case_id != "c045")))
    assert (prompt.state, prompt.kinds) == (State.REGRESSED, ("case",))


def test_a_case_that_was_never_observed_may_go():
    then = run(*cases(STEADY), case("dark", repeats=(Repeat(error="x"),)))
    assert only(SAME, then).state is State.PASS


def test_removing_what_got_worse_does_not_hide_it():
    flaky = (5,) * 20 + STEADY
    now = cases((0,) * 20 + STEADY)
    assert only(run(*now), run(*cases(flaky))).state is State.REGRESSED
    prompt = only(run(*now[20:]), run(*cases(flaky)))
    assert prompt.state is State.INCOMPLETE
    assert "20 cases that passed at times removed (c000, c001, c002, c003, c004 and 15 more)" in prompt.reasons[0]


def test_removing_one_certain_loss_does_not_hide_it():
    then = run(*cases((50,) * 40 + (40, 20), 100))
    now = cases((50,) * 40 + (40, 0), 100)
    assert only(run(*now), then).state is State.REGRESSED
    assert only(run(*now[:-1]), then).state is State.INCOMPLETE


def test_a_prompt_that_is_gone_must_be_acknowledged():
    found = verdict(run(case("a", prompt="other")), run(*cases(STEADY), case("a", prompt="other")))
    prompt = found.prompt(PROMPT)
    assert (found.state, prompt.state, prompt.kinds, len(prompt.removed)) == (
        State.INCOMPLETE,
        State.INCOMPLETE,
        ("removed",),
        50,
    )
    (reason,) = prompt.reasons
    assert reason == (
        f"{PROMPT}: incomplete: the prompt and its 50 cases are gone; put it back, "
        "or accept the change with `goldenprompt accept`"
    )


def test_a_prompt_that_never_passed_must_be_acknowledged_too():
    found = verdict(run(case("a", prompt="other")), run(case("c", 0), case("a", prompt="other")))
    assert found.prompt(PROMPT).state is State.INCOMPLETE


@pytest.mark.parametrize(
    "more",
    [
        {"missing": "the budget is spent", "repeats": ()},
        {"repeats": (*repeats(9, 9), Repeat(error="time-out"))},
        {"repeats": (Repeat(error="time-out"),)},
        {"repeats": ()},
        {"repeats": (Repeat(score=float("nan"), passed=True),)},
    ],
)
def test_a_case_without_a_whole_result_makes_the_run_incomplete(more):
    found = verdict(run(*cases(STEADY)[:-1], case("c049", **more)))
    assert (found.state, found.prompts[0].kinds) == (State.INCOMPLETE, ("missing",))
    assert found.reasons[0].startswith(f"{PROMPT}: incomplete: 1 of 50 cases without a whole result: c049 (")


def test_an_incomplete_prompt_still_names_its_regressions():
    found = verdict(run(*cases((0, *STEADY[1:49])), case("c049", repeats=(), missing="crash")))
    prompt = found.prompts[0]
    assert (found.state, prompt.kinds) == (State.INCOMPLETE, ("case", "missing"))
    assert [one.case_id for one in prompt.cases] == ["c000"]
    assert "got worse" in found.reasons[0]


def test_a_look_is_partial_and_never_a_gate():
    left_out = tuple(case(f"c{n:03}", repeats=(), missing="deselected") for n in range(40, 50))
    found = verdict(run(*cases(STEADY[:40]), *left_out, narrowed=("-k triage",)))
    assert (found.state, found.look, found.prompts[0].kinds) == (State.INCOMPLETE, True, ())
    assert found.reasons[0] == "partial: 40 of 50 cases were chosen (-k triage)"
    assert found.prompts[0].reasons == (f"{PROMPT}: partial: 40 of 50 cases were chosen",)
    assert found.prompts[0].outcomes[-1].why == "deselected"


def test_a_look_names_the_regressions_it_sees_first():
    left_out = tuple(case(f"c{n:03}", repeats=(), missing="deselected") for n in range(40, 50))
    found = verdict(run(*cases((0, *STEADY[1:40])), *left_out, narrowed=("-k triage",)))
    assert (found.state, found.prompts[0].kinds) == (State.INCOMPLETE, ("mean", "case"))
    assert "got worse" in found.reasons[0]
    assert "partial: 40 of 50 cases were chosen (-k triage)" in found.reasons


def test_a_look_at_a_whole_prompt_is_still_a_look():
    then = run(*cases(STEADY), case("a", prompt="other"))
    found = verdict(run(*cases(STEADY), narrowed=("one path",)), then)
    assert (found.state, [(one.id, one.state) for one in found.prompts]) == (
        State.INCOMPLETE,
        [(PROMPT, State.PASS)],
    )


def test_a_run_that_was_stopped_is_incomplete():
    found = verdict(replace(SAME, stopped=("-x after 1 failure",)))
    assert found.state is State.INCOMPLETE
    assert found.reasons[0] == "incomplete: the run ended early: -x after 1 failure"


@pytest.mark.parametrize("prompts", [(), (facts(),)])
def test_a_run_without_cases_is_incomplete(prompts):
    found = judge(None, run(prompts=prompts), POLICY, first=True)
    assert found.state is State.INCOMPLETE
    assert found.reasons[0] == "incomplete: no golden case was run"


def test_a_prompt_without_cases_is_incomplete():
    found = verdict(run(*cases(STEADY), prompts=(facts("empty"),)))
    assert (found.state, found.prompt("empty").reasons) == (
        State.INCOMPLETE,
        ("empty: incomplete: no golden case was run",),
    )


def test_a_doubled_case_is_incomplete():
    found = verdict(run(*cases(STEADY), case("c000", 10, 10)))
    assert found.state is State.INCOMPLETE
    assert f"{PROMPT}: incomplete: c000 has more than one result; give every case an id of its own" in found.reasons


def test_a_prompt_that_cannot_be_read_is_an_error():
    found = verdict(run(*cases(STEADY), prompts=(facts("bad", error="bad.yaml:3: no such key"),)))
    assert (found.state, found.prompt("bad").state) == (State.ERROR, State.ERROR)
    assert found.reasons[0] == "bad: cannot be read: bad.yaml:3: no such key"


def test_without_a_baseline_nothing_is_green():
    found = judge(None, SAME, POLICY)
    assert (found.state, found.prompts[0].state) == (State.NO_BASELINE, State.NO_BASELINE)
    assert "there is no stored result to compare with" in found.reasons[0]


def test_a_store_with_history_has_no_first_run():
    assert judge(None, SAME, POLICY, first=True, has_history=True).state is State.NO_BASELINE


@pytest.mark.parametrize(
    ("bar", "state", "kinds"),
    [(0.94, State.REGRESSED, ("bar",)), (0.92, State.NEW, ()), (1.0, State.REGRESSED, ("bar",)), (None, State.NEW, ())],
)
def test_the_first_run_is_judged_by_each_datasets_own_bar(bar, state, kinds):
    found = judge(None, run(*cases(STEADY), prompts=(facts(min_pass_rate=bar),)), POLICY, first=True)
    assert (found.state, found.prompts[0].state, found.prompts[0].kinds) == (state, State.NEW, kinds)
    assert found.reasons[0].startswith(f"{PROMPT}: new: 92.0 % of 50 cases pass")


def test_the_words_of_a_new_prompt_say_how_it_stands_to_its_bar():
    def told(bar):
        current = run(*cases(STEADY), prompts=(facts(min_pass_rate=bar),))
        return judge(None, current, POLICY, first=True).prompts[0].reasons[0].partition("pass")[2]

    assert told(0.95) == ", which is under its bar of 95 %"
    assert told(0.9) == ", which meets its bar of 90 %"
    assert told(None) == "; nothing to compare with yet, and no bar is set"


def test_a_new_prompt_beside_known_ones():
    good = run(*cases(STEADY), case("a", prompt="fresh"), prompts=(facts("fresh", min_pass_rate=1.0),))
    bad = run(*cases(STEADY), case("a", 0, prompt="fresh"), prompts=(facts("fresh", min_pass_rate=1.0),))
    assert (verdict(good).state, verdict(good).prompt("fresh").state) == (State.PASS, State.NEW)
    assert (verdict(bad).state, verdict(bad).prompt("fresh").kinds) == (State.REGRESSED, ("bar",))


def test_a_case_that_must_pass_fails_any_run():
    broken = case("must", 9, 10, must_pass=True)
    assert judge(None, run(broken), POLICY, first=True).state is State.REGRESSED
    assert judge(None, run(broken), POLICY).state is State.REGRESSED
    found = verdict(run(*cases(STEADY), broken))
    assert (found.state, found.prompts[0].kinds) == (State.REGRESSED, ("case",))
    assert "1 case marked must_pass fails (must); red until passed" in found.reasons[0]
    assert "worst case: must (must always pass, failed 1 of 10)" in found.reasons[1]


def test_a_deterministic_flip_is_a_regression():
    sure = (facts(deterministic=True),)
    then = run(*cases([1, 1, 0], 1), prompts=sure)
    prompt = only(run(*cases([1, 0, 0], 1), prompts=sure), then)
    assert (prompt.state, prompt.kinds, prompt.p) == (State.REGRESSED, ("mean", "case"), None)
    assert [one.case_id for one in prompt.cases] == ["c001"]
    assert only(run(*cases([1, 1, 1], 1), prompts=sure), then).state is State.PASS


def test_a_deterministic_drop_of_scores_over_the_margin_is_a_regression():
    sure = (facts(deterministic=True),)
    then = run(*(case(f"c{n}", repeats=graded(0.9)) for n in range(4)), prompts=sure)
    now = run(*(case(f"c{n}", repeats=graded(0.8)) for n in range(4)), prompts=sure)
    prompt = only(now, then)
    assert (prompt.state, prompt.kinds) == (State.REGRESSED, ("mean",))
    assert prompt.drop == prompt.drop_upper == pytest.approx(0.1)
    assert only(then, then).state is State.PASS


def test_a_removed_case_of_a_deterministic_prompt_counts():
    sure = (facts(deterministic=True),)
    then = run(*cases([4, 4, 0], 10), prompts=sure)
    prompt = only(run(*cases([4], 10), case("c002", 0, 10), prompts=sure), then)
    assert (prompt.state, prompt.kinds) == (State.INCOMPLETE, ())


def test_graded_scores_that_fall_while_all_pass_are_found():
    then = run(*(case(f"c{n:02}", repeats=graded(0.9, 0.95, 0.85)) for n in range(30)))
    now = run(*(case(f"c{n:02}", repeats=graded(0.7, 0.72, 0.75)) for n in range(30)))
    prompt = only(now, then)
    assert (prompt.state, prompt.kinds) == (State.REGRESSED, ("mean",))
    assert prompt.drop == pytest.approx(0.9 - 2.17 / 3)


def test_passes_that_fail_at_the_same_score_are_found():
    then = run(*(case(f"c{n:02}", repeats=(Repeat(score=0.0, passed=True),)) for n in range(40)))
    now = run(*(case(f"c{n:02}", repeats=(Repeat(score=0.0, passed=False),)) for n in range(40)))
    assert only(now, then).state is State.REGRESSED


def test_full_scores_that_soften_are_found_though_all_pass():
    then = run(*(case(f"c{n:02}", repeats=graded(1.0)) for n in range(40)))
    now = run(*(case(f"c{n:02}", repeats=graded(0.8)) for n in range(40)))
    prompt = only(now, then)
    assert (prompt.state, prompt.kinds) == (State.REGRESSED, ("mean",))
    assert prompt.reasons[0] == f"{PROMPT}: got worse: scores fell by 20.0 points, though no more cases fail"


def test_drafts_are_listed_and_never_gate():
    draft = (facts("draft", draft=True, owner="me"),)
    broken = run(*cases(STEADY), *cases([0] * 50, prompt="draft"), prompts=draft)
    found = verdict(broken, run(*cases(STEADY), *cases(STEADY, prompt="draft"), prompts=draft))
    assert found.state is State.PASS
    assert found.reasons == ("1 prompt not worse", "1 draft listed, without a say: draft")
    one = found.prompt("draft")
    assert (one.state, one.draft, one.owner) == (State.REGRESSED, True, "me")
    assert Outcome.REGRESSED not in {case.outcome for case in one.outcomes}


def test_drafts_alone_are_no_run():
    draft = (facts("draft", draft=True),)
    found = judge(None, run(case("a", prompt="draft"), prompts=draft), POLICY, first=True)
    assert (found.state, found.reasons[0]) == (State.INCOMPLETE, "incomplete: no golden case was run")


def test_rows_in_any_order_give_the_same_verdict():
    rng = random.Random(1)
    then = [one for prompt in ("a", "b", "c") for one in cases(STEADY, prompt=prompt, tags=("x",))]
    now = [
        one for prompt in ("a", "b", "c") for one in cases([max(0, x - 1) for x in STEADY], prompt=prompt, tags=("x",))
    ]
    first = judge(run(*then), run(*now), POLICY, extra_calls=3)
    for _ in range(5):
        shuffled = judge(run(*rng.sample(then, 150)), run(*rng.sample(now, 150)), POLICY, extra_calls=3)
        assert repr(shuffled) == repr(first)


def test_extra_calls_are_counted():
    assert verdict(SAME, extra_calls=12).counts.extra_calls == 12


def test_twenty_prompts_of_a_hundred_cases_take_less_than_a_second():
    rng = random.Random(1)

    def library():
        rates = [rng.betavariate(*rng.choice([(400, 1), (400, 1), (18, 2), (3, 3)])) for _ in range(2000)]
        for _ in range(2):
            passes = [sum(rng.random() < rate for _ in range(10)) for rate in rates]
            yield run(
                *(
                    case(f"c{n % 100:03}", x, 10, prompt=f"p{n // 100:02}", tags=(f"t{n % 5}",))
                    for n, x in enumerate(passes)
                )
            )

    then, now = library()
    judge(then, now, POLICY)


def test_a_run_of_nothing_but_a_retired_prompt_with_results_ran_no_case():
    retired = (facts(retired=True),)
    found = judge(run(case("a"), prompts=retired), run(case("a"), prompts=retired), POLICY)
    assert (found.state, found.prompts) == (State.INCOMPLETE, ())
