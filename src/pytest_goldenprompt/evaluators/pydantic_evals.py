"""Evaluators of the package pydantic-evals: its plain ones by name, and a team's own by `module:Class`."""

from __future__ import annotations

import asyncio
import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.foreign import (
    Unrun,
    extract_of,
    judged_value,
    made,
    own_class,
    package,
    read_foreign,
    score_of,
    threshold_of,
    unrun,
    version_of,
)
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import JSON

NAME = "pydantic-evals"
PLAIN = ("Contains", "Equals", "EqualsExpected", "IsInstance")
"""Evaluators that look at the answer alone."""

INSTEAD = {
    "LLMJudge": "judge",
    "GEval": "judge",
    "MaxDuration": "latency",
    "ToolCorrectness": "tool-calls",
    "TrajectoryMatch": "tool-calls",
    "ArgumentCorrectness": "tool-calls",
    "MaxToolCalls": "tool-calls",
}
"""Ours in the place of theirs that would call a model past the run's limits, or need what a run does not have."""

CALLING = ("LLMJudge", "GEval")


@dataclass(slots=True)
class PydanticEvaluator:
    """Hands the answer over in a context of theirs. What it gives under several names are as many scores."""

    label: str
    evaluator: Any
    version: str
    threshold: float = 0.5
    extract: str = "text"
    name: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.name = f"{NAME}:{self.label}"

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Give a score for each result; an unreadable answer fails, a result that is a label is a TypeError."""
        value, problem = judged_value(output, self.extract)
        if problem:
            return (score_of(self.name, value=False, threshold=self.threshold, reason=problem),)
        found = self.evaluator.evaluate(_context(value, output, case))
        if inspect.iscoroutine(found):
            found = asyncio.run(found)  # their own way leaves a loop open
        listed = found.items() if isinstance(found, Mapping) else [("", found)]
        return tuple(self._score(key, result) for key, result in listed)

    def _score(self, key: str, result: Any) -> Score:
        named = f"{self.name}.{key}" if key else self.name
        reason = getattr(result, "reason", None)
        return score_of(named, getattr(result, "value", result), self.threshold, str(reason or ""))


def build(settings: JSON) -> PydanticEvaluator:
    """Accept `evaluator` (a name, or `module:Class`; also as a bare text), `arguments`, `threshold` and `extract`."""
    given = read_foreign(NAME, settings, "evaluator")
    label = given.text("evaluator") or ""
    theirs = package(NAME, "pydantic_evals.evaluators", NAME)
    own = ":" in label
    kind = own_class(NAME, label) if own else _plain(theirs, label)
    if not issubclass(kind, theirs.Evaluator) or issubclass(kind, tuple(getattr(theirs, one) for one in CALLING)):
        raise InputError(f"`{NAME}` takes evaluators that ask no model, found {label!r}; a `judge` asks one")
    version = version_of(NAME, kind, own)
    return PydanticEvaluator(label, made(given, kind), version, threshold_of(given), extract_of(given))


def build_unrun(settings: JSON) -> Unrun:
    """Accept the same settings, and import nothing."""
    return unrun(NAME, settings, "evaluator")


def _plain(theirs: Any, label: str) -> Any:
    if label in PLAIN:
        return getattr(theirs, label)
    known = f"accepted are {', '.join(PLAIN)}, and your own as `module:Class`"
    if label in INSTEAD:
        raise InputError(
            f"`{NAME}` does not run {label}; {known}",
            remedy=f"take the evaluator `{INSTEAD[label]}`, which keeps to the run's limits and records",
        )
    raise InputError(f"`{NAME}` has no such evaluator, found {label!r}{did_you_mean(label, PLAIN)}; {known}")


def _context(value: JSON, output: Output, case: Case) -> Any:
    """Make their context; there are no spans, and no duration where the call took none now."""
    context = package(NAME, "pydantic_evals.evaluators", NAME).EvaluatorContext
    errors = package(NAME, "pydantic_evals.otel", NAME)
    return context(
        name=case.id,
        inputs=dict(case.inputs),
        metadata=None,
        expected_output=case.expected,
        output=value,
        duration=math.nan if output.latency is None else output.latency,
        _span_tree=errors.SpanTreeRecordingError("a golden run records no spans"),
        attributes={},
        metrics={},
    )
