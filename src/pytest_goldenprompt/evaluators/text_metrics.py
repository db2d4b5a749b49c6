"""How much of a text an answer shares with references, as translation and summaries are measured: BLEU, chrF, ROUGE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.scores import bounded, expected_text, quoted
from pytest_goldenprompt.evaluators.settings import Settings, read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

LONGEST = 20_000
"""Characters of an answer that is measured; the work grows with the square of the words."""

Measure: TypeAlias = Callable[[str, Sequence[str]], float]
"""An answer and the references, to a figure in 0..1."""


@dataclass(slots=True)
class TextMetric:
    """A measure with the least figure that passes. `version` holds the package's, with which its figures may change."""

    name: str
    measure: Measure
    version: str
    references: tuple[str, ...] = ()
    threshold: float = 0.5
    kind: str = field(default="", compare=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score the figure, by default against the case's `expected` (a text, or a list of which the best counts)."""
        wanted = self.references or _expected(self.name, case)
        if max(map(len, (output.text, *wanted))) > LONGEST:
            told = f"{len(output.text)} characters, too long to measure"
            return (Score(self.name, 0.0, passed=False, reason=told),)
        figure = min(1.0, max(0.0, self.measure(output.text, wanted)))
        passed = figure >= self.threshold
        told = f"{self.kind} {figure:.3f}, below {self.threshold:g}: found {quoted(output.text)}"
        return (Score(self.name, figure, passed, "" if passed else bounded(told)),)

    def check(self, case: Case) -> None:
        """Refuse a case that gives nothing to compare with."""
        if not self.references:
            _expected(self.name, case)


def build_bleu(settings: JSON) -> TextMetric:
    """Accept `value` or `any` (texts), `threshold` (default .5) and `kind` (bleu or chrf); needs sacrebleu."""
    given = read_settings("bleu", settings, ("value", "any", "threshold", "kind"), short="threshold")
    kind = given.one_of("kind", ("bleu", "chrf"), "bleu")
    try:
        import sacrebleu  # noqa: PLC0415 - an extra
    except ImportError:
        raise _missing("bleu") from None
    count: Any = sacrebleu.sentence_bleu if kind == "bleu" else sacrebleu.sentence_chrf

    def measure(text: str, references: Sequence[str]) -> float:
        return float(count(text, list(references)).score) / 100.0

    return TextMetric("bleu", measure, f"1(sacrebleu {sacrebleu.__version__})", *_bounds(given), kind)


def build_rouge(settings: JSON) -> TextMetric:
    """Accept `value` or `any`, `threshold` (default .5), `kind` (rouge1, rouge2, rougeL); needs rouge-score."""
    given = read_settings("rouge", settings, ("value", "any", "threshold", "kind"), short="threshold")
    kind = given.one_of("kind", ("rougeL", "rouge1", "rouge2"), "rougeL")
    try:
        from importlib.metadata import version  # noqa: PLC0415 - where the extra is there

        from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415 - an extra
    except ImportError:
        raise _missing("rouge") from None
    scorer: Any = RougeScorer([kind])

    def measure(text: str, references: Sequence[str]) -> float:
        return max(float(scorer.score(reference, text)[kind].fmeasure) for reference in references)

    return TextMetric("rouge", measure, f"1(rouge-score {version('rouge-score')})", *_bounds(given), kind)


def _bounds(given: Settings) -> tuple[tuple[str, ...], float]:
    if "value" in given and "any" in given:
        raise InputError(f"`{given.evaluator}` takes `value` or `any`, found both")
    value = given.text("value")
    references = given.texts("any") if value is None else (value,)
    if ("any" in given or "value" in given) and not (references and all(one.strip() for one in references)):
        raise given.wrong("any" if "any" in given else "value", "text that can be compared")
    threshold = given.number("threshold", default=0.5)
    if not 0 < threshold <= 1:
        raise given.wrong("threshold", "a number above 0, up to 1")
    return references, threshold


def _expected(evaluator: str, case: Case) -> tuple[str, ...]:
    expected = case.expected
    if isinstance(expected, list | tuple) and expected and all(isinstance(item, str) for item in expected):
        return tuple(str(item) for item in expected)
    return (expected_text(evaluator, case),)


def _missing(evaluator: str) -> InputError:
    return InputError(
        f"`{evaluator}` needs a package that is not installed", remedy='pip install "pytest-goldenprompt[text-metrics]"'
    )
