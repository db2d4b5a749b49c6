"""The answer begins with a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.evaluators.scores import content, expected_text, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON


@dataclass(slots=True)
class StartsWith:
    """Compares the beginning of the answer, white space around it aside."""

    value: str = ""
    ignore_case: bool = False
    name: str = field(default="starts-with", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score 1 if the answer begins with the value, by default the case's `expected`."""
        wanted = self.value or expected_text(self.name, case)
        text, value = output.text.strip(), wanted.strip()
        if self.ignore_case:
            text, value = text.casefold(), value.casefold()
        passed = bool(value) and text.startswith(value)
        return (content(self.name, passed, f"does not begin with {quoted(wanted)}, found {quoted(output.text)}"),)

    def check(self, case: Case) -> None:
        """Refuse a case that gives nothing to compare with."""
        if not self.value:
            expected_text(self.name, case)


def build(settings: JSON) -> StartsWith:
    """Accept `value` and `ignore_case`; a bare text is the value."""
    given = read_settings("starts-with", settings, ("value", "ignore_case"), short="value")
    value = given.text("value")
    if "value" in given and not (value or "").strip():
        raise given.wrong("value", "text that can be compared")
    return StartsWith(value or "", given.flag("ignore_case", default=False))
