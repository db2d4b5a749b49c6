"""The hard boundary with waivers in force: they excuse what they say, and nothing gets greener by getting worse."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from properties.test_monotonic_gate import FEW, FLAGGED, assert_no_better
from properties.worlds import POLICIES, months, without_one, worse
from pytest_goldenprompt.judge.certain import outcome as standing_of
from pytest_goldenprompt.judge.certain import red, yardstick
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.waivers import alone
from pytest_goldenprompt.model.verdict import Outcome, State
from pytest_goldenprompt.model.waiver import Waiver

SCOPES = st.one_of(
    st.builds(dict, case=st.sampled_from(["c00", "c01", "c05"]), kind=st.sampled_from([None, "case", "removed"])),
    st.builds(dict, slice=st.sampled_from("abc")),
    st.builds(dict, kind=st.sampled_from([None, "mean", "case"])),
)
WAIVERS = st.builds(
    lambda scope, prompt, drop: Waiver(prompt, "jane", "known", "2099-12-31", most_drop=drop, **scope),
    SCOPES,
    st.sampled_from(["p0", "p0", "p1"]),
    st.sampled_from([0.0, 0.1, 0.3, 0.6, 1.0]),
)
POLICIES_WITH_WAIVERS = st.builds(
    lambda policy, waivers: replace(policy, waivers=tuple(waivers)), POLICIES, st.lists(WAIVERS, min_size=1, max_size=3)
)
SMALL = type(FEW)(FEW, max_examples=60)


def judged(month, policy):
    baseline, current = month
    return decide(References(baseline), current, policy, today="2026-11-24")


@SMALL
@given(st.data(), months(), POLICIES_WITH_WAIVERS)
def test_a_worse_score_never_improves_a_state(data, month, policy):
    before = judged(month, policy)
    for _ in range(2):
        month = month[0], data.draw(worse(month[1]))
        after = judged(month, policy)
        assert_no_better(after, before)
        before = after


@SMALL
@given(st.data(), months(), POLICIES_WITH_WAIVERS)
def test_an_improvement_never_causes_a_flag(data, month, policy):
    flagged = judged((month[0], data.draw(worse(month[1]))), policy)
    found = judged(month, policy)
    assert found.state not in FLAGGED or flagged.state in FLAGGED


@SMALL
@given(st.data(), months(), POLICIES_WITH_WAIVERS)
def test_removing_a_case_never_improves_a_state(data, month, policy):
    before = judged(month, policy)
    after = judged((month[0], data.draw(without_one(*month))), policy)
    assert_no_better(after, before)


@SMALL
@given(months(), POLICIES_WITH_WAIVERS)
def test_a_red_case_is_always_part_of_the_verdict(month, policy):
    baseline, current = month
    verdict = judged(month, policy)
    measure = yardstick(baseline, policy, len(current.cases))
    facts = {one.id: one for one in current.prompts}
    stored = {(case.prompt_id, case.case_id): case for case in baseline.cases}
    for result in current.cases:
        waived, excused = alone(policy.waivers, stored.get((result.prompt_id, result.case_id)), result)
        found = standing_of(measure, facts[result.prompt_id], result, waived=waived)
        if red(measure, facts[result.prompt_id], found) and not (excused and found.outcome is Outcome.REGRESSED):
            assert verdict.state in FLAGGED


@SMALL
@given(months(), POLICIES_WITH_WAIVERS)
def test_a_waiver_never_makes_anything_worse_but_by_its_own_failing(month, policy):
    plain = judged(month, replace(policy, waivers=()))
    waived = judged(month, policy)
    if plain.state is State.PASS and not any(one.state.value == "exceeded" for one in waived.waived):
        assert waived.state in {State.PASS, State.INCONCLUSIVE}
