"""One case as a person reads it: what it was, what it is, why, and where to look closer."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.judge.difference import text_diff
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import CaseOutcome
from pytest_goldenprompt.reports.inert import one_line, prefixed, quoted

SHORT = 100
"""Characters; longer or multi-line outputs are shown as a diff."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case then and now with the texts of its outputs by digest, ready to be shown."""

    prompt_id: str
    outcome: CaseOutcome
    now: CaseResult
    then: CaseResult | None
    texts: Mapping[str, str]
    month: str = ""
    show: str = "goldenprompt show last"
    """The command that shows the run."""


def case_lines(view: CaseView, indent: str = "    ") -> list[str]:
    """Describe a case in a few lines, model text behind a bar."""
    worst = telling(view.now.repeats)
    best = telling(view.then.repeats, passed=True) if view.then else None
    return [f"{indent}{line}" for line in (*_texts(view, best, worst), *_reasons(worst))]


def look_closer(view: CaseView) -> str:
    """Give the command that shows everything of a case."""
    return one_line(f"{view.show}{shlex.quote(f'/{view.prompt_id}/{view.outcome.case_id}')}")


def history(view: CaseView) -> str:
    """Say how many repeats passed then and now."""
    outcome = view.outcome
    when = f"then ({quoted(view.month)})" if view.month else "then"
    told = [passes(outcome.x, outcome.k0, when)] if outcome.k0 else []
    return ", ".join([*told, passes(outcome.y, outcome.k1, "now")] if outcome.k1 else told)


def passes(x: int, k: int, when: str) -> str:
    """Say how many of the repeats passed."""
    return f"{when} {x} of {k} passed" if k != 1 else f"{when} {'passed' if x else 'failed'}"


def telling(repeats: Sequence[Repeat], *, passed: bool = False) -> Repeat | None:
    """Choose the repeat to show: an answer that passed (or failed) where there is one, then an error, then any."""
    wanted = [one for one in repeats if one.passed is passed and one.error is None]
    return next(iter((*wanted, *(one for one in repeats if one.error is not None), *repeats)), None)


def _texts(view: CaseView, best: Repeat | None, worst: Repeat | None) -> list[str]:
    then = view.texts.get(best.output or "") if best else None
    now = view.texts.get(worst.output or "") if worst else None
    lines: list[str] = []
    if then is not None and now is not None and then != now and _is_long(then, now):
        return [f"| {line}" for line in text_diff(then, now)]
    if then is not None:
        lines += [f"then    | {quoted(then)}"]
    if now is not None:
        lines += [f"now     | {quoted(now)}"]
    return lines


def _is_long(*texts: str) -> bool:
    return any(len(text) > SHORT or "\n" in text for text in texts)


def _reasons(worst: Repeat | None) -> list[str]:
    if worst is None:
        return []
    if worst.error:
        return prefixed(worst.error, "error   | ", 400)
    return [f"why     {quoted(reason, 200)}" for reason in worst.reasons]
