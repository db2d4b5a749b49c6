"""Evaluators made of others: all of them, any of them, a weighted mean, and the contrary of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.evaluate import check_case, evaluate_output, judges_asked, questions_of
from pytest_goldenprompt.evaluators.scores import bounded, quoted
from pytest_goldenprompt.evaluators.settings import Settings, read_settings
from pytest_goldenprompt.model.contracts import BuildEvaluator, Evaluator
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.question import Judge, Question
from pytest_goldenprompt.model.result import Kind, Score
from pytest_goldenprompt.model.values import JSON

HEAVIEST = 1e6
"""The greatest weight."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one of the parts says as a whole: its lowest counting score, whether all pass, why not, and all scores."""

    name: str
    value: float
    passed: bool
    reason: str
    scores: tuple[Score, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Give the places that are wrong."""
        return tuple(name for score in self.scores for name in score.faults)

    def forms(self, *, counts: bool) -> list[Score]:
        """Give the scores of the form; with `counts` false they are tracked only."""
        forms = [score for score in self.scores if score.kind is Kind.FORMAT]
        return [replace(score, counts=score.counts and counts) for score in forms]


Combine: TypeAlias = Callable[["Composed", Sequence[Part]], tuple[Score, ...]]


@dataclass(slots=True)
class Composed:
    """Judges by its parts. Its version names theirs, so that a change of one is seen."""

    name: str
    parts: tuple[Evaluator, ...]
    combine: Combine
    weights: tuple[float, ...] = ()
    threshold: float = 0.5
    version: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.version = f"1({','.join(f'{part.name}@{part.version}' for part in self.parts)})"

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Give one score of the content, then those of the form; a part that crashes is a crash of the whole."""
        return self.combine(self, [_part(part, output, case) for part in self.parts])

    def check(self, case: Case) -> None:
        """Refuse a case that one of the parts refuses."""
        check_case(self.parts, case)

    def judges(self) -> Sequence[Judge]:
        """Give the judges of its parts."""
        return judges_asked(self.parts)

    def questions(self, output: Output, case: Case) -> Sequence[Question]:
        """Ask what its parts ask."""
        return questions_of(self.parts, output, case)


def leaves(evaluator: Evaluator) -> Iterator[Evaluator]:
    """Give the evaluators that one is made of: itself, where it is made of no others."""
    if not isinstance(evaluator, Composed):
        yield evaluator
        return
    for part in evaluator.parts:
        yield from leaves(part)


def build_all(settings: JSON, build: BuildEvaluator) -> Composed:
    """Accept a list of evaluators; the answer passes where all do."""
    given = read_settings("all", settings, ("evaluators",), short="evaluators")
    return Composed("all", _built(given, build), _all)


def build_any(settings: JSON, build: BuildEvaluator) -> Composed:
    """Accept a list of evaluators; the answer passes where one does."""
    given = read_settings("any", settings, ("evaluators",), short="evaluators")
    return Composed("any", _built(given, build), _any)


def build_not(settings: JSON, build: BuildEvaluator) -> Composed:
    """Accept one evaluator, as an entry of a list would be written; the answer passes where it does not."""
    return Composed("not", (build(_spec("not", settings)),), _not)


def build_weighted(settings: JSON, build: BuildEvaluator) -> Composed:
    """Accept `evaluators`, `weights` (one each, 1 by default) and `threshold` (default .5)."""
    given = read_settings("weighted", settings, ("evaluators", "weights", "threshold"), short="evaluators")
    parts, threshold = _built(given, build), given.number("threshold", default=0.5)
    weights = _weights(given.given.get("weights", [1] * len(parts)))
    if len(weights) != len(parts):
        raise given.wrong("weights", "a list of numbers above 0, one for each evaluator")
    if threshold > 1:
        raise given.wrong("threshold", "a number in 0..1")
    return Composed("weighted", parts, _weighted, weights, threshold)


def _weights(listed: JSON) -> tuple[float, ...]:
    """Give the weights; none where one of them cannot be used."""
    given = listed if isinstance(listed, list | tuple) else ()
    numbers = [one for one in given if isinstance(one, int | float) and not isinstance(one, bool)]
    usable = tuple(float(one) for one in numbers if 0 < one <= HEAVIEST)
    return usable if len(usable) == len(given) else ()


def _built(given: Settings, build: BuildEvaluator) -> tuple[Evaluator, ...]:
    listed = given.given.get("evaluators")
    if not isinstance(listed, list | tuple) or not listed:
        raise given.wrong("evaluators", "a list of evaluators")
    return tuple(build(_spec(given.evaluator, item)) for item in listed)


def _spec(whole: str, item: JSON) -> EvaluatorSpec:
    name, settings = _named(whole, item)
    if not isinstance(settings, Mapping) or "transform" not in settings:
        return EvaluatorSpec(name, settings)
    steps = settings["transform"]
    if not isinstance(steps, list | tuple):
        raise InputError(f"`transform` of `{name}` is not a list of transforms, found {quoted(steps)}")
    own = {key: value for key, value in settings.items() if key != "transform"}
    return EvaluatorSpec(name, own or None, transform=tuple(TransformSpec(*_named(whole, step)) for step in steps))


def _named(whole: str, item: JSON) -> tuple[str, JSON]:
    if isinstance(item, str):
        return item, None
    if isinstance(item, Mapping) and len(item) == 1:
        [(name, settings)] = item.items()
        return str(name), settings
    raise InputError(f"`{whole}` takes names, or maps of one name with its settings, found {quoted(item)}")


def _part(evaluator: Evaluator, output: Output, case: Case) -> Part:
    scores = evaluate_output(evaluator, output, case)
    counting = [score for score in scores if score.counts]
    if not counting:
        raise InputError(f"nothing was checked: `{evaluator.name}` gave no score that counts")
    failed = [score for score in counting if not score.passed]
    reason = "; ".join(f"{score.evaluator}: {score.reason}" for score in failed)
    return Part(evaluator.name, min(score.value for score in counting), not failed, reason, scores)


def _score(whole: Composed, value: float, passed: bool, reason: str, faults: Iterable[str] = ()) -> Score:  # noqa: FBT001 - a score is passed or not
    return Score(whole.name, value, passed, "" if passed else bounded(reason), faults=() if passed else tuple(faults))


def _all(whole: Composed, parts: Sequence[Part]) -> tuple[Score, ...]:
    """Take the lowest score of the contents; the forms stand beside it as they are."""
    contents = [score for part in parts for score in part.scores if score.counts and score.kind is Kind.CONTENT]
    failed = [score for score in contents if not score.passed]
    reason = "; ".join(f"{score.evaluator}: {score.reason}" for score in failed)
    value = min((score.value for score in contents), default=1.0)
    faults = [name for part in parts for name in part.faults]
    return (
        _score(whole, value, not failed, reason, faults),
        *(one for part in parts for one in part.forms(counts=True)),
    )


def _any(whole: Composed, parts: Sequence[Part]) -> tuple[Score, ...]:
    """Take the best part: the first that passes, else the one with the highest score."""
    best = max(parts, key=lambda part: (part.passed, part.value))
    reason = "none passes: " + "; ".join(part.reason for part in parts)
    return (_score(whole, best.value, best.passed, reason, best.faults), *best.forms(counts=False))


def _not(whole: Composed, parts: Sequence[Part]) -> tuple[Score, ...]:
    """Turn the only part's score round; its form says nothing then."""
    [part] = parts
    return (_score(whole, 1.0 - part.value, not part.passed, f"{part.name} passes, which it must not"),)


def _weighted(whole: Composed, parts: Sequence[Part]) -> tuple[Score, ...]:
    """Take the mean of the parts' scores by their weights; it passes from the threshold on."""
    total = sum(weight * part.value for weight, part in zip(whole.weights, parts, strict=True))
    value = min(1.0, max(0.0, total / sum(whole.weights)))
    reason = f"{value:.3g}, below {whole.threshold:g}: " + "; ".join(part.reason for part in parts if not part.passed)
    forms = (one for part in parts for one in part.forms(counts=False))
    faults = [name for part in parts for name in part.faults]
    return (_score(whole, value, value >= whole.threshold, reason, faults), *forms)
