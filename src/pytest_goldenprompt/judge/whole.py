"""A run's state and reasons, from those of its prompts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_goldenprompt.judge.pairing import DESELECTED
from pytest_goldenprompt.judge.reasons import counted, not_worse
from pytest_goldenprompt.judge.states import WAIVER, WORSE, rank, standing, worst
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import Counts, Move, PromptVerdict, State, Verdict


def whole(current: RunRecord, prompts: Sequence[PromptVerdict], counts: Counts) -> Verdict:
    """Give the verdict of a run whose prompts were judged: the worst state of those that are no drafts."""
    gating = [prompt for prompt in prompts if not prompt.draft]
    state = worst([*_of_the_run(current, prompts), *(standing(prompt) for prompt in gating)])
    reasons = tuple(_reasons(current, prompts, counts))
    return Verdict(state, reasons, tuple(prompts), counts, bool(current.narrowed))


def _of_the_run(current: RunRecord, prompts: Sequence[PromptVerdict]) -> list[State]:
    """Give the states that the run as a whole adds to those of its prompts."""
    complete = not current.stopped and not current.narrowed and _has_cases(current, prompts)
    return [] if complete else [State.INCOMPLETE]


def _has_cases(current: RunRecord, prompts: Sequence[PromptVerdict]) -> bool:
    gating = {prompt.id for prompt in prompts if not prompt.draft}
    return any(case.missing != DESELECTED and case.prompt_id in gating for case in current.cases)


def _reasons(current: RunRecord, prompts: Sequence[PromptVerdict], counts: Counts) -> Iterable[str]:
    """List the run's reasons, the weightiest first: regressions seen, then what is missing, then the rest."""
    gating = [prompt for prompt in prompts if not prompt.draft]
    unreadable = [prompt for prompt in gating if prompt.state is State.ERROR]
    seen = [prompt for prompt in gating if {*WORSE, WAIVER} & set(prompt.kinds) and prompt not in unreadable]
    known = [*unreadable, *seen]
    rest = sorted((prompt for prompt in gating if prompt not in known), key=lambda one: -rank(one))
    for prompt in known:
        yield from prompt.reasons
    yield from _about_the_run(current, prompts, counts)
    for prompt in rest:
        if prompt.state is not State.PASS:
            yield from prompt.reasons
    for prompt in rest:
        if prompt.state is State.PASS and Move.FORM_WORSE in prompt.moved:
            yield from prompt.reasons
    yield from not_worse(gating)
    yield from _taken(current)
    drafts = [prompt.id for prompt in prompts if prompt.draft]
    if drafts:
        yield f"{counted(len(drafts), 'draft')} listed, without a say: {', '.join(drafts)}"


def _taken(current: RunRecord) -> Iterable[str]:
    """Say what was not asked in this run, as nothing of it changed."""
    runs = sorted({case.carried for case in current.cases if case.carried})
    if runs:
        carried, planned = sum(bool(case.carried) for case in current.cases), len(current.cases)
        what = "nothing changed: all of" if carried == planned else f"{carried} of"
        yield f"{what} {counted(planned, 'case')} taken as stored, without a call (run {', '.join(runs)})"


def _about_the_run(current: RunRecord, prompts: Sequence[PromptVerdict], counts: Counts) -> Iterable[str]:
    if current.narrowed:
        chosen = counts.planned - sum(case.missing == DESELECTED for case in current.cases)
        yield f"partial: {chosen} of {counted(counts.planned, 'case')} were chosen ({', '.join(current.narrowed)})"
    yield from (f"incomplete: the run ended early: {why}" for why in current.stopped)
    if not _has_cases(current, prompts):
        yield "incomplete: no golden case was run"
