"""Which cases are told in full where the page would grow too large: the weightiest first; what is dropped is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome
from pytest_goldenprompt.reports.case_text import CaseView
from pytest_goldenprompt.reports.page.details import LADDER, Depth, detail
from pytest_goldenprompt.reports.page.encoding import encoded, size
from pytest_goldenprompt.reports.page.pool import LONGEST, Pool
from pytest_goldenprompt.reports.page.sentences import counted

KINDS = (
    "named by the gate",
    "worse, new, changed, fixed or waived",
    "failing as before",
    "passing as before",
)
"""Cases by weight, the weightiest first."""

KEPT = {  # what a page holds at a depth
    "all": "",
    "one": "one answer of each run",
    "none": "what was asked, no answer",
}

ROW = 12
"""Bytes around a case's details: its number, a colon, a comma."""


@dataclass(frozen=True, slots=True)
class Told:
    """A case with the number of its row, where its texts are, and what it was asked."""

    row: int
    outcome: CaseOutcome
    view: Callable[[], CaseView]
    question: Case | None


def weight(outcome: CaseOutcome) -> int:
    """Give the place in KINDS of a case."""
    if outcome.named or outcome.outcome is Outcome.REGRESSED:
        return 0
    if outcome.outcome is Outcome.FAILING:
        return 2
    plain = outcome.outcome is Outcome.PASSED or (outcome.outcome is Outcome.NEW and outcome.passed)
    return 3 if plain else 1


def fit(cases: Sequence[Told], pool: Pool, room: int) -> tuple[Mapping[int, str], list[str]]:
    """Give the details of cases by row, encoded, and sentences on what is left out.

    They and all texts of the pool take at most `room` bytes. Cases of one weight are told alike, as deeply as all of
    them fit; where they do not even fit at the least, the first ones are told, and no lighter ones.
    """
    found: dict[int, str] = {}
    left_out: list[str] = []
    for number, kind in enumerate(KINDS):
        of_kind = [case for case in cases if weight(case.outcome) == number]
        ladder = LADDER if kind == KINDS[-1] else LADDER[:-1]
        depth, told = _deepest(of_kind, ladder, pool, room)
        room = room - sum(map(size, told.values())) if len(told) == len(of_kind) else 0
        found.update(told)
        left_out += _said(kind, len(of_kind), len(told), depth)
    return found, left_out


def _deepest(cases: Sequence[Told], ladder: Sequence[Depth], pool: Pool, room: int) -> tuple[Depth, Mapping[int, str]]:
    """Tell all cases as deeply as they fit, or the first ones at the least depth."""
    for depth in ladder:
        mark = pool.mark()
        told = dict(_filled(cases, depth, pool, room))
        if len(told) == len(cases) or depth is ladder[-1]:
            break
        pool.back(mark)
    return depth, told


def _filled(cases: Sequence[Told], depth: Depth, pool: Pool, room: int) -> Iterator[tuple[int, str]]:
    """Tell cases until one does not fit any more."""
    for case in cases:
        mark = pool.mark()
        text = encoded(detail(case.view(), case.question, pool, depth))
        room -= size(text) + ROW
        if pool.bytes > room:
            pool.back(mark)
            return
        yield case.row, text


def _said(kind: str, cases: int, told: int, depth: Depth) -> list[str]:
    """Say what is left out of the cases of one weight; nothing where they are told in full."""
    rest = cases - told
    said = []
    if told and (KEPT[depth.repeats] or depth.limit < LONGEST):
        cut = f"texts up to {depth.limit:,} characters" if depth.limit < LONGEST else ""
        said.append(f"{counted(told, 'case')} {kind}: {', '.join(filter(None, [KEPT[depth.repeats], cut]))}")
    if rest:
        said.append(f"{counted(rest, 'case')} {kind}: no texts")
    return said
