from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.model.verdict import State
from unit.judge.records import POLICY, PROMPT, STEADY, case, cases, facts, run

THEN = run(*cases(STEADY), *cases([4, 6], prompt="support/small"))
SMALL = "support/small"


def taken(record, *, of="run"):
    return replace(record, cases=tuple(replace(one, carried=of) for one in record.cases))


def judged(current):
    return decide(References(THEN), current, POLICY)


def test_results_that_are_the_stored_ones_have_no_luck_and_pass():
    assert judged(THEN).prompt(SMALL).state is State.INCONCLUSIVE
    found = judged(taken(THEN))
    assert (found.state, found.prompt(SMALL).drop_upper) == (State.PASS, 0.0)
    assert found.reasons == (
        "2 prompts not worse",
        "nothing changed: all of 52 cases taken as stored, without a call (run run)",
    )
    assert found.counts.replayed == found.counts.calls == 520


def test_what_says_so_and_is_not_the_stored_result_is_tested_as_any_other():
    worse = taken(run(*cases([0] * len(STEADY)), *cases([4, 6], prompt=SMALL)))
    assert judged(worse).prompt(PROMPT).state is State.REGRESSED
    better = taken(run(*cases(STEADY), *cases([4, 7], prompt=SMALL)))
    assert judged(better).prompt(SMALL).state is State.INCONCLUSIVE


def test_a_case_that_changed_beside_stored_ones_leaves_them_without_luck():
    now = taken(THEN)
    found = judged(replace(now, cases=(case("c000", 9, 10, digest="other"), *now.cases[1:])))
    assert (found.state, found.counts.changed, found.counts.replayed) == (State.PASS, 1, 510)
    assert found.reasons[-1] == "51 of 52 cases taken as stored, without a call (run run)"


def test_a_prompt_of_recorded_answers_is_replayed_once():
    now = replace(taken(THEN), prompts=(facts(replayed=True), facts(SMALL)))
    assert judged(now).counts.replayed == 520
