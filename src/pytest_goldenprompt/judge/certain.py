"""How one case stands by itself: the part of the verdict that a live run may show before the other cases are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_goldenprompt.judge.mixture import Mixture, fit_library, fit_prompt
from pytest_goldenprompt.judge.reading import Reading, passes_mostly, read, varies
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome


@dataclass(frozen=True, slots=True)
class StoredCase:
    """What the baseline says of a case: what defined it, and how it did."""

    digest: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class PromptYardstick:
    """What the baseline says of a prompt: its mixture of success rates and its cases by id.

    `varies` says that some case's repeats differ. Where none do they may all be copies of one answer, and many copies
    of a failure are no more certain than one.
    """

    mixture: Mixture
    cases: Mapping[str, StoredCase]
    deterministic: bool = False
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What single cases of a run are measured by, built once from the baseline.

    `planned` is the number of cases that share `level`, the case test's part of alpha.
    """

    planned: int
    level: float
    prompts: Mapping[str, PromptYardstick] = field(default_factory=dict)


def yardstick(baseline: RunRecord | None, policy: Policy, planned: int) -> Yardstick:
    """Build the yardstick of a run.

    `planned` counts every case of every dataset of the run, chosen or not; the baseline's count is used where it is
    greater, so that choosing fewer cases never makes a case red that the whole run would not.
    """
    level = policy.alpha * policy.weight_case
    if baseline is None:
        return Yardstick(planned, level)
    stored = _stored(baseline)
    varied = {result.prompt_id for result in baseline.cases if varies(result)}
    deterministic = {facts.id for facts in baseline.prompts if facts.deterministic}
    library = fit_library(
        total for prompt_id in sorted(stored.keys() - deterministic) for total in _totals(stored[prompt_id])
    )
    prompts = {
        prompt_id: PromptYardstick(
            fit_prompt(_totals(cases), library), cases, prompt_id in deterministic, prompt_id in varied
        )
        for prompt_id, cases in stored.items()
    }
    return Yardstick(max(planned, len(baseline.cases)), level, prompts)


def _stored(baseline: RunRecord) -> dict[str, dict[str, StoredCase]]:
    stored: dict[str, dict[str, StoredCase]] = {facts.id: {} for facts in baseline.prompts}
    for result in baseline.cases:
        stored.setdefault(result.prompt_id, {})[result.case_id] = StoredCase(result.digest, read(result))
    return stored


def _totals(cases: Mapping[str, StoredCase]) -> list[tuple[int, int]]:
    return [(case.reading.passes, case.reading.k) for case in cases.values()]


def outcome(measure: Yardstick, facts: PromptFacts, result: CaseResult, *, waived: bool = False) -> CaseOutcome:
    """Say how a case stands against the stored run, by its own results alone. A waived one has no say.

    REGRESSED means certain: the case must always pass and failed once (with history or without), or its target has no
    luck and it passed then, or its p-value times the planned cases is within the case test's part of
    alpha and the prompt's repeats are known to vary. In a draft nothing is certain.
    """
    now = read(result)
    found = CaseOutcome(result.case_id, Outcome.MISSING, y=now.passes, k1=now.k, must_pass=result.must_pass)
    if not now.k:
        return replace(found, why=_absence(result))
    found = replace(found, passed=now.passes == now.k if result.must_pass else passes_mostly(now))
    if waived:
        return replace(found, outcome=Outcome.WAIVED, why="a waiver holds for it")
    prompt = measure.prompts.get(result.prompt_id)
    stored = prompt.cases.get(result.case_id) if prompt else None
    if prompt is None or stored is None or not stored.reading.k:
        found = replace(found, outcome=Outcome.NEW, why="no stored result to compare with")
    elif stored.digest != result.digest:
        why = "inputs, expectation or evaluators are not those of the stored run"
        found = replace(found, outcome=Outcome.CHANGED, why=why)
    else:
        found = _compared(found, stored.reading, prompt, measure, sure=prompt.deterministic and facts.deterministic)
    if found.must_pass and not found.passed:
        found = replace(
            found, outcome=Outcome.REGRESSED, why=f"must always pass, failed {now.k - now.passes} of {now.k}"
        )
    if facts.draft and found.outcome is Outcome.REGRESSED:
        return replace(found, outcome=Outcome.SUSPECT)
    return found


def _compared(
    found: CaseOutcome, then: Reading, prompt: PromptYardstick, measure: Yardstick, *, sure: bool
) -> CaseOutcome:
    passed_then, passes_now = passes_mostly(then), 2 * found.y > found.k1
    p = None if sure else prompt.mixture.p_value(then.passes, then.k, found.y, found.k1)
    certain = passed_then and not passes_now if p is None else is_certain(p, prompt, measure)
    state = Outcome.REGRESSED if certain else _STANDING[passed_then, passes_now]
    worse = f"passed {then.passes} of {then.k} then, {found.y} of {found.k1} now"
    why = worse if state in {Outcome.REGRESSED, Outcome.SUSPECT} else ""
    return replace(found, outcome=state, x=then.passes, k0=then.k, p=p, why=why)


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
