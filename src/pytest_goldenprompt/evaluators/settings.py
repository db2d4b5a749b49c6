"""Reading an evaluator's settings: strict, with the nearest known word for one that is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import JSON

LARGEST = 1e300
"""The largest number that a setting may be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one evaluator as written, with typed readers that refuse whatever else stands there."""

    evaluator: str
    given: Mapping[str, JSON]

    def __contains__(self, name: object) -> bool:
        return name in self.given

    def text(self, name: str) -> str | None:
        """Read a text; a number is taken by its digits, as YAML turns `value: 5` into one."""
        value = self.given.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(name, "a text")

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts, none of them missing."""
        value = self.given.get(name, ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.wrong(name, "a list of texts")
        if any(isinstance(item, bool) or not isinstance(item, str | int | float) for item in value):
            raise self.wrong(name, "a list of texts")
        return tuple(str(item) for item in value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self.given.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def number(self, name: str, *, default: float = 0.0) -> float:
        """Read a finite number from 0 on."""
        value = self.given.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST:
            raise self.wrong(name, "a number from 0 on")
        return value

    def one_of(self, name: str, accepted: Sequence[str], default: str) -> str:
        """Read one of the accepted words."""
        value = self.given.get(name, default)
        if not isinstance(value, str) or value not in accepted:
            hint = did_you_mean(value, accepted) if isinstance(value, str) else ""
            raise self.wrong(name, f"one of {', '.join(accepted)}", hint)
        return value

    def wrong(self, name: str, accepted: str, hint: str = "") -> InputError:
        """Make the error of a setting that cannot be used."""
        found = repr(self.given.get(name))[:80]
        return InputError(f"`{name}` of `{self.evaluator}` is not {accepted}, found {found}{hint}")


def read_settings(evaluator: str, settings: JSON, accepted: Sequence[str], short: str = "") -> Settings:
    """Check the settings' names. `short` is the setting that a bare text, number or list stands for."""
    if settings is None:
        return Settings(evaluator, {})
    if isinstance(settings, Mapping):
        for name in settings:
            if name not in accepted:
                hint = did_you_mean(str(name), accepted)
                known = ", ".join(accepted) or "none"
                raise InputError(f"unknown setting of `{evaluator}`, found {name!r}{hint}; accepted are: {known}")
        return Settings(evaluator, settings)
    if short:
        return Settings(evaluator, {short: settings})
    raise InputError(
        f"settings of `{evaluator}` are not a map, found {str(settings)[:80]!r}; accepted are: {', '.join(accepted)}"
    )
