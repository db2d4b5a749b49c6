"""The hard boundary of the gate: nothing gets greener by getting worse, and nothing is hidden by taking it away."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from properties.worlds import POLICIES, months, without_one, worse
from pytest_goldenprompt.judge.certain import outcome, red, yardstick
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.states import RANK, rank
from pytest_goldenprompt.model.verdict import Outcome, State

FEW = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    database=None,
    derandomize=True,
)
"""Without shrinking, which takes minutes here: the first counterexample is small enough to read. The same examples in
each run, so that a change is judged by what it changes; raise `max_examples` to look for more."""
FLAGGED = {State.REGRESSED, State.INCOMPLETE}


def assert_no_better(after, before):
    """A prompt that is gone whole counts by its run."""
    event(f"{before.state.value} -> {after.state.value}")
    assert RANK[after.state] >= RANK[before.state]
    for prompt in before.prompts:
        now = after.prompt(prompt.id)
        assert now is None or rank(now) >= rank(prompt)


@FEW
@given(st.data(), months(), POLICIES)
def test_a_worse_score_never_improves_a_state(data, month, policy):
    baseline, current = month
    before = judge(baseline, current, policy)
    for _ in range(3):
        current = data.draw(worse(current))
        after = judge(baseline, current, policy)
        assert_no_better(after, before)
        before = after


@FEW
@given(st.data(), months(), POLICIES)
def test_an_improvement_never_causes_a_flag(data, month, policy):
    baseline, improved = month
    flagged = judge(baseline, data.draw(worse(improved)), policy)
    found = judge(baseline, improved, policy)
    for prompt in found.prompts:
        assert prompt.state not in FLAGGED or flagged.prompt(prompt.id).state in FLAGGED
    assert found.state not in FLAGGED or flagged.state in FLAGGED


@FEW
@given(st.data(), months(), POLICIES)
def test_removing_a_case_never_improves_a_state(data, month, policy):
    baseline, current = month
    before = judge(baseline, current, policy)
    for _ in range(3):
        current = data.draw(without_one(baseline, current))
        after = judge(baseline, current, policy)
        assert_no_better(after, before)
        before = after


@FEW
@given(st.data(), months(), POLICIES)
def test_the_order_of_rows_changes_nothing(data, month, policy):
    baseline, current = month

    def shuffled(record):
        prompts = tuple(data.draw(st.permutations(record.prompts)))
        return replace(record, prompts=prompts, cases=tuple(data.draw(st.permutations(record.cases))))

    assert repr(judge(shuffled(baseline), shuffled(current), policy)) == repr(judge(baseline, current, policy))


@FEW
@given(months(), POLICIES)
def test_a_red_case_is_always_part_of_the_verdict(month, policy):
    baseline, current = month
    verdict = judge(baseline, current, policy)
    measure = yardstick(baseline, policy, len(current.cases))
    facts = {one.id: one for one in current.prompts}
    for result in current.cases:
        found = outcome(measure, facts[result.prompt_id], result)
        if red(measure, facts[result.prompt_id], found):
            prompt = verdict.prompt(result.prompt_id)
            assert found.outcome is Outcome.REGRESSED
            assert prompt.state in FLAGGED
            assert "case" in prompt.kinds
            assert result.case_id in {case.case_id for case in prompt.cases}
            assert verdict.state in FLAGGED


@FEW
@given(months(), POLICIES, st.sets(st.integers(0, 60), max_size=4))
def test_a_planned_case_without_a_result_is_never_green(month, policy, places):
    baseline, current = month
    cases = list(current.cases)
    hit = [place % len(cases) for place in places]
    for place in hit:
        cases[place] = replace(cases[place], repeats=(), missing="lost worker")
    verdict = judge(baseline, replace(current, cases=tuple(cases)), policy)
    for place in hit:
        assert verdict.prompt(cases[place].prompt_id).state is State.INCOMPLETE
