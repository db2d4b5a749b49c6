"""The whole decision: stored run, anchor, waivers and what was loosened, in one verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pytest_goldenprompt.judge.anchor import unanchored, with_anchor
from pytest_goldenprompt.judge.attribution import with_causes
from pytest_goldenprompt.judge.copies import with_copies_told
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.loosening import loosened
from pytest_goldenprompt.judge.shards import unjudged
from pytest_goldenprompt.judge.waived import Compared, with_waivers
from pytest_goldenprompt.judge.waivers import in_force
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class References:
    """What a run is compared with: the stored run, and the anchor where that is another one.

    `first` says that this run records the first baseline of a store without any.
    """

    baseline: RunRecord | None = None
    anchor: RunRecord | None = None
    first: bool = False


def decide(
    references: References, current: RunRecord, policy: Policy, *, today: str = "", extra_calls: int = 0
) -> Verdict:
    """Judge a run against both references, with what is waived on the day it began (or on `today`, YYYY-MM-DD).

    One shard of a run is not judged: see `unjudged`.
    """
    baseline, anchor = references.baseline, references.anchor
    day = current.started[: len("YYYY-MM-DD")] or today
    waivers = in_force(policy.waivers, day)
    verdict = judge(
        baseline,
        current,
        policy,
        first=references.first,
        extra_calls=extra_calls,
        waivers=waivers,
    )
    if current.shard is not None:
        return unjudged(verdict, current.shard)
    verdict = with_causes(verdict, baseline, current)
    if anchor is not None:
        verdict = with_anchor(verdict, anchor, current, policy, waivers)
    if policy.waivers:
        verdict = with_waivers(verdict, policy.waivers, Compared(baseline, anchor, current, day))
    verdict = with_copies_told(verdict, baseline, current)
    told = tuple(unanchored(anchor, current)) if anchor else ()
    return replace(verdict, reasons=(*verdict.reasons, *told), loosened=loosened(baseline, current))
