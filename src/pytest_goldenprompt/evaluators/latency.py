"""The answer came in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.scores import content
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON


@dataclass(slots=True)
class Latency:
    """Bounds the seconds of the call that gave the answer, waits and earlier attempts aside."""

    most: float
    name: str = field(default="latency", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:  # noqa: ARG002 - the contract's signature
        """Score 1 if the call took no longer; an answer whose call nobody measured is an InputError."""
        if output.latency is None:
            raise InputError("`latency` bounds a call that nobody measured: a recorded answer has no latency")
        took = f"{output.latency:.3g} s, expected at most {self.most:g} s"
        return (content(self.name, output.latency <= self.most, took),)


def build(settings: JSON) -> Latency:
    """Accept `max`, in seconds; a bare number is it."""
    given = read_settings("latency", settings, ("max",), short="max")
    if not given.number("max"):
        raise given.wrong("max", "seconds above 0")
    return Latency(given.number("max"))
