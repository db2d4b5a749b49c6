"""The gate: two run records and a policy in, the verdict out; pure, so that anyone can derive it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_goldenprompt.judge.certain import yardstick
from pytest_goldenprompt.judge.conclude import Standing, conclude
from pytest_goldenprompt.judge.examine import Examined, examine, most_repeats
from pytest_goldenprompt.judge.figures import count
from pytest_goldenprompt.judge.naming import Family, family
from pytest_goldenprompt.judge.pairing import DESELECTED, Pairing, pair
from pytest_goldenprompt.judge.reasons import counted, not_worse
from pytest_goldenprompt.judge.states import rank, standing, worst
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import Counts, PromptVerdict, State, Verdict


def judge(  # noqa: PLR0913 - the two records and the policy, then what the record of a run cannot know
    baseline: RunRecord | None,
    current: RunRecord,
    policy: Policy,
    *,
    has_history: bool | None = None,
    first: bool = False,
    extra_calls: int = 0,
) -> Verdict:
    """Compare a run with the baseline.

    `has_history` says that the store holds runs (default: that there is a baseline); `first` that this run records
    the first baseline of a store without any. Without a baseline and not first, every prompt is NO_BASELINE. A run's
    state is the worst of its prompts' that are no drafts; NEW only where all are new. A new prompt under its own bar
    stays NEW with "bar" among its kinds, and makes the run REGRESSED. A look (`narrowed`) is INCOMPLETE at best.
    """
    if has_history is None:
        has_history = baseline is not None
    pairings = pair(baseline, current)
    examined = _examined(baseline, current, policy, pairings)
    may_be_new = baseline is not None or (first and not has_history)
    gating = Standing(may_be_new, _family(examined, policy, draft=False), policy)
    drafts = Standing(may_be_new, _family(examined, policy, draft=True), policy)
    prompts = tuple(conclude(one, drafts if one.pairing.facts.draft else gating) for one in examined)
    counts = count(pairings, extra_calls)
    state = worst([*_of_the_run(current, pairings), *(standing(prompt) for prompt in prompts if not prompt.draft)])
    return Verdict(state, tuple(_reasons(current, prompts, pairings, counts)), prompts, counts, bool(current.narrowed))


def _examined(
    baseline: RunRecord | None, current: RunRecord, policy: Policy, pairings: Iterable[Pairing]
) -> list[Examined]:
    measure = yardstick(baseline, policy, len(current.cases))
    repeats = most_repeats(current, policy)
    return [examine(pairing, measure, policy, repeats) for pairing in pairings]


def _family(examined: Iterable[Examined], policy: Policy, *, draft: bool) -> Family:
    """Weigh the tested prompts against each other; drafts are a family of their own, so that they never gate."""
    tested = (one.full_evidence for one in examined if one.pairing.facts.draft is draft)
    return family([evidence.p(policy) for evidence in tested if evidence], policy)


def _active_cases(pairings: Iterable[Pairing]) -> int:
    return sum(
        result.missing != DESELECTED for pairing in pairings for result in pairing.results if not pairing.facts.draft
    )


def _of_the_run(current: RunRecord, pairings: Sequence[Pairing]) -> list[State]:
    """Give the states that the run as a whole adds to those of its prompts."""
    whole = not current.stopped and not current.narrowed and _active_cases(pairings)
    return [] if whole else [State.INCOMPLETE]


def _reasons(
    current: RunRecord, prompts: Sequence[PromptVerdict], pairings: Sequence[Pairing], counts: Counts
) -> Iterable[str]:
    """List the run's reasons, the weightiest first: regressions seen, then what is missing, then the rest."""
    gating = [prompt for prompt in prompts if not prompt.draft]
    unreadable = [prompt for prompt in gating if prompt.state is State.ERROR]
    seen = [prompt for prompt in gating if {"mean", "slice", "case"} & set(prompt.kinds) and prompt not in unreadable]
    known = [*unreadable, *seen]
    rest = sorted((prompt for prompt in gating if prompt not in known), key=lambda one: -rank(one))
    for prompt in known:
        yield from prompt.reasons
    yield from _about_the_run(current, pairings, counts)
    for prompt in rest:
        if prompt.state is not State.PASS:
            yield from prompt.reasons
    yield from not_worse(gating)
    drafts = [prompt.id for prompt in prompts if prompt.draft]
    if drafts:
        yield f"{counted(len(drafts), 'draft')} listed, without a say: {', '.join(drafts)}"


def _about_the_run(current: RunRecord, pairings: Sequence[Pairing], counts: Counts) -> Iterable[str]:
    if current.narrowed:
        left_out = sum(result.missing == DESELECTED for pairing in pairings for result in pairing.results)
        chosen = counts.planned - left_out
        yield f"partial: {chosen} of {counted(counts.planned, 'case')} were chosen ({', '.join(current.narrowed)})"
    yield from (f"incomplete: the run ended early: {why}" for why in current.stopped)
    if not _active_cases(pairings):
        yield "incomplete: no golden case was run"
