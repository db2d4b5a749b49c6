from __future__ import annotations

from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.model.result import Repeat
from unit.judge.records import POLICY, PROMPT, STEADY, case, cases, facts, run

BASELINE = run(*cases(STEADY))


def scaled(k):
    return [round(x * k / 10) for x in STEADY]


def test_a_quiet_month_has_no_suspects():
    assert suspects(BASELINE, run(*cases(scaled(3), 3)), POLICY) == []


def test_a_prompt_that_looks_worse_is_topped_up_whole():
    worse = [max(0, y - 1) for y in scaled(3)]
    assert suspects(BASELINE, run(*cases(worse, 3)), POLICY) == [(PROMPT, f"c{number:03}") for number in range(50)]


def test_a_case_that_looks_worse_is_topped_up_alone():
    assert suspects(BASELINE, run(*cases([0, *scaled(3)[1:]], 3)), POLICY) == [(PROMPT, "c000")]


def test_with_one_repeat_any_fail_of_what_passed_mostly_is_a_suspect():
    now = [1] * 40 + [1, 1, 1, 0, 0, 0, 0, 0, 1, 1]
    assert suspects(BASELINE, run(*cases(now, 1)), POLICY) == [(PROMPT, "c043")]


def test_a_slice_that_looks_worse_tops_up_the_prompt():
    tags = [("slow",) if number < 6 else () for number in range(50)]
    then = run(*(case(f"c{number:03}", x, 10, tags=tags[number]) for number, x in enumerate(STEADY)))
    now = run(*(case(f"c{n:03}", 2 if n < 6 else round(STEADY[n] * 0.3), 3, tags=tags[n]) for n in range(50)))
    assert len(suspects(then, now, POLICY)) == 50


def test_cases_that_have_their_repeats_are_left_out():
    now = cases([0, *STEADY[1:]])
    assert suspects(BASELINE, run(*now), POLICY) == []


def test_without_luck_or_history_nobody_is_a_suspect():
    assert suspects(None, run(*cases([0] * 50, 1)), POLICY) == []
    sure = facts(deterministic=True)
    assert suspects(run(case("a"), prompts=(sure,)), run(case("a", 0), prompts=(sure,)), POLICY) == []


def test_prompts_that_are_gone_and_cases_without_results_cannot_be_topped_up():
    then = run(*cases(STEADY), *cases(STEADY, prompt="gone"))
    now = run(*cases([0] * 49, 1), case("c049", repeats=(Repeat(error="x"),)))
    assert {prompt for prompt, _ in suspects(then, now, POLICY)} == {PROMPT}
    assert (PROMPT, "c049") not in suspects(then, now, POLICY)
