"""The answer is neither too short nor too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.scores import content
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

UNITS = ("chars", "words", "tokens")


@dataclass(slots=True)
class Length:
    """Bounds by unit: characters, words between white space, tokens as the provider counted them."""

    bounds: Mapping[str, tuple[float, float]]
    name: str = field(default="length", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:  # noqa: ARG002 - the contract's signature
        """Score 1 if every bound holds; a bound on tokens that nobody counted is an InputError."""
        for unit, (least, most) in self.bounds.items():
            size = _size(unit, output)
            if not least <= size <= most:
                bound = f"at least {least:g}" if size < least else f"at most {most:g}"
                return (content(self.name, passed=False, reason=f"{size} {unit}, expected {bound}"),)
        return (content(self.name, passed=True),)


def build(settings: JSON) -> Length:
    """Accept `min_` and `max_` of `chars`, `words` and `tokens`; at least one of them."""
    names = [f"{end}_{unit}" for unit in UNITS for end in ("min", "max")]
    given = read_settings("length", settings, names)
    bounds = {
        unit: (given.number(f"min_{unit}"), given.number(f"max_{unit}") if f"max_{unit}" in given else float("inf"))
        for unit in UNITS
        if f"min_{unit}" in given or f"max_{unit}" in given
    }
    if not bounds or any(least > most for least, most in bounds.values()):
        what = "bounds that nothing can meet" if bounds else "no bound"
        raise InputError(f"`length` has {what}; accepted are: {', '.join(names)}")
    return Length(bounds)


def _size(unit: str, output: Output) -> int:
    if unit == "chars":
        return len(output.text)
    if unit == "words":
        return len(output.text.split())
    if output.usage.output_tokens is None:
        raise InputError("`length` has a bound on tokens, and the provider counted none; accepted are chars and words")
    return output.usage.output_tokens
