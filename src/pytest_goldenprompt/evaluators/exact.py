"""The answer is what was expected, or one of several values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.reading import read_output
from pytest_goldenprompt.evaluators.scores import content, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.judge.difference import differences
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON


@dataclass(slots=True)
class Exact:
    """Compares texts as they stand, white space around them aside; other values as JSON, by value."""

    values: tuple[JSON, ...] = ()
    ignore_case: bool = False
    strip: bool = True
    name: str = field(default="exact", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score 1 if the output equals one of the values, by default the case's `expected`."""
        self.check(case)
        wanted = self.values or (case.expected,)
        passed = any(self._equal(value, output) for value in wanted)
        told = quoted(wanted[0]) if len(wanted) == 1 else f"one of {quoted(list(wanted))}"
        return (content(self.name, passed, f"expected {told}, found {quoted(_shown(output))}"),)

    def check(self, case: Case) -> None:
        """Refuse a case that gives nothing to compare with."""
        if not self.values and case.expected is None:
            raise InputError(f"`exact` has nothing to compare with: case {case.id!r} has no `expected`")

    def _equal(self, wanted: JSON, output: Output) -> bool:
        if isinstance(wanted, str):
            text = output.value if isinstance(output.value, str) else output.text
            return self._normal(wanted) == self._normal(text)
        reading = read_output(output, "strict")
        return reading.found and not reading.problem and not differences(wanted, reading.value)

    def _normal(self, text: str) -> str:
        text = text.strip() if self.strip else text
        return text.casefold() if self.ignore_case else text


def build(settings: JSON) -> Exact:
    """Accept `value`, `any` (a list), `ignore_case` and `strip` (default true); a bare text is the value."""
    given = read_settings("exact", settings, ("value", "any", "ignore_case", "strip"), short="value")
    if "value" in given and "any" in given:
        raise InputError("`exact` takes `value` or `any`, found both")
    values: tuple[JSON, ...] = (given.given["value"],) if "value" in given else ()
    if "any" in given:
        listed = given.given["any"]
        if not isinstance(listed, list | tuple) or not listed:
            raise given.wrong("any", "a list of values")
        values = tuple(listed)
    return Exact(values, given.flag("ignore_case", default=False), given.flag("strip", default=True))


def _shown(output: Output) -> JSON:
    return output.text if output.value is None else output.value
