"""The words on the page's surface: what happened, in one sentence that needs no statistics."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_goldenprompt.judge.pairing import DESELECTED
from pytest_goldenprompt.judge.states import BAR, WAIVER, WORSE
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import PromptVerdict, State
from pytest_goldenprompt.reports.shares import percent
from pytest_goldenprompt.reports.view import RunView

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MISSING = {
    "removed": "Cases that used to pass are gone",
    "changed": "Cases that used to pass were edited, and fail now",
}
"""What makes a run incomplete besides answers that did not come, by the kind that a prompt's verdict names."""

SHOWN = 3
"""Prompts that a sentence names before it counts the rest."""


def month_name(month: str, now: str) -> str:
    """Name a month (YYYY-MM) as people do: without the year where it is at most a year before `now`."""
    year, _, number = month.partition("-")
    if not (number.isdigit() and 1 <= int(number) <= len(MONTHS)):
        return month
    name = MONTHS[int(number) - 1]
    recent = f"{int(now[:4]) - 1}{now[4:]}" < month if now[:4].isdigit() else False
    return name if recent else f"{name} {year}"


def then_name(view: RunView) -> str:
    """Name what is compared with: `October`, or `the stored run` where its month is not known or is this one."""
    month = view.reference.month if view.reference else ""
    return month_name(month, view.record.month) if month and month != view.record.month else "the stored run"


def worse(prompts: Sequence[PromptVerdict]) -> list[PromptVerdict]:
    """Give the prompts that got worse, or do not reach what is asked of them; the one that fell most first."""
    against = {*WORSE, BAR, WAIVER}
    found = [one for one in prompts if against & set(one.kinds) and not one.draft and one.state is not State.ERROR]
    return sorted(found, key=lambda one: -(one.drop or 0.0))


def headline(view: RunView) -> str:
    """Say in one sentence what became of the run."""
    verdict = view.verdict
    gating = [one for one in verdict.prompts if not one.draft]
    found = worse(gating)
    if found:
        return f"{_got_worse(view, found, len(gating))}{_not_all(verdict.state)}"
    if verdict.state is State.INCOMPLETE and verdict.look and not (view.record.stopped or _lacking(view.record)):
        return "Only a part of the library was run, and nothing in it got worse."
    return _of_state(view, gating)


def told(prompt: PromptVerdict) -> tuple[str, ...]:
    """Give a prompt's reasons without its name in front."""
    return tuple(reason.removeprefix(f"{prompt.id}: ") for reason in prompt.reasons)


def _lacking(run: RunRecord) -> set[str]:
    """Give the prompts of which something was chosen that has no whole result."""
    return {case.prompt_id for case in run.cases if case.errors or case.missing not in {"", DESELECTED}}


def _got_worse(view: RunView, found: Sequence[PromptVerdict], of: int) -> str:
    then = then_name(view)
    if len(found) > 1:
        return f"{len(found)} of {of} prompts got worse: {_names(found)}."
    [one] = found
    if BAR in one.kinds:
        return f"{one.id} is new and does not reach its bar: {percent(one.rate.now)} of its answers pass."
    if one.kinds == (WAIVER,):
        return f"A waiver for {one.id} does not hold any more."
    when = "in the approved run" if one.state is State.DRIFTED else f"in {then}"
    rate = one.rate
    if rate.then is None or rate.now is None or rate.now >= rate.then:
        return f"{one.id} got worse: {next(iter(told(one)), 'see below').removeprefix('got worse: ')}."
    return f"{one.id} got worse: {percent(rate.now)} of its answers pass, {percent(rate.then)} did {when}."


def _not_all(state: State) -> str:
    return " The run is not complete, so there may be more." if state in {State.INCOMPLETE, State.ERROR} else ""


def _of_state(view: RunView, gating: Sequence[PromptVerdict]) -> str:
    state, then, number = view.verdict.state, then_name(view), counted(len(gating))
    concerned = [one for one in gating if one.state is state]
    if state is State.PASS:
        return f"Nothing got worse: {number} {'does' if len(gating) == 1 else 'do'} as well as in {then}."
    if state is State.NEW:
        return f"First results of {number}: from now on, later runs are compared with them."
    if state is State.NO_BASELINE:
        return "There is nothing to compare with yet: no results of an earlier run are stored."
    if state is State.INCONCLUSIVE:
        return f"Nothing is shown to be worse, but luck still hides the answer for {_some(concerned, len(gating))}."
    if state is State.ERROR:
        return f"{_some(concerned, len(gating))} cannot be read, so there is no verdict."
    return _incomplete(view, concerned) if state is State.INCOMPLETE else f"{_capital(view.verdict.reasons[0])}."


def _capital(reason: str) -> str:
    """Begin a sentence with a capital letter, unless it begins with a name."""
    return f"T{reason[1:]}" if reason.startswith("the ") else reason


def _incomplete(view: RunView, concerned: Sequence[PromptVerdict]) -> str:
    """Say what is missing of a run in which nothing is known to be worse."""
    run = view.record
    if run.stopped:
        return f"The run ended early: {run.stopped[0]}."
    if not any(case.repeats for case in run.cases):
        return "No golden case was run."
    for kind, what in MISSING.items():
        found = [one for one in concerned if kind in one.kinds]
        if found:
            return f"{what}: {_names(found)}."
    found = [one for one in concerned if one.id in _lacking(run)]
    return f"Not every case has a result{f': {_names(found)}' * bool(found)}."


def _some(prompts: Sequence[PromptVerdict], of: int) -> str:
    return f"{len(prompts)} of {counted(of)}: {_names(prompts)}" if len(prompts) > 1 or of > 1 else _names(prompts)


def _names(prompts: Sequence[PromptVerdict]) -> str:
    names, rest = [one.id for one in prompts[:SHOWN]], len(prompts) - SHOWN
    if rest > 0:
        return f"{', '.join(names)} and {rest} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def counted(number: int, noun: str = "prompt") -> str:
    """Give a number with its noun."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
