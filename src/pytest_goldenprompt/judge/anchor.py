"""The second reference point: a slide too slow for "worse than last month" is seen against the anchor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.states import RANK, WORSE
from pytest_goldenprompt.judge.whole import whole
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict


def anchor_policy(policy: Policy) -> Policy:
    """Give the policy of the comparison with the anchor: a year of monthly looks shares one month's false alarms."""
    return replace(policy, alpha=policy.alpha * policy.anchor_share)


def with_anchor(
    verdict: Verdict, anchor: RunRecord, current: RunRecord, policy: Policy, aside: Collection[tuple[str, str]] = ()
) -> Verdict:
    """Turn prompts that are not worse than the stored run, yet worse than the anchor, into DRIFTED.

    What is missing or new against the anchor says nothing here: the dataset has moved on since. Cases `aside` are
    waived.
    """
    against = judge(anchor, current, anchor_policy(policy), aside=aside)
    prompts = tuple(_drifted(prompt, against.prompt(prompt.id), anchor.month) for prompt in verdict.prompts)
    return whole(current, prompts, verdict.counts)


def _drifted(prompt: PromptVerdict, against: PromptVerdict | None, month: str) -> PromptVerdict:
    kinds = tuple(kind for kind in against.kinds if kind in WORSE) if against else ()
    if against is None or not kinds or RANK[prompt.state] >= RANK[State.DRIFTED]:
        return prompt
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
