"""What the adapters of other packages' evaluators share: finding a class, what it judges, and what it gave."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.reading import EXTRACTS, read_output
from pytest_goldenprompt.evaluators.scores import bounded, quoted
from pytest_goldenprompt.evaluators.settings import Settings, read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

LONGEST = 100_000
"""Characters of an answer that is handed over; a longer one fails."""

TEXT = "text"
ROUNDING = 1e-9


@dataclass(slots=True)
class Unrun:
    """Stands for one of another package's where none is imported; it passes nothing."""

    name: str
    version: str = "unrun"

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Pass nothing."""
        del output, case
        return (Score(self.name, 0.0, passed=False, reason="it was not run"),)


def unrun(evaluator: str, settings: JSON, short: str) -> Unrun:
    """Accept an adapter's settings, and import nothing."""
    given = read_foreign(evaluator, settings, short)
    label = given.text(short)
    if not label:
        raise given.wrong(short, "a name, or `module:Class`")
    threshold_of(given), extract_of(given)
    return Unrun(f"{evaluator}:{label}")


def read_foreign(evaluator: str, settings: JSON, short: str) -> Settings:
    """Read the settings of an adapter; `short` is the setting that names the class."""
    return read_settings(evaluator, settings, (short, "arguments", "threshold", "extract"), short=short)


def package(evaluator: str, name: str, extra: str) -> Any:
    """Import another package; one that is missing is an InputError that says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise InputError(
            f"`{evaluator}` needs a package that is not installed", remedy=f'pip install "pytest-goldenprompt[{extra}]"'
        ) from None


def own_class(evaluator: str, place: str) -> Any:
    """Import the class that `module:Class` names; raises InputError."""
    module, _, name = place.partition(":")
    try:
        found = getattr(importlib.import_module(module), name, None)
    except Exception as error:  # noqa: BLE001 - a team's module may raise anything while it is imported
        told = f"{type(error).__name__}: {bounded(str(error))}"
        raise InputError(f"`{evaluator}` cannot import {module!r}: {told}") from None
    if not isinstance(found, type):
        raise InputError(f"`{evaluator}` finds no class {name!r} in module {module!r}")
    return found


def made(given: Settings, kind: Any) -> Any:
    """Make an evaluator of its class and the `arguments` of the settings; raises InputError."""
    arguments = given.given.get("arguments", {})
    if not isinstance(arguments, Mapping):
        raise given.wrong("arguments", "a map of the class's own arguments")
    try:
        return kind(**arguments)
    except Exception as error:  # noqa: BLE001 - whatever another package's class does with wrong arguments
        told = f"{type(error).__name__}: {bounded(str(error))}"
        raise InputError(f"`{given.evaluator}` cannot make {kind.__name__} of its arguments: {told}") from None


def threshold_of(given: Settings) -> float:
    """Read the least number that passes."""
    threshold = given.number("threshold", default=0.5)
    if threshold > 1:
        raise given.wrong("threshold", "a number in 0..1")
    return threshold


def extract_of(given: Settings) -> str:
    """Read what of an answer is handed over: its text, or the JSON in it."""
    return given.one_of("extract", (TEXT, *EXTRACTS), TEXT)


def version_of(distribution: str, kind: type, own: bool) -> str:  # noqa: FBT001 - a fact, no switch
    """Name what a class does: by its package's version, and a team's own by its source."""
    version = installed_version(distribution)
    if not own:
        return version
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):
        return version
    return f"{version}:{hashlib.sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def judged_value(output: Output, extract: str) -> tuple[JSON, str]:
    """Give what is handed over of an output, and why nothing is (empty where something is)."""
    if len(output.text) > LONGEST:
        return None, f"{len(output.text)} characters, too long to be handed over"
    if extract == TEXT:
        return output.text if output.value is None else output.value, ""
    reading = read_output(output, extract)
    missing = not reading.found or (extract == "strict" and reading.problem)
    return reading.value, reading.problem if missing else ""


def score_of(name: str, value: object, threshold: float, reason: str = "") -> Score:
    """Take a truth value as 1 or 0 and a number in 0..1 as it is; anything else is a TypeError."""
    if isinstance(value, bool):
        return Score(name, float(value), value, "" if value else bounded(reason or "it gave False"))
    number = float(value) if isinstance(value, int | float) else math.nan
    if not -ROUNDING <= number <= 1 + ROUNDING:
        raise TypeError(f"{name} gave {quoted(value)}; accepted are a bool and a number in 0..1")
    number = min(1.0, max(0.0, number))
    told = f"{number:.3g}, below {threshold:g}" + (f": {reason}" if reason else "")
    return Score(name, number, number >= threshold, "" if number >= threshold else bounded(told))
