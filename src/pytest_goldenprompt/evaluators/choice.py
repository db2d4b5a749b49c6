"""The answer is one of several labels, pulled out of whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.limited import TookTooLong, checked_pattern, search
from pytest_goldenprompt.evaluators.scores import content, form, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

EXTRACTS = ("whole", "word", "words", "bracket", "last-line", "pattern")
_BRACKETED = re.compile(r"\[([^\[\]\n]{1,200})\]")
_EDGES = " \t\r\n.,:;!?\"'`*_()[]{}<>"


@dataclass(slots=True)
class Choice:
    """Compares a label with the expected one, letter case aside.

    `extract` says where it is looked for: `whole` (the answer is the label), `word` (the only label in the text),
    `words` (any label in the text, those named first going before the others), `bracket` (the last `[label]`),
    `last-line` (the only label in the last line) or `pattern` (its first group, or its match).
    """

    labels: tuple[str, ...]
    extract: str = "whole"
    pattern: str = ""
    name: str = field(default="choice", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score content (the label found is the expected one) and form (the answer is a label and no more) apart.

        The form counts with `extract: whole`; the content is then still looked for as with `word`.
        """
        expected = self._expected(case)
        text = output.text
        whole = self._label(text)
        try:
            found = whole or self._extract(text)
            told = f"found {quoted(found or text)}" if found else f"no single label, found {quoted(text)}"
        except TookTooLong as slow:
            found, told = None, str(slow)
        return (
            content(self.name, found == expected, f"expected {quoted(expected)}, {told}"),
            form(self.name, whole is not None, f"not a label as a whole: {quoted(text)}", counts=self._strict()),
        )

    def check(self, case: Case) -> None:
        """Refuse a case whose `expected` is none of the labels."""
        self._expected(case)

    def _strict(self) -> bool:
        return self.extract == "whole"

    def _expected(self, case: Case) -> str:
        label = self._label(str(case.expected)) if isinstance(case.expected, str | int) else None
        if label is None or isinstance(case.expected, bool):
            raise InputError(
                f"`expected` of case {case.id!r} is none of the labels of `choice`, found {quoted(case.expected)}; "
                f"accepted are {', '.join(self.labels)}"
            )
        return label

    def _label(self, text: str) -> str | None:
        folded = text.strip().casefold()
        return next((label for label in self.labels if label.casefold() == folded), None)

    def _extract(self, text: str) -> str | None:
        if self.extract == "words":
            return next(iter(_present(self.labels, text)), None)
        if self.extract == "bracket":
            named = [self._label(match[1].strip(_EDGES)) for match in _BRACKETED.finditer(text)]
            return next((label for label in reversed(named) if label), None)
        if self.extract == "pattern":
            groups = search(self.pattern, text, ignore_case=True)
            return None if groups is None else self._label((groups[1] if len(groups) > 1 else groups[0]) or "")
        lines = text.rstrip().splitlines()
        present = _present(self.labels, text if self.extract != "last-line" else lines[-1] if lines else "")
        return present[0] if len(present) == 1 else None


def build(settings: JSON) -> Choice:
    """Accept `labels`, `extract` and, with `extract: pattern`, `pattern`; a bare list is the labels."""
    given = read_settings("choice", settings, ("labels", "extract", "pattern"), short="labels")
    labels = given.texts("labels")
    if len({label.strip().casefold() for label in labels} - {""}) != len(labels) or not labels:
        raise given.wrong("labels", "a list of labels that differ, letter case aside")
    extract = given.one_of("extract", EXTRACTS, "pattern" if "pattern" in given else "whole")
    if (extract == "pattern") is not ("pattern" in given):
        raise InputError("`choice` takes `pattern` together with `extract: pattern`, found one without the other")
    return Choice(tuple(map(str.strip, labels)), extract, checked_pattern("choice", given.text("pattern") or ""))


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
