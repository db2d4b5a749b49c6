"""How one case stands by itself: the part of the verdict that a live run may show before the other cases are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from pytest_goldenprompt.judge.mixture import Mixture, fit_library, fit_prompt
from pytest_goldenprompt.judge.reading import Reading, Seen, passes_mostly, read, see, varies
from pytest_goldenprompt.model.many import opened
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome

_OPEN = opened(CaseOutcome)
"""A run has as many outcomes as cases."""


class Standing(NamedTuple):
    """How an observed case stands against its stored result, with the p-value and what there is to say."""

    outcome: Outcome
    p: float | None
    why: str


@dataclass(frozen=True, slots=True)
class PromptYardstick:
    """What the baseline says of a prompt: its mixture of success rates and its cases by id.

    `varies` says that some case's repeats differ. Where none do they may all be copies of one answer, and many copies
    of a failure are no more certain than one. `standings` keeps what was found of readings then and now: many cases
    have the same.
    """

    mixture: Mixture
    cases: Mapping[str, Seen]
    deterministic: bool = False
    varies: bool = False
    standings: dict[tuple[Reading, Reading, bool], Standing] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What single cases of a run are measured by, built once from the baseline.

    `planned` is the number of cases that share `level`, the case test's part of alpha.
    """

    planned: int
    level: float
    prompts: Mapping[str, PromptYardstick] = field(default_factory=dict)


def yardstick(
    baseline: RunRecord | None, policy: Policy, planned: int, seen: Mapping[str, list[Seen]] | None = None
) -> Yardstick:
    """Build the yardstick of a run; `seen` is the baseline, where it was read already.

    `planned` counts every case of every dataset of the run, chosen or not; the baseline's count is used where it is
    greater, so that choosing fewer cases never makes a case red that the whole run would not.
    """
    level = policy.alpha * policy.weight_case
    if baseline is None:
        return Yardstick(planned, level)
    known: dict[str, list[Seen]] = {facts.id: [] for facts in baseline.prompts}
    known |= see(baseline) if seen is None else seen
    stored = {prompt_id: {one.result.case_id: one for one in cases} for prompt_id, cases in known.items()}
    deterministic = {facts.id for facts in baseline.prompts if facts.deterministic}
    library = fit_library(
        total for prompt_id in sorted(stored.keys() - deterministic) for total in _totals(stored[prompt_id])
    )
    prompts = {
        prompt_id: PromptYardstick(
            fit_prompt(_totals(cases), library),
            cases,
            prompt_id in deterministic,
            any(varies(one) for one in known[prompt_id]),
        )
        for prompt_id, cases in stored.items()
    }
    return Yardstick(max(planned, len(baseline.cases)), level, prompts)


def _totals(cases: Mapping[str, Seen]) -> list[tuple[int, int]]:
    return [(reading.passes, reading.k) for _, reading in cases.values()]


def outcome(
    measure: Yardstick, facts: PromptFacts, result: CaseResult, now: Reading | None = None, *, waived: bool = False
) -> CaseOutcome:
    """Say how a case stands against the stored run, by its own results alone; `now` is its reading, where known.

    A waived case has no say. REGRESSED means certain: the case must always pass and failed once (with history or
    without), or its target has no luck and it passed then, or its p-value times the planned cases is within the case
    test's part of alpha and the prompt's repeats are known to vary. In a draft nothing is certain.
    """
    now = now or read(result)
    x, k0, y, k1 = 0, 0, now.passes, now.k
    if not k1:
        return CaseOutcome(result.case_id, Outcome.MISSING, must_pass=result.must_pass, why=_absence(result))
    passed, p = y == k1 if result.must_pass else passes_mostly(now), None
    if waived:
        why = "a waiver holds for it"
        must_pass = result.must_pass
        return CaseOutcome(result.case_id, Outcome.WAIVED, y=y, k1=k1, must_pass=must_pass, passed=passed, why=why)
    prompt = measure.prompts.get(result.prompt_id)
    stored = prompt.cases.get(result.case_id) if prompt else None
    if prompt is None or stored is None or not stored.reading.k:
        state, why = Outcome.NEW, "no stored result to compare with"
    elif stored.result.digest != result.digest:
        state, why = Outcome.CHANGED, "inputs, expectation or evaluators are not those of the stored run"
    else:
        x, k0 = stored.reading.passes, stored.reading.k
        sure = prompt.deterministic and facts.deterministic
        key = stored.reading, now, sure
        found = prompt.standings.get(key)
        if found is None:
            found = prompt.standings[key] = _compared(stored.reading, now, prompt, measure, sure=sure)
        state, p, why = found
    if result.must_pass and not passed:
        state, why = Outcome.REGRESSED, f"must always pass, failed {k1 - y} of {k1}"
    if facts.draft and state is Outcome.REGRESSED:
        state = Outcome.SUSPECT
    made = _OPEN(result.case_id, state, x, k0, y, k1, p, must_pass=result.must_pass, passed=passed, why=why)
    made.__class__ = CaseOutcome
    return cast(CaseOutcome, made)


def _compared(then: Reading, now: Reading, prompt: PromptYardstick, measure: Yardstick, *, sure: bool) -> Standing:
    passed_then, passes_now = passes_mostly(then), passes_mostly(now)
    p = None if sure else prompt.mixture.p_value(then.passes, then.k, now.passes, now.k)
    certain = passed_then and not passes_now if p is None else is_certain(p, prompt, measure)
    state = Outcome.REGRESSED if certain else _STANDING[passed_then, passes_now]
    worse = certain or state is Outcome.SUSPECT
    return Standing(state, p, f"passed {then.passes} of {then.k} then, {now.passes} of {now.k} now" if worse else "")


def is_certain(p: float, prompt: PromptYardstick, measure: Yardstick) -> bool:
    """Say whether a case's p-value tells of a regression whatever the other cases show."""
    return prompt.varies and p * measure.planned <= measure.level


_STANDING = {
    (True, True): Outcome.PASSED,
    (True, False): Outcome.SUSPECT,
    (False, True): Outcome.FIXED,
    (False, False): Outcome.FAILING,
}


def red(measure: Yardstick, facts: PromptFacts, found: CaseOutcome) -> bool:
    """Say whether a case's item fails by itself; the verdict then never passes its prompt.

    Red are certain regressions, cases that could not be run, and failing cases of a prompt without history whose bar
    is that all pass. A draft has no red case.
    """
    if facts.draft or found.outcome is Outcome.WAIVED:
        return False
    if found.outcome in {Outcome.REGRESSED, Outcome.MISSING}:
        return True
    without_history = facts.id not in measure.prompts
    return without_history and not found.passed and facts.min_pass_rate == 1.0


def _absence(result: CaseResult) -> str:
    if result.missing:
        return result.missing
    return result.errors[0] if result.errors else "no usable result"
