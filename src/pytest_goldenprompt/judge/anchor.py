"""The second reference point: a slide too slow for "worse than last month" is seen against the anchor."""

from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.reasons import not_worse
from pytest_goldenprompt.judge.states import RANK, worst
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict

SEEN = {"mean", "slice", "case"}


def anchor_policy(policy: Policy) -> Policy:
    """Give the policy of the comparison with the anchor: a year of monthly looks shares one month's false alarms."""
    return replace(policy, alpha=policy.alpha * policy.anchor_share)


def with_anchor(verdict: Verdict, anchor: RunRecord, current: RunRecord, policy: Policy) -> Verdict:
    """Turn prompts that are not worse than the stored run, yet worse than the anchor, into DRIFTED.

    What is missing or new against the anchor says nothing here: the dataset has moved on since.
    """
    against = judge(anchor, current, anchor_policy(policy))
    prompts = tuple(_drifted(prompt, against.prompt(prompt.id), anchor.month) for prompt in verdict.prompts)
    drifted = [prompt for prompt in prompts if prompt.state is State.DRIFTED and not prompt.draft]
    if not drifted:
        return replace(verdict, prompts=prompts)
    reasons = [reason for prompt in drifted for reason in prompt.reasons]
    names = {prompt.id for prompt in drifted}
    said = set(not_worse(verdict.prompts))
    kept = [reason for reason in verdict.reasons if reason.partition(": ")[0] not in names and reason not in said]
    state = worst([verdict.state, State.DRIFTED])
    return replace(verdict, state=state, reasons=(*reasons, *kept, *not_worse(prompts)), prompts=prompts)


def _drifted(prompt: PromptVerdict, against: PromptVerdict | None, month: str) -> PromptVerdict:
    kinds = tuple(kind for kind in against.kinds if kind in SEEN) if against else ()
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
