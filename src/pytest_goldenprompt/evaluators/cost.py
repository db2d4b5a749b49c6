"""The answer cost no more than it may."""

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
class Cost:
    """Bounds the money that the answer's own call cost, by the library's prices."""

    most: float
    name: str = field(default="cost", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:  # noqa: ARG002 - the contract's signature
        """Score 1 if the call cost no more; one without a price, or whose tokens nobody counted, is an InputError."""
        if output.cost is None:
            raise InputError(
                "`cost` bounds a call whose cost is not known",
                remedy="write the model's price into goldenprompt.toml; the provider has to count tokens",
            )
        told = f"cost {float(output.cost):.6g}, expected at most {self.most:g}"
        return (content(self.name, float(output.cost) <= self.most, told),)


def build(settings: JSON) -> Cost:
    """Accept `max`, in the currency of the prices; a bare number is it."""
    given = read_settings("cost", settings, ("max",), short="max")
    if "max" not in given:
        raise given.wrong("max", "an amount of money")
    return Cost(given.number("max"))
