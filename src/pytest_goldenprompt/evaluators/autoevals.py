"""Scorers of the package autoevals that ask no model: by name, and a team's own by `module:Class`."""

from __future__ import annotations

from collections.abc import Sequence
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
from pytest_goldenprompt.evaluators.scores import quoted
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import JSON

NAME = "autoevals"
PLAIN = ("ExactMatch", "JSONDiff", "Levenshtein", "ListContains", "NumericDiff", "ValidJSON")
"""Scorers that ask no model."""


@dataclass(slots=True)
class AutoevalsScorer:
    """Hands the answer over with what is expected and the inputs. A scorer that skips a case gives no score."""

    label: str
    scorer: Any
    version: str
    threshold: float = 0.5
    extract: str = "text"
    name: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.name = f"{NAME}:{self.label}"

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Give its score; an unreadable answer fails."""
        value, problem = judged_value(output, self.extract)
        if problem:
            return (score_of(self.name, value=False, threshold=self.threshold, reason=problem),)
        found = self.scorer.eval(output=value, expected=case.expected, input=dict(case.inputs))
        if found.score is None:
            return ()
        reason = f"expected {quoted(case.expected)}, found {quoted(value)}"
        return (score_of(self.name, float(found.score), self.threshold, reason),)


def build(settings: JSON) -> AutoevalsScorer:
    """Accept `scorer` (a name, or `module:Class`; also as a bare text), `arguments`, `threshold` and `extract`."""
    given = read_foreign(NAME, settings, "scorer")
    label = given.text("scorer") or ""
    theirs = package(NAME, "autoevals", NAME)
    own = ":" in label
    kind = own_class(NAME, label) if own else getattr(theirs, label, None) if label.isidentifier() else None
    if not isinstance(kind, type) or not issubclass(kind, theirs.Scorer):
        known = f"accepted are {', '.join(PLAIN)}, and your own as `module:Class`"
        raise InputError(f"`{NAME}` has no such scorer, found {label!r}{did_you_mean(label, PLAIN)}; {known}")
    if (not own and label not in PLAIN) or issubclass(kind, package(NAME, "autoevals.llm", NAME).OpenAIScorer):
        raise InputError(
            f"`{NAME}` runs scorers that ask no model, found {label!r}; accepted are {', '.join(PLAIN)}, and your own",
            remedy="take the evaluator `judge`, which keeps to the run's limits and records",
        )
    version = version_of(NAME, kind, own)
    return AutoevalsScorer(label, made(given, kind), version, threshold_of(given), extract_of(given))


def build_unrun(settings: JSON) -> Unrun:
    """Accept the same settings, and import nothing."""
    return unrun(NAME, settings, "scorer")
