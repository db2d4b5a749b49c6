"""Whom to run again before anything is said: the cases behind whatever looks worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_goldenprompt.judge.certain import yardstick
from pytest_goldenprompt.judge.examine import Examined, examine
from pytest_goldenprompt.judge.pairing import pair
from pytest_goldenprompt.judge.pairs import Pair
from pytest_goldenprompt.judge.reading import passes_mostly, read, see
from pytest_goldenprompt.judge.waivers import over, set_aside
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.waiver import Waiver


def suspects(
    baseline: RunRecord | None, current: RunRecord, policy: Policy, waivers: Sequence[Waiver] = ()
) -> list[tuple[str, str]]:
    """List (prompt id, case id) of the cases to top up to `confirm_repeats`, sorted.

    All cases of a prompt whose mean or slices look worse; else the cases that look worse by themselves; and waived ones
    that seem to fall by more than their waiver (one of those in force) accepts. Cases that have their repeats already,
    and prompts without luck, are left out.
    """
    stored = see(baseline) if baseline else {}
    measure = yardstick(baseline, policy, len(current.cases), stored)
    pairings = pair(baseline, current, set_aside(waivers, baseline, current), stored)
    found = (examine(pairing, measure, policy, 1) for pairing in pairings if not pairing.gone)
    looking = {(one.pairing.facts.id, case_id) for one in found for case_id in _of(one, policy)}
    exceeding = over(waivers, baseline, current)
    few = (case for case in current.cases if (case.prompt_id, case.case_id) in exceeding)
    looking |= {(case.prompt_id, case.case_id) for case in few if read(case).k < policy.confirm_repeats}
    return sorted(looking)


def _of(examined: Examined, policy: Policy) -> Iterator[str]:
    evidence = examined.evidence
    if evidence is None:
        return
    whole = min(evidence.mean, evidence.slice) <= policy.suspect_prompt
    for one, p in zip(examined.pairing.pairs, evidence.cases, strict=True):
        if one.now.k < policy.confirm_repeats and (whole or _looks_worse(one, p, policy)):
            yield one.case_id


def _looks_worse(one: Pair, p: float, policy: Policy) -> bool:
    flipped = one.now.k == 1 and passes_mostly(one.then) and not one.now.passes
    return flipped or (p <= policy.suspect_case and one.then.passes > 0)
