"""The form of the answers and what they say, each by itself, and which moved by more than luck explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_goldenprompt.judge.evidence import Counts, counts_tail
from pytest_goldenprompt.judge.figures import Figures, is_right
from pytest_goldenprompt.judge.pairing import Pairing
from pytest_goldenprompt.judge.reading import usable
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import Change, Move


def moves(pairing: Pairing, figures: Figures, level: float) -> tuple[Move, ...]:
    """List what moved, at this level each (a one-sided exact test of the compared cases); nothing where form is kept.

    It is told and never gates: a form that counts is part of the passes, which do.
    """
    form = figures.form
    if form.then is None or form.now is None or form.then == form.now == 1.0:
        return ()
    stored = {result.case_id: result for result, _ in pairing.stored}
    current = {result.case_id: result for result, _ in pairing.results}
    both = [(stored[pair.case_id], current[pair.case_id]) for pair in pairing.pairs]
    forms = [_counts(_forms(then), _forms(now)) for then, now in both]
    said = [_counts(_said(then), _said(now)) for then, now in both]
    found = {
        Move.FORM_WORSE: _worse(forms),
        Move.FORM_BETTER: _worse([_turned(one) for one in forms]),
        Move.CONTENT_WORSE: _worse(said),
        Move.CONTENT_BETTER: _worse([_turned(one) for one in said]),
    }
    return tuple(move for move, p in found.items() if p <= level)


def told(moved: Sequence[Move], form: Change, content: Change) -> Iterator[str]:
    """Say it in one sentence, where the form moved."""
    for move, verb in ((Move.FORM_WORSE, "worse"), (Move.FORM_BETTER, "better")):
        if move in moved:
            said = f"what is said {_content(moved)} ({_rates(content)} right)"
            yield f"the form got {verb} ({_rates(form)} kept it), {said}"


def _content(moved: Sequence[Move]) -> str:
    if Move.CONTENT_WORSE in moved:
        return "got worse too" if Move.FORM_WORSE in moved else "got worse"
    return "got better" if Move.CONTENT_BETTER in moved else "did not move by more than luck explains"


def _rates(change: Change) -> str:
    then, now = change.then or 0.0, change.now or 0.0
    return f"{100 * then:.1f} % then, {100 * now:.1f} % now"


def _forms(result: CaseResult) -> list[bool]:
    return [repeat.format_ok for repeat in usable(result) if repeat.format_ok is not None]


def _said(result: CaseResult) -> list[bool]:
    return [is_right(repeat) for repeat in usable(result)]


def _counts(then: Sequence[bool], now: Sequence[bool]) -> Counts:
    return len(then), len(now), sum(then), sum(now)


def _turned(counts: Counts) -> Counts:
    k0, k1, x, y = counts
    return k0, k1, k0 - x, k1 - y


def _worse(counts: Sequence[Counts]) -> float:
    return counts_tail([one for one in counts if one[0] and one[1]])
