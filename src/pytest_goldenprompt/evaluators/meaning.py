"""The answer is near enough to a text in what it means, by the embeddings of a model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.evaluators.evaluate import Unjudged
from pytest_goldenprompt.evaluators.scores import bounded, expected_text, quoted
from pytest_goldenprompt.evaluators.settings import Settings
from pytest_goldenprompt.evaluators.verdict import sendable
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.limits import portable
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.question import Judge, Question
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import digest_of

PROTOCOL, IDENTITY_LENGTH = "1", 12
LONGEST = 100_000
"""Characters of two texts together that are compared."""


@dataclass(slots=True)
class Meaning:
    """Has two texts compared by the model that it asks, which says how near they are: -1 to 1, below 0 is 0."""

    judge: Judge
    threshold: float
    value: str = ""
    name: str = field(default="similarity", init=False)
    version: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.version = f"{PROTOCOL}:{self.judge.identity}"

    def judges(self) -> Sequence[Judge]:
        """Give the model that embeds."""
        return (self.judge,)

    def questions(self, output: Output, case: Case) -> Sequence[Question]:
        """Ask for the two texts at once; what is too long, or empty, is not sent."""
        wanted, text = self._texts(output, case)
        return (self._question(wanted, text),) if text and len(wanted) + len(text) <= LONGEST else ()

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score what the model says; it passes from `threshold` on."""
        wanted, text = self._texts(output, case)
        if not text or len(wanted) + len(text) > LONGEST:
            told = f"{len(text)} characters, which cannot be compared with {quoted(wanted)}"
            return (Score(self.name, 0.0, passed=False, reason=bounded(told)),)
        near = self._near(output, self._question(wanted, text))
        told = f"similarity {near:.3f}, below {self.threshold:g}: expected {quoted(wanted)}, found {quoted(text)}"
        return (Score(self.name, near, near >= self.threshold, "" if near >= self.threshold else bounded(told)),)

    def check(self, case: Case) -> None:
        """Refuse a case that gives nothing to compare with."""
        if not self.value:
            expected_text(self.name, case)

    def _texts(self, output: Output, case: Case) -> tuple[str, str]:
        return (self.value or expected_text(self.name, case)).strip(), output.text.strip()

    def _question(self, wanted: str, text: str) -> Question:
        return Question(self.judge, (Message("user", sendable(wanted)), Message("user", sendable(text))))

    def _near(self, output: Output, question: Question) -> float:
        [opinion] = output.opinions.get(question.digest(), ()) or [None]
        if opinion is None or opinion.error:
            raise Unjudged(f"{self.name}: {opinion.error if opinion else 'the model was not asked'}")
        try:
            near = float(opinion.text)
        except ValueError:
            near = math.nan
        if math.isnan(near):
            raise Unjudged(bounded(f"{self.name}: no number in {opinion.text[:60]!r}"))
        return min(1.0, max(0.0, near))


def by_meaning(given: Settings) -> Meaning:
    """Make the evaluator of its settings: `provider` and `threshold` are wanted, as each model has its own scale."""
    provider = given.text("provider")
    if not provider:
        raise given.wrong("provider", "a provider that compares texts, such as `embeddings:text-embedding-3-small`,")
    threshold = given.number("threshold", default=0.0)
    if not 0 < threshold <= 1:
        raise given.wrong(
            "threshold", "a number above 0, up to 1; each model has its own scale, so that none is usual,"
        )
    identity = digest_of([PROTOCOL, portable(provider)], IDENTITY_LENGTH)
    return Meaning(Judge(provider, identity=identity), threshold, given.text("value") or "")
