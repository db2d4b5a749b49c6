"""Further repeats for the suspects, drawn from results that were made elsewhere."""

from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.judge.waivers import in_force
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult


def top_up(
    baseline: RunRecord, current: RunRecord, more: RunRecord, policy: Policy, today: str = ""
) -> tuple[RunRecord, int]:
    """Draw repeats of `more` for the suspects of `current`, up to `confirm_repeats` each, and count those drawn.

    Nothing is drawn for a case that does not look worse; a case that `more` does not have keeps what it has.
    """
    wanted = set(suspects(baseline, current, policy, in_force(policy.waivers, today)))
    further = {(case.prompt_id, case.case_id): case for case in more.cases}
    cases = tuple(
        _longer(case, further.get((case.prompt_id, case.case_id)), policy.confirm_repeats)
        if (case.prompt_id, case.case_id) in wanted
        else case
        for case in current.cases
    )
    drawn = sum(len(after.repeats) - len(before.repeats) for before, after in zip(current.cases, cases, strict=True))
    return replace(current, cases=cases), drawn


def _longer(case: CaseResult, further: CaseResult | None, repeats: int) -> CaseResult:
    if further is None:
        return case
    missing = max(0, repeats - len(case.observed))
    return replace(case, repeats=(*case.repeats, *further.repeats[:missing]))
