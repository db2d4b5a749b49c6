"""Whom to run again before anything is said: the cases behind whatever looks worse."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_goldenprompt.judge.certain import yardstick
from pytest_goldenprompt.judge.examine import Examined, examine
from pytest_goldenprompt.judge.pairing import Pair, pair
from pytest_goldenprompt.judge.reading import passes_mostly
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord


def suspects(baseline: RunRecord | None, current: RunRecord, policy: Policy) -> list[tuple[str, str]]:
    """List (prompt id, case id) of the cases to top up to `confirm_repeats`, sorted.

    All cases of a prompt whose mean or slices look worse; else the cases that look worse by themselves. Cases that
    have their repeats already, and prompts without luck, are left out.
    """
    measure = yardstick(baseline, policy, len(current.cases))
    found = (examine(pairing, measure, policy, 1) for pairing in pair(baseline, current) if not pairing.gone)
    return sorted((one.pairing.facts.id, case_id) for one in found for case_id in _of(one, policy))


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
