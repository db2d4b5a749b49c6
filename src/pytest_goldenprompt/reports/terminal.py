"""The end of a run on a terminal: one table, what got worse and why, the verdict, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tabulate import tabulate

from pytest_goldenprompt.judge.states import WAIVER, standing
from pytest_goldenprompt.model.verdict import (
    CaseOutcome,
    Change,
    Move,
    Outcome,
    PromptVerdict,
    State,
    Verdict,
)
from pytest_goldenprompt.reports.aside import standing_aside
from pytest_goldenprompt.reports.case_text import case_lines, history
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.next_steps import BAD, next_commands
from pytest_goldenprompt.reports.shares import field_lines, percent
from pytest_goldenprompt.reports.view import RunView

WORST = ("worst case: ", "worst cases: ")
"""How the sentence begins that lists the named cases, which a finding shows one by one."""
SHOWN_CASES = 5
SHOWN_NAMES = 8
SHOWN_MONTHS = 6
ANSWERS = " " * 10
"""How the lines of a finding begin that tell what was answered."""

DESCRIBED = BAD - {State.NO_BASELINE}
"""States that a finding of their own explains; without a stored run one sentence serves for all prompts."""
WORSE = {"mean", "slice", "case", "bar", "waiver"}
"""Kinds that say that a prompt got worse; what is missing or removed is not known to be."""
WORDS = {
    Outcome.SUSPECT: "worse, maybe by luck",
    Outcome.NEW: "new and failing",
    Outcome.CHANGED: "changed and failing",
    Outcome.FAILING: "failing as before",
    Outcome.FIXED: "fixed",
    Outcome.WAIVED: "waived",
}
"""What a row says of cases that did not plainly pass."""
COLOURS = {State.PASS: "green", State.NEW: "green", State.INCONCLUSIVE: "yellow"}
HEADERS = ("prompt", "state", "cases", "then", "now", "what")


class Line(NamedTuple):
    """A line of the terminal with its colour, empty for none."""

    text: str
    colour: str = ""


def summary(view: RunView) -> Iterator[Line]:
    """Give the lines of a run: table, findings, verdict."""
    yield from table(view)
    described = [prompt for prompt in view.verdict.prompts if is_described(prompt)]
    for prompt in described:
        yield Line("")
        yield from finding(view, prompt)
    yield from _fields([prompt for prompt in view.verdict.prompts if prompt not in described and not prompt.draft])
    yield from (Line(*line) for line in standing_aside(view.verdict))
    yield Line("")
    yield from verdict_lines(view)


def table(view: RunView) -> Iterator[Line]:
    """Give one row a prompt: state, cases compared of those planned, pass rates then and now."""
    prompts = view.verdict.prompts
    rows = [
        (
            one_line(prompt.id),
            "draft" if prompt.draft else prompt.state.value,
            str(prompt.planned) if prompt.compared in {0, prompt.planned} else f"{prompt.compared} of {prompt.planned}",
            percent(prompt.rate.then),
            percent(prompt.rate.now),
            what(prompt),
        )
        for prompt in prompts
    ]
    if not rows:
        return
    lines = tabulate(rows, HEADERS, tablefmt="simple", disable_numparse=True).split("\n")
    yield from (Line(line) for line in lines[:2])
    for prompt, line in zip(prompts, lines[2:], strict=True):
        yield Line(line.rstrip(), "" if prompt.draft else _colour(prompt))


def finding(view: RunView, prompt: PromptVerdict) -> Iterator[Line]:
    """Describe what speaks against one prompt: reasons, cause, slices, and the first named cases."""
    yield Line(f"{_title(prompt)} {one_line(prompt.id)}", _colour(prompt))
    if prompt.owner:
        yield Line(f"  owner   {one_line(prompt.owner)}")
    for reason in prompt.reasons:
        if not _of_prompt(prompt, reason).startswith(WORST):
            yield Line(f"  what    {one_line(_of_prompt(prompt, reason))}")
    for cause in prompt.cause:
        yield Line(f"  cause   {one_line(cause)}")
    form = prompt.format_compliance
    if form.then is not None and form.now is not None and form.then != form.now and not prompt.moved:
        yield Line(f"  form    {_moved(form)} of the answers have the form asked for")
    yield from (Line(f"  field   {told}") for told in field_lines(prompt.fields))
    if len(prompt.history) > 1:
        yield Line(f"  months  {_months(prompt)}")
    for one in prompt.slices:
        yield Line(f"  slice   {one_line(one.tag)}: {_moved(one.rate)} of {one.cases} cases pass")
    cases = _weightiest_first(prompt)
    for case in cases[:SHOWN_CASES]:
        shown = view.case(prompt.id, case)
        mark = " (must pass)" if case.must_pass else ""
        yield Line(f"  case    {one_line(case.case_id)}{mark}: {history(shown)}")
        yield from (Line(line) for line in case_lines(shown, indent=ANSWERS))
    left = cases[SHOWN_CASES:]
    if left:
        yield Line(f"  more    {_names(left)}")


def is_described(prompt: PromptVerdict) -> bool:
    """Say whether a finding of its own explains a prompt's state."""
    told = prompt.state in DESCRIBED and bool(prompt.reasons)
    return bool(prompt.kinds) or told or Move.FORM_WORSE in prompt.moved


def _fields(prompts: list[PromptVerdict]) -> Iterator[Line]:
    """Name the field that rose most of each prompt without a finding: luck may explain it, and a person may know."""
    told = [(prompt, line) for prompt in prompts for line in islice(field_lines(prompt.fields), 1)]
    if told:
        yield Line("")
    yield from (Line(f"field   {one_line(prompt.id)}: {line}") for prompt, line in told)


def _months(prompt: PromptVerdict) -> str:
    """Give the pass rates of the last months, and of this run."""
    told = [f"{one.month} {percent(one.rate)}" for one in prompt.history[-SHOWN_MONTHS:]]
    return ", ".join([*told, f"now {percent(prompt.rate.now)}"])


def _title(prompt: PromptVerdict) -> str:
    return "WAIVER" if prompt.kinds == (WAIVER,) else prompt.state.value.upper()


def _colour(prompt: PromptVerdict) -> str:
    return COLOURS.get(standing(prompt), "red")


def verdict_lines(view: RunView) -> Iterator[Line]:
    """Give the verdict in one sentence and the commands that come next."""
    verdict = view.verdict
    colour = COLOURS.get(verdict.state, "red")
    first, *others = _grouped(view) or ["nothing got worse"]
    yield Line(f"VERDICT {_headline(verdict)}: {one_line(first)}", colour)
    yield from (Line(f"        {one_line(reason)}") for reason in others[:SHOWN_NAMES])
    if verdict.counts.extra_calls:
        yield Line(
            f"again   what looked worse was run again before it was judged ({verdict.counts.extra_calls} more calls)"
        )
    for number, command in enumerate(next_commands(view)):
        yield Line(f"{'next    ' if not number else '        '}{one_line(command)}")


def _headline(verdict: Verdict) -> str:
    """Name the state; of a look also what it saw, since the state of a look without trouble is INCOMPLETE."""
    state = verdict.state.value.upper()
    if not verdict.look:
        return state
    if verdict.state is not State.INCOMPLETE:
        return f"{state} (partial)"
    worse = any(WORSE & set(prompt.kinds) for prompt in verdict.prompts if not prompt.draft)
    return "REGRESSED (partial)" if worse else "PARTIAL"


def what(prompt: PromptVerdict) -> str:
    """Say in a few words what there is to say of a prompt."""
    if prompt.kinds and prompt.cases:
        return f"worse: {_names(_weightiest_first(prompt), 3)}"
    if prompt.reasons and (prompt.state not in {State.PASS, State.NEW} or WAIVER in prompt.kinds):
        return one_line(_of_prompt(prompt, prompt.reasons[0]).split(";")[0], 70)
    counts = Counter(WORDS.get(case.outcome, "") for case in prompt.outcomes if _is_told(case))
    told = [f"{counts[word]} {word}" for word in WORDS.values() if counts[word]]
    return ", ".join([*told, *(move.value for move in prompt.moved if move is Move.FORM_WORSE)])


def _is_told(case: CaseOutcome) -> bool:
    return case.outcome is Outcome.FIXED or (bool(case.k1) and not case.passed)


def _weightiest_first(prompt: PromptVerdict) -> tuple[CaseOutcome, ...]:
    """Order the named cases for a person: those that must always pass lead."""
    return tuple(sorted(prompt.cases, key=lambda case: not case.must_pass))


def _of_prompt(prompt: PromptVerdict, reason: str) -> str:
    return reason.removeprefix(f"{prompt.id}: ")


def _grouped(view: RunView) -> list[str]:
    """Give the run's reasons, one that several prompts share only once."""
    names = {prompt.id for prompt in view.verdict.prompts}
    found: dict[str, list[str]] = {}
    for reason in view.verdict.reasons:
        name, _, rest = reason.partition(": ")
        if rest.startswith(WORST):
            continue
        text, owner = (rest, name) if name in names else (reason, "")
        found.setdefault(text, []).append(owner)
    return [_shared(text, [owner for owner in owners if owner]) for text, owners in found.items()]


def _shared(text: str, owners: list[str]) -> str:
    if not owners:
        return text
    return f"{owners[0]}: {text}" if len(owners) == 1 else f"{len(owners)} prompts: {text}"


def _names(cases: tuple[CaseOutcome, ...], most: int = SHOWN_NAMES) -> str:
    names = ", ".join(one_line(case.case_id, 40) for case in cases[:most])
    return names if len(cases) <= most else f"{names} and {len(cases) - most} more"


def _moved(change: Change) -> str:
    return f"{percent(change.then)} then, {percent(change.now)} now"
