"""The nearest known word to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give ", did you mean `x`?" for the nearest known word, or nothing where none is near."""
    import difflib  # noqa: PLC0415 - needed only once something is wrong

    near = difflib.get_close_matches(word, list(known), n=1)
    return f", did you mean `{near[0]}`?" if near else ""
