"""The gate: two run records and a policy in, the verdict out; pure, so that anyone can derive it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_goldenprompt.judge.certain import yardstick
from pytest_goldenprompt.judge.conclude import Standing, conclude
from pytest_goldenprompt.judge.examine import Examined, examine, most_repeats
from pytest_goldenprompt.judge.figures import count
from pytest_goldenprompt.judge.naming import Family, family
from pytest_goldenprompt.judge.pairing import pair
from pytest_goldenprompt.judge.reading import see
from pytest_goldenprompt.judge.waivers import is_whole, set_aside
from pytest_goldenprompt.judge.whole import whole
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import Verdict
from pytest_goldenprompt.model.waiver import Waiver


def judge(  # noqa: PLR0913 - the two records and the policy, then what the record of a run cannot know
    baseline: RunRecord | None,
    current: RunRecord,
    policy: Policy,
    *,
    has_history: bool | None = None,
    first: bool = False,
    extra_calls: int = 0,
    waivers: Sequence[Waiver] = (),
) -> Verdict:
    """Compare a run with the baseline.

    `has_history` says that the store holds runs (default: that there is a baseline); `first` that this run records
    the first baseline of a store without any. Without a baseline and not first, every prompt is NO_BASELINE. A run's
    state is the worst of its prompts' that are no drafts; NEW only where all are new. A new prompt under its own bar
    stays NEW with "bar" among its kinds, and makes the run REGRESSED. A look (`narrowed`) is INCOMPLETE at best. The
    `waivers` are those in force: they set cases aside, or excuse what is found of a prompt.
    """
    if has_history is None:
        has_history = baseline is not None
    stored = see(baseline) if baseline else {}
    pairings = pair(baseline, current, set_aside(waivers, baseline, current), stored)
    measure = yardstick(baseline, policy, len(current.cases), stored)
    repeats = most_repeats(current, policy)
    examined = [examine(pairing, measure, policy, repeats) for pairing in pairings]
    may_be_new = baseline is not None or (first and not has_history)
    excuses = tuple(waiver for waiver in waivers if is_whole(waiver))
    gating = Standing(may_be_new, _family(examined, policy, draft=False), policy, excuses)
    drafts = Standing(may_be_new, _family(examined, policy, draft=True), policy, excuses)
    prompts = tuple(conclude(one, drafts if one.pairing.facts.draft else gating) for one in examined)
    return whole(current, prompts, count(pairings, extra_calls))


def _family(examined: Iterable[Examined], policy: Policy, *, draft: bool) -> Family:
    """Weigh the tested prompts against each other; drafts are a family of their own, so that they never gate."""
    tested = (one.full_evidence for one in examined if one.pairing.facts.draft is draft)
    return family([evidence.p(policy) for evidence in tested if evidence], policy)
