"""One of several labels, pulled out of whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.limited import checked_pattern, search
from pytest_goldenprompt.evaluators.settings import Settings

EXTRACTS = ("whole", "word", "words", "bracket", "last-line", "pattern")
_BRACKETED = re.compile(r"\[([^\[\]\n]{1,200})\]")
_EDGES = " \t\r\n.,:;!?\"'`*_()[]{}<>"


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels that differ, letter case aside, and where in a text one of them is looked for.

    `extract` is `whole` (the text is the label), `word` (the only label in the text), `words` (any label in the text,
    those named first going before the others), `bracket` (the last `[label]`), `last-line` (the only label in the last
    line) or `pattern` (its first group, or its match).
    """

    labels: tuple[str, ...]
    extract: str = "whole"
    pattern: str = ""

    def whole(self, text: str) -> str | None:
        """Give the label that the text is, white space around it aside."""
        folded = text.strip().casefold()
        return next((label for label in self.labels if label.casefold() == folded), None)

    def find(self, text: str) -> str | None:
        """Give the label that is found, for `whole` as for `word`; may raise TookTooLong."""
        if self.extract == "words":
            return next(iter(_present(self.labels, text)), None)
        if self.extract == "bracket":
            named = [self.whole(match[1].strip(_EDGES)) for match in _BRACKETED.finditer(text)]
            return next((label for label in reversed(named) if label), None)
        if self.extract == "pattern":
            groups = search(self.pattern, text, ignore_case=True)
            return None if groups is None else self.whole((groups[1] if len(groups) > 1 else groups[0]) or "")
        lines = text.rstrip().splitlines()
        present = _present(self.labels, text if self.extract != "last-line" else lines[-1] if lines else "")
        return present[0] if len(present) == 1 else None


def read_labels(given: Settings, otherwise: str = "whole") -> Labels:
    """Read `labels`, `extract` (`otherwise` by default) and, with `extract: pattern`, `pattern`."""
    labels = given.texts("labels")
    if len({label.strip().casefold() for label in labels} - {""}) != len(labels) or not labels:
        raise given.wrong("labels", "a list of labels that differ, letter case aside")
    extract = given.one_of("extract", EXTRACTS, "pattern" if "pattern" in given else otherwise)
    if (extract == "pattern") is not ("pattern" in given):
        raise InputError(
            f"`{given.evaluator}` takes `pattern` together with `extract: pattern`, found one without the other"
        )
    pattern = checked_pattern(given.evaluator, given.text("pattern") or "")
    return Labels(tuple(map(str.strip, labels)), extract, pattern)


def _present(labels: Sequence[str], text: str) -> list[str]:
    """List the labels that stand in a text as words, in the labels' own order."""
    words = _words(text)
    known = set(words)
    return [label for label in labels if _stands(_words(label), words, known)]


def _words(text: str) -> list[str]:
    """Split into words, letter case aside; commas, full stops, and quotes and brackets around a word are no part."""
    return [word.strip(_EDGES) for word in text.casefold().replace(",", "").replace(".", "").split()]


def _stands(label: list[str], words: list[str], known: set[str]) -> bool:
    if len(label) <= 1:
        return bool(label) and label[0] in known
    starts = (index for index, word in enumerate(words) if word == label[0]) if known.issuperset(label) else ()
    return any(words[index : index + len(label)] == label for index in starts)
