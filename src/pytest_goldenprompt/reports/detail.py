"""One prompt, or one case, of a run in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import PromptVerdict
from pytest_goldenprompt.reports.case_text import CaseView
from pytest_goldenprompt.reports.inert import one_line, prefixed
from pytest_goldenprompt.reports.shares import percent
from pytest_goldenprompt.reports.terminal import Line, finding
from pytest_goldenprompt.reports.view import RunView

WORSE_FIRST = ("regressed", "missing", "suspect", "failing", "changed", "new", "waived", "fixed", "passed")


def prompt_detail(view: RunView, prompt: PromptVerdict) -> Iterator[Line]:
    """Describe a prompt: what was found, then every case, the worst first."""
    yield from finding(view, prompt)
    yield Line("")
    cases = sorted(prompt.outcomes, key=lambda one: (WORSE_FIRST.index(one.outcome.value), one.case_id))
    rows = [(one_line(one.case_id), one.outcome.value, _passes(one.x, one.k0), _passes(one.y, one.k1)) for one in cases]
    yield from (Line(line) for line in _table(rows))
    if prompt.rate.now is not None:
        yield Line(f"pass rate {percent(prompt.rate.then)} then, {percent(prompt.rate.now)} now")


def case_detail(view: CaseView) -> Iterator[Line]:
    """Describe a case: every repeat then and now with its output, marked so that model text starts no line."""
    outcome = view.outcome
    yield Line(f"{one_line(view.prompt_id)} {one_line(outcome.case_id)}: {outcome.outcome.value}")
    if view.now.tags:
        yield Line(f"tags: {one_line(', '.join(view.now.tags))}")
    for when, result in (("then", view.then), ("now", view.now)):
        yield from _repeats(view, when, result)


def _repeats(view: CaseView, when: str, result: CaseResult | None) -> Iterator[Line]:
    if result is None or not result.repeats:
        yield Line(f"{when}: {one_line(result.missing) if result and result.missing else 'no result'}")
        return
    for number, repeat in enumerate(result.repeats, start=1):
        yield from _repeat(view, f"{when} {number}", repeat)


def _repeat(view: CaseView, name: str, repeat: Repeat) -> Iterator[Line]:
    if repeat.error is not None:
        yield Line(f"{name}: no answer", "red")
        yield from (Line(line) for line in prefixed(repeat.error, "    error | "))
        return
    word = "passed" if repeat.passed else "failed"
    form = "" if repeat.format_ok is None else f", form {'kept' if repeat.format_ok else 'broken'}"
    yield Line(f"{name}: {word}, score {repeat.score:g}{form}", "green" if repeat.passed else "red")
    for reason in repeat.reasons:
        yield from (Line(line) for line in prefixed(reason, "    why   | "))
    text = view.texts.get(repeat.output or "")
    yield from (Line(line) for line in prefixed("(not kept)" if text is None else text, "    | ", 20_000))


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    return tabulate(rows, ("case", "outcome", "then", "now"), disable_numparse=True).split("\n")


def _passes(x: int, k: int) -> str:
    return f"{x}/{k}" if k else "-"
