"""The run as Markdown, for a comment on a pull request and the summary of a CI step.

Whatever a model or a file says stands in code: in a fence that is longer than any in the text, or in a span of code.
There nothing is a mention, a link, an image or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import IntEnum

from pytest_goldenprompt.model.verdict import PromptVerdict, State
from pytest_goldenprompt.reports.aside import standing_aside
from pytest_goldenprompt.reports.inert import inert, one_line
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.shares import percent
from pytest_goldenprompt.reports.terminal import ANSWERS, finding, is_described, verdict_lines, what
from pytest_goldenprompt.reports.view import RunView

MARK = "<!-- goldenprompt -->"
"""How every such text begins, so that a comment of ours is known again."""

COMMENT, SUMMARY = 65_536, 1024 * 1024
"""What a comment and a step's summary may hold: characters and bytes; both are counted in bytes here."""


class Detail(IntEnum):
    """How much is told, the most first; the next one is taken where a text would be too long."""

    ALL = 0
    NO_ANSWERS = 1
    """Without what the model said then and now, and why that was wrong."""
    NO_CASES = 2
    """Without the cases, slices, fields and months of a finding: owner, what and cause are left."""
    NO_FINDINGS = 3
    """The verdict, and the table of prompts."""
    BAD_ROWS = 4
    """The table holds only prompts that did not pass."""


LEFT_OUT = {
    Detail.NO_ANSWERS: "the answers then and now",
    Detail.NO_CASES: "cases and answers",
    Detail.NO_FINDINGS: "what was found of each prompt",
    Detail.BAD_ROWS: "prompts that passed, and what was found of each prompt",
}
MOST_LINES, LONGEST = 30, 500
"""Lines above the table, and characters of each: so much always fits."""

KEPT = ("  owner", "  what", "  cause")


def markdown_text(view: RunView, limit: int = COMMENT) -> str:
    """Write the run in at most `limit` bytes, with as much detail as fits; rows at the end of the table go last."""
    shown = _masked(view)
    text = ""
    for detail in Detail:
        text = _joined(_lines(shown, detail, limit))
        if len(text.encode("utf-8")) <= limit:
            return text
    rows = len(shown.verdict.prompts)
    while len(text.encode("utf-8")) > limit and rows:
        rows //= 2
        text = _joined(_lines(shown, Detail.BAD_ROWS, limit, rows))
    return text


class _Masked(Mapping[str, str]):
    """Texts by digest, each without the keys in it."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, digest: str) -> str:
        return masked(self._texts[digest])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _masked(view: RunView) -> RunView:
    return replace(view, texts=_Masked(view.texts), texts_then=lambda: _Masked(view.texts_then()))


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _lines(view: RunView, detail: Detail, limit: int, rows: int | None = None) -> Iterator[str]:
    yield from (MARK, f"## Golden prompts: {view.verdict.state.value.upper()}", "")
    aside = (text for text, _ in standing_aside(view.verdict))
    told = [*(line.text for line in verdict_lines(view)), *(text for text in aside if text)]
    more = [f"and {len(told) - MOST_LINES} more lines"] if len(told) > MOST_LINES else []
    yield from _fenced([*(inert(line, LONGEST) for line in told[:MOST_LINES]), *more])
    yield from _table(view, detail, rows)
    if detail < Detail.NO_FINDINGS:
        for prompt in filter(is_described, view.verdict.prompts):
            yield from _finding(view, prompt, detail)
    if detail:
        size = "1 MiB" if limit == SUMMARY else f"{limit:,} bytes"
        yield from ("", f"Left out, to fit into {size}: {LEFT_OUT[detail]}.")
    yield from ("", _footer(view))


def _table(view: RunView, detail: Detail, rows: int | None) -> Iterator[str]:
    fine = {State.PASS, State.NEW} if detail is Detail.BAD_ROWS else set()
    told = [prompt for prompt in view.verdict.prompts if prompt.state not in fine]
    if told:
        yield from ("", "| prompt | state | cases | then | now | what |", "|---|---|---|---|---|---|")
    for prompt in told[:rows]:
        state = "draft" if prompt.draft else prompt.state.value
        cases = f"{prompt.compared} of {prompt.planned}"
        rates = (percent(prompt.rate.then), percent(prompt.rate.now))
        yield f"| {' | '.join((_code(prompt.id), state, cases, *rates, _code(what(prompt))))} |"
    if rows is not None and len(told) > rows:
        yield f"| {len(told) - rows} more | | | | | |"


def _finding(view: RunView, prompt: PromptVerdict, detail: Detail) -> Iterator[str]:
    lines = [line.text for line in finding(view, prompt)]
    if detail >= Detail.NO_ANSWERS:
        lines = [line for line in lines if not line.startswith(ANSWERS)]
    if detail >= Detail.NO_CASES:
        lines = [lines[0], *(line for line in lines[1:] if line.startswith(KEPT))]
    yield ""
    yield from _fenced(lines)


def _footer(view: RunView) -> str:
    run, reference = view.record, view.reference
    against = f" against run {_code(reference.id)} of {_code(reference.month)}" if reference else ""
    commit = f" of commit {_code(run.commit)}" if run.commit else ""
    return f"Run {_code(run.id)}{commit}{against}."


def _fenced(lines: Iterable[str]) -> Iterator[str]:
    """Put lines into a block of code that none of them can end."""
    told = [masked(line) for text in lines for line in text.split("\n")]
    fence = "`" * max(3, 1 + _ticks("\n".join(told)))
    yield from (f"{fence}text", *told, fence)


def _code(text: str) -> str:
    """Give a text as a span of code that also stands in a cell of a table; nothing for an empty one."""
    line = one_line(masked(text), 200).replace("|", "\\|").strip()
    if not line:
        return ""
    ticks = "`" * (1 + _ticks(line))
    blank = " " if len(ticks) > 1 else ""
    return f"{ticks}{blank}{line}{blank}{ticks}"


def _ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
