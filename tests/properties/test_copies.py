"""A red item is part of the verdict, whatever the repeats that only the whole run shows to be copies."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from properties.worlds import POLICIES, months, worse
from pytest_goldenprompt.judge.certain import outcome, red, yardstick
from pytest_goldenprompt.judge.copies import LONG, counted_once, surely
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.states import RANK


@st.composite
def texted(draw, record):
    """Give repeats texts: most often a case has one of its own that it repeats, with the same result each time."""
    lengths, cases = {}, []
    for place, case in enumerate(record.cases):
        alike = draw(st.sampled_from([True, True, True, False]))
        for number in range(len(case.repeats)):
            name = f"{place}" if alike else f"{place}-{number}"
            lengths[name] = draw(st.sampled_from([LONG, LONG, LONG - 1]))
        repeats = tuple(
            replace(case.repeats[0], output=f"{place}") if alike else replace(repeat, output=f"{place}-{number}")
            for number, repeat in enumerate(case.repeats)
        )
        cases.append(replace(case, repeats=repeats))
    prompts = tuple(replace(facts, temperature=draw(st.sampled_from([0.8, 0.8, None]))) for facts in record.prompts)
    return replace(record, cases=tuple(cases), prompts=prompts), lengths


FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@FEW
@given(st.data(), months(), POLICIES)
def test_a_worse_score_never_improves_a_state_where_repeats_are_copies(data, month, policy):
    baseline, current = month
    current = replace(current, prompts=tuple(replace(facts, copied=True) for facts in current.prompts))
    before = judge(baseline, current, policy)
    after = judge(baseline, data.draw(worse(current)), policy)
    assert RANK[after.state] >= RANK[before.state]


@FEW
@given(st.data(), months(), POLICIES)
def test_an_item_is_red_only_by_what_still_counts_once_copies_are_told(data, month, policy):
    baseline, current = month
    current, lengths = data.draw(texted(current))
    measure, facts = yardstick(baseline, policy, len(current.cases)), {one.id: one for one in current.prompts}
    marked = counted_once(current, lengths)
    verdict = judge(baseline, marked, policy)
    event(f"copied: {sum(one.copied for one in marked.prompts)}")
    for case in current.cases:
        about = facts[case.prompt_id]
        alone = [outcome(measure, about, one) for one in (case, surely(about, case))]
        if all(red(measure, about, one) for one in alone):
            event("red")
            prompt = verdict.prompt(case.prompt_id)
            assert "case" in prompt.kinds
            assert case.case_id in {one.case_id for one in prompt.cases}
