"""The answer is one of several labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.labels import Labels, read_labels
from pytest_goldenprompt.evaluators.limited import TookTooLong
from pytest_goldenprompt.evaluators.scores import content, form, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON


@dataclass(slots=True)
class Choice:
    """Compares a label with the expected one, letter case aside."""

    labels: Labels
    name: str = field(default="choice", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score content (the label found is the expected one) and form (the answer is a label and no more) apart.

        The form counts with `extract: whole`; the content is then still looked for as with `word`.
        """
        expected = self._expected(case)
        text = output.text
        whole = self.labels.whole(text)
        try:
            found = whole or self.labels.find(text)
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
        return self.labels.extract == "whole"

    def _expected(self, case: Case) -> str:
        label = self.labels.whole(str(case.expected)) if isinstance(case.expected, str | int) else None
        if label is None or isinstance(case.expected, bool):
            raise InputError(
                f"`expected` of case {case.id!r} is none of the labels of `choice`, found {quoted(case.expected)}; "
                f"accepted are {', '.join(self.labels.labels)}"
            )
        return label


def build(settings: JSON) -> Choice:
    """Accept `labels`, `extract` and, with `extract: pattern`, `pattern`; a bare list is the labels."""
    return Choice(read_labels(read_settings("choice", settings, ("labels", "extract", "pattern"), short="labels")))
