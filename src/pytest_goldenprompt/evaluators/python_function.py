"""A team's own check, called by parameter name."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.scores import bounded, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

PARAMETERS = ("output", "value", "expected", "case", "inputs")


@dataclass(slots=True)
class PythonFunction:
    """Calls a function of the team's. `version` follows the function's own source, so that an edit is noticed."""

    place: str
    function: Callable[..., Any]
    wanted: tuple[str, ...]
    threshold: float = 0.5
    name: str = field(default="", init=False)
    version: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.name = f"python:{self.place}"
        self.version = _version(self.function) if inspect.isfunction(self.function) else "1"

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Take a truth value, a number in 0..1 (passes from `threshold` on), a Score or a list of Scores.

        Whatever the function raises is raised; any other return is a TypeError.
        """
        offered = {
            "output": output.text,
            "value": output.value,
            "expected": case.expected,
            "case": case,
            "inputs": case.inputs,
        }
        answer = self.function(**{name: offered[name] for name in self.wanted})
        listed = list(answer) if isinstance(answer, list | tuple) and answer else [answer]
        return tuple(self._score(item) for item in listed)

    def _score(self, answer: object) -> Score:
        if isinstance(answer, Score):
            return replace(answer, evaluator=answer.evaluator or self.name, reason=bounded(answer.reason))
        if isinstance(answer, bool):
            return Score(self.name, float(answer), answer, "" if answer else "returned False")
        if isinstance(answer, int | float) and math.isfinite(answer) and 0 <= answer <= 1:
            passed = answer >= self.threshold
            return Score(
                self.name, float(answer), passed, "" if passed else f"returned {answer:g}, below {self.threshold:g}"
            )
        raise TypeError(
            f"{self.place} returned {quoted(answer)}; accepted are a bool, a number in 0..1, a Score or Scores"
        )


def build(settings: JSON) -> PythonFunction:
    """Accept `function` (`module:function`) and `threshold` (default .5); a bare text is the function.

    The function is imported now, so that a wrong name is found before the first call.
    """
    given = read_settings("python", settings, ("function", "threshold"), short="function")
    place = given.text("function") or ""
    function = _imported(place)
    if inspect.iscoroutinefunction(function):
        raise InputError(f"`python` takes a plain function, found the coroutine function {place!r}")
    threshold = given.number("threshold", default=0.5)
    if threshold > 1:
        raise given.wrong("threshold", "a number in 0..1")
    return PythonFunction(place, function, _wanted(place, function), threshold)


def build_unrun(settings: JSON) -> PythonFunction:
    """Accept the same settings, and import nothing; what is given judges nothing."""
    given = read_settings("python", settings, ("function", "threshold"), short="function")
    place = given.text("function") or ""
    _parts(place)
    given.number("threshold", default=0.5)
    return PythonFunction(place, _unrun, ())


def _unrun() -> bool:
    return False


def _parts(place: str) -> tuple[str, str]:
    module, _, name = place.partition(":")
    if not module or not name:
        raise InputError(f"`python` does not name a function, found {place!r}; accepted is `module:function`")
    return module, name


def _imported(place: str) -> Callable[..., Any]:
    module, name = _parts(place)
    try:
        function = getattr(importlib.import_module(module), name, None)
    except Exception as error:  # noqa: BLE001 - a team's module may raise anything while it is imported
        raise InputError(f"`python` cannot import {module!r}: {type(error).__name__}: {bounded(str(error))}") from None
    if not callable(function):
        raise InputError(f"`python` finds no function {name!r} in module {module!r}")
    return function  # type: ignore[no-any-return]  # callable by the test above


def _wanted(place: str, function: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return PARAMETERS
    named = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]
    strange = [
        parameter.name
        for parameter in named
        if (parameter.name not in PARAMETERS and parameter.default is parameter.empty)
        or parameter.kind is parameter.POSITIONAL_ONLY
    ]
    if strange:
        raise InputError(
            f"{place} takes parameters that `python` does not give, found {', '.join(strange)}; "
            f"accepted are {', '.join(PARAMETERS)}"
        )
    return tuple(parameter.name for parameter in named if parameter.name in PARAMETERS)


@cache
def _version(function: Callable[..., Any]) -> str:
    """Name a function by its own source, read once for all cases; what it calls in turn is not seen."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return "1"
    return f"1:{hashlib.sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
