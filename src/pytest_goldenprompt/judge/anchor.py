"""The second reference point: a slide too slow for "worse than last month" is seen against the anchor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.reasons import names
from pytest_goldenprompt.judge.states import RANK, WORSE
from pytest_goldenprompt.judge.whole import whole
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict
from pytest_goldenprompt.model.waiver import Waiver


def anchor_policy(policy: Policy) -> Policy:
    """Give the policy of the comparison with the anchor: a year of monthly looks shares one month's false alarms."""
    return replace(policy, alpha=policy.alpha * policy.anchor_share)


def apart(baseline: RunRecord | None, anchor: RunRecord | None) -> RunRecord | None:
    """Give the anchor where it says something that the stored run does not: it is another, or that one is pooled."""
    if baseline is None or anchor is None or (anchor.id, anchor.pooled) == (baseline.id, baseline.pooled):
        return None
    return anchor


def with_anchor(
    verdict: Verdict, anchor: RunRecord, current: RunRecord, policy: Policy, waivers: Sequence[Waiver] = ()
) -> Verdict:
    """Turn prompts that are not worse than the stored run, yet worse than the anchor, into DRIFTED.

    What is missing or new against the anchor says nothing here: the dataset has moved on since. `waivers` are those
    in force.
    """
    against = judge(anchor, current, anchor_policy(policy), waivers=waivers)
    prompts = tuple(_drifted(prompt, against.prompt(prompt.id), anchor.month) for prompt in verdict.prompts)
    return whole(current, prompts, verdict.counts)


def unanchored(anchor: RunRecord, current: RunRecord) -> Iterator[str]:
    """Say which prompts have no case in common with the anchor, so that a slow slide of theirs is not seen."""
    known = {(case.prompt_id, case.case_id, case.digest) for case in anchor.cases}
    held = {case.prompt_id for case in current.cases if (case.prompt_id, case.case_id, case.digest) in known}
    ran = {case.prompt_id for case in current.cases if case.repeats}
    lost = sorted(facts.id for facts in current.prompts if facts.id in ran - held and not facts.draft)
    if lost:
        yield (
            f"not held against the anchor of {anchor.month}, which has none of their cases: {names(lost)}; "
            "pin a newer one with `goldenprompt anchor`"
        )


def _drifted(prompt: PromptVerdict, against: PromptVerdict | None, month: str) -> PromptVerdict:
    kinds = tuple(kind for kind in against.kinds if kind in WORSE) if against else ()
    if against is None or not kinds or RANK[prompt.state] >= RANK[State.DRIFTED]:
        excused = set(prompt.excused) | set(against.excused if against else ())
        return replace(prompt, excused=tuple(sorted(excused)))
    told = against.reasons[0].removeprefix(f"{prompt.id}: ").removeprefix("got worse: ")
    since = f"{prompt.id}: drifted: not worse than the stored run, yet worse than the anchor of {month}: {told}"
    return replace(
        prompt,
        state=State.DRIFTED,
        reasons=(since,),
        kinds=kinds,
        p=against.p,
        drop=against.drop,
        drop_upper=against.drop_upper,
        rate=against.rate,
        cases=against.cases,
        slices=against.slices,
        needs="",
    )
