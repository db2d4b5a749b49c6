"""Pairs of small run records, and single changes to them, for properties of the gate."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

PASSED, FAILED = Repeat(score=1.0, passed=True), Repeat(score=0.0, passed=False)
SCORES = st.sampled_from([0.0, 0.003, 0.2, 0.4, 0.5, 0.6, 0.9, 0.996, 0.999, 1.0])

POLICIES = st.builds(
    Policy,
    alpha=st.sampled_from([0.05, 0.05, 0.2, 0.5]),
    margin=st.sampled_from([0.05, 0.05, 0.01, 0.1, 0.3]),
    case_fdr=st.sampled_from([0.1, 0.5]),
    smallest_slice=st.sampled_from([1, 2, 5]),
    phi_floor=st.sampled_from([1.25, 1.001]),
)


@st.composite
def plain_repeats(draw, k):
    passes = draw(st.one_of(st.sampled_from([0, k]), st.integers(0, k)))
    return (PASSED,) * passes + (FAILED,) * (k - passes)


@st.composite
def graded_repeats(draw, k):
    scores = draw(st.lists(SCORES, min_size=k, max_size=k))
    return tuple(Repeat(score=score, passed=score >= 0.5) for score in scores)


@st.composite
def prompts(draw, name):
    """Draw one prompt's facts, its stored results and its current ones."""
    k0, k1 = draw(st.sampled_from([1, 3, 10])), draw(st.sampled_from([1, 3, 10]))
    graded = draw(st.sampled_from([False, False, False, True]))
    law = graded_repeats if graded else plain_repeats
    facts = PromptFacts(
        name,
        f"{name}.yaml",
        deterministic=draw(st.sampled_from([False] * 7 + [True])),
        draft=draw(st.sampled_from([False] * 9 + [True])),
    )
    then, now = [], []
    for number in range(draw(st.integers(1, 14))):
        about = {
            "tags": tuple(draw(st.sets(st.sampled_from("abc")))),
            "must_pass": draw(st.sampled_from([False] * 19 + [True])),
        }
        digest = draw(st.sampled_from(["same"] * 14 + ["other"]))
        then.append(CaseResult(name, f"c{number:02}", "same", draw(law(k0)), **about))
        now.append(CaseResult(name, f"c{number:02}", digest, draw(law(draw(st.sampled_from([k1, k1, 10])))), **about))
    return facts, then[draw(st.sampled_from([0] * 9 + [1])) :], now


@st.composite
def months(draw):
    """Draw a baseline and a current run of the same prompts; here and there a case is new or changed."""
    drawn = [draw(prompts(f"p{number}")) for number in range(draw(st.sampled_from([1, 1, 2, 4])))]
    facts = tuple(facts for facts, _, _ in drawn)
    then = tuple(result for _, results, _ in drawn for result in results)
    now = tuple(result for _, _, results in drawn for result in results)
    return RunRecord("then", prompts=facts, cases=then), RunRecord("now", prompts=facts, cases=now)


@st.composite
def worse(draw, record):
    """Make one repeat, or all of one case, worse: a lower score, a fail, or both."""
    index = draw(st.integers(0, len(record.cases) - 1))
    case = record.cases[index]
    chosen = draw(
        st.one_of(st.just(range(len(case.repeats))), st.integers(0, len(case.repeats) - 1).map(lambda one: [one]))
    )
    share = draw(st.sampled_from([0.0, 0.0, 0.3, 0.7, 0.99, 1.0]))
    fails = draw(st.booleans())
    repeats = tuple(
        _worse(repeat, share, fails=fails) if number in chosen else repeat for number, repeat in enumerate(case.repeats)
    )
    return replaced(record, index, replace(case, repeats=repeats))


def _worse(repeat, share, *, fails):
    score = repeat.score * share
    return replace(repeat, score=score, passed=repeat.passed and not fails and score >= 0.5)


def replaced(record, index, *results):
    return replace(record, cases=record.cases[:index] + results + record.cases[index + 1 :])


@st.composite
def without_one(draw, baseline, record):
    """Remove one case that the baseline knows, or leave the record as it is."""
    known = {(case.prompt_id, case.case_id) for case in baseline.cases}
    places = [place for place, case in enumerate(record.cases) if (case.prompt_id, case.case_id) in known]
    return replaced(record, draw(st.sampled_from(places))) if places else record
