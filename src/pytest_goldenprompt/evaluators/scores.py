"""Scores with a bounded, one-line reason, and the words that reasons quote."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.result import Kind, Score

LONGEST_REASON = 200
LONGEST_QUOTE = 60


def bounded(text: str, most: int = LONGEST_REASON) -> str:
    """Give text as one line of at most `most` characters; what cannot be printed is written as an escape."""
    line = " ".join(text[: 4 * most].split())
    visible = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in line)
    return visible if len(visible) <= most and len(text) <= 4 * most else visible[: most - 1] + "…"


def quoted(value: object, most: int = LONGEST_QUOTE) -> str:
    """Give a value as Python writes it, cut to `most` characters."""
    written = repr(value[: most + 1] if isinstance(value, str) else value)
    return written if len(written) <= most + 2 else written[:most] + "…" + written[:1] * isinstance(value, str)


def content(evaluator: str, passed: bool, reason: str = "", faults: Iterable[str] = ()) -> Score:  # noqa: FBT001 - a score is passed or not
    """Score what was said, as 1 or 0; the reason is kept for a failure only, and so are the places that are wrong."""
    return Score(
        evaluator, float(passed), passed, "" if passed else bounded(reason), faults=() if passed else tuple(faults)
    )


def form(evaluator: str, passed: bool, reason: str, *, counts: bool) -> Score:  # noqa: FBT001 - as above
    """Score the form it was said in, as 1 or 0; `counts` is false where the extractor forgives the form."""
    return Score(evaluator, float(passed), passed, "" if passed else bounded(reason), Kind.FORMAT, counts)


def expected_text(evaluator: str, case: Case) -> str:
    """Give the text that a case expects; a case that expects none cannot be judged by it and is an InputError."""
    expected = case.expected
    if isinstance(expected, str):
        return expected
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return str(expected)
    raise InputError(
        f"`{evaluator}` needs a text to compare with, found {quoted(expected)} as `expected` of case {case.id!r}",
        remedy="give the case an `expected` text, or the evaluator a `value`",
    )
