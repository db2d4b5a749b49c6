"""The answer holds the expected number, near enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.scores import content, quoted
from pytest_goldenprompt.evaluators.settings import LARGEST, read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

LONGEST_NUMBER = 300
"""Characters; what is longer is no number that a person expects."""

_NUMBER = re.compile(
    r"(?:(?<![\w.])[-+\u2212])?"
    r"(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<![\w.])\.\d+)"
    r"(?:[eE][-+]?\d{1,3}(?!\w))?"
)


@dataclass(slots=True)
class Numeric:
    """Takes the last number of the answer (or the first, or the only one). Distances are absolute and relative."""

    value: float | None = None
    tolerance: float = 0.0
    relative: float = 0.0
    extract: str = "last"
    name: str = field(default="numeric", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score 1 if |found - expected| <= max(tolerance, relative * |expected|); numbers are compared exactly."""
        wanted = _exact(self._wanted(case))
        numbers = _numbers(output)
        if not numbers or (self.extract == "only" and len(numbers) > 1):
            told = f"{len(numbers)} numbers where one is expected" if numbers else "no number"
            return (content(self.name, passed=False, reason=f"{told}, found {quoted(output.text)}"),)
        found = numbers[0 if self.extract == "first" else -1]
        reach = max(_exact(self.tolerance), _exact(self.relative) * abs(wanted))
        passed = abs(_exact(found) - wanted) <= reach
        near = f" within {float(reach):g}" if reach else ""
        return (content(self.name, passed, f"expected {self._wanted(case)}{near}, found {found}"),)

    def check(self, case: Case) -> None:
        """Refuse a case that expects no number."""
        self._wanted(case)

    def _wanted(self, case: Case) -> float:
        wanted = case.expected if self.value is None else self.value
        if isinstance(wanted, str) and _NUMBER.fullmatch(wanted.strip()) and len(wanted) <= LONGEST_NUMBER:
            return _plain(wanted.strip())
        if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not -LARGEST <= wanted <= LARGEST:
            raise InputError(f"`numeric` needs a number, found {quoted(wanted)} as `expected` of case {case.id!r}")
        return wanted


def build(settings: JSON) -> Numeric:
    """Accept `value`, `tolerance`, `relative` and `extract` (last, first, only); a bare number is the value."""
    given = read_settings("numeric", settings, ("value", "tolerance", "relative", "extract"), short="value")
    value = given.given.get("value")
    if "value" in given and (
        isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST
    ):
        raise given.wrong("value", "a number")
    return Numeric(
        value if isinstance(value, int | float) else None,
        given.number("tolerance"),
        given.number("relative"),
        given.one_of("extract", ("last", "first", "only"), "last"),
    )


def _numbers(output: Output) -> list[float | str]:
    if isinstance(output.value, int | float) and not isinstance(output.value, bool):
        return [output.value]
    found = (match[0] for match in _NUMBER.finditer(output.text))
    return [number for number in found if len(number) <= LONGEST_NUMBER]


def _plain(written: str) -> float:
    return float(written.replace(",", "").replace("\u2212", "-"))


def _exact(number: float | str) -> Fraction:
    return Fraction(str(number).replace(",", "").replace("\u2212", "-"))
