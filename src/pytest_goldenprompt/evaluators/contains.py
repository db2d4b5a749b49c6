"""The answer contains a text, all of several, or any of them; or contains none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.scores import content, expected_text, quoted
from pytest_goldenprompt.evaluators.settings import Settings, read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON


@dataclass(slots=True)
class Contains:
    """Looks for texts in the answer. `every` asks for all of them, else one will do; `absent` asks for none."""

    values: tuple[str, ...] = ()
    every: bool = True
    ignore_case: bool = False
    absent: bool = False
    name: str = field(default="contains", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score 1 if the texts are there, by default the case's `expected` (a text, or a list of which all count)."""
        wanted = self.values or _expected(case)
        text = self._normal(output.text)
        there = [value for value in wanted if self._normal(value) in text]
        if self.absent:
            return (content(self.name, not there, f"contains {quoted(there)}, which must not be there"),)
        missing = [value for value in wanted if value not in there]
        passed = not missing if self.every else bool(there)
        told = quoted(missing[0]) if len(missing) == 1 else f"{'' if self.every else 'any of '}{quoted(missing)}"
        return (content(self.name, passed, f"does not contain {told}, found {quoted(output.text)}"),)

    def check(self, case: Case) -> None:
        """Refuse a case that gives nothing to look for."""
        if not self.values:
            _expected(case)

    def _normal(self, text: str) -> str:
        return text.casefold() if self.ignore_case else text


def build(settings: JSON) -> Contains:
    """Accept one of `value`, `all`, `any`; `ignore_case`, `absent`. A bare text is the value, a bare list is `all`."""
    short = "value" if isinstance(settings, str | int | float) else "all"
    given = read_settings("contains", settings, ("value", "all", "any", "ignore_case", "absent"), short)
    named = [name for name in ("value", "all", "any") if name in given]
    if len(named) > 1:
        raise InputError(f"`contains` takes one of `value`, `all` and `any`, found {' and '.join(named)}")
    return Contains(
        _values(given, named[0]) if named else (),
        every="any" not in given,
        ignore_case=given.flag("ignore_case", default=False),
        absent=given.flag("absent", default=False),
    )


def _values(given: Settings, name: str) -> tuple[str, ...]:
    value = given.text(name) if name == "value" else None
    values = given.texts(name) if name != "value" else (value,) if value is not None else ()
    if not values or not all(values):
        raise given.wrong(name, "text that can be looked for")
    return values


def _expected(case: Case) -> tuple[str, ...]:
    expected = case.expected
    if isinstance(expected, list | tuple) and expected and all(isinstance(item, str) and item for item in expected):
        return tuple(str(item) for item in expected)
    text = expected_text("contains", case)
    if not text:
        raise InputError(f"`contains` finds an empty text everywhere: `expected` of case {case.id!r} is empty")
    return (text,)
