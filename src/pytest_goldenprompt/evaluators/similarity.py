"""The answer is near enough to a text, letter by letter or word by word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.meaning import Meaning, by_meaning
from pytest_goldenprompt.evaluators.scores import bounded, expected_text, quoted
from pytest_goldenprompt.evaluators.settings import Settings, read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

LONGEST = 100_000
"""Characters of two texts together that are compared."""

WAYS = {"characters": "ratio", "part": "partial_ratio", "words": "token_sort_ratio", "word-set": "token_set_ratio"}
"""What is compared, and rapidfuzz's name for it."""


MEANING = "meaning"


@dataclass(slots=True)
class Similarity:
    """Compares letters, not meaning: a denial differs from what it denies in one word."""

    compare: Callable[[str, str], float]
    value: str = ""
    threshold: float = 0.8
    edits: int | None = None
    name: str = field(default="similarity", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score the similarity, 0..1, to the value, by default the case's `expected`.

        It passes from `threshold` on, or where no more than `edits` letters are added, taken out or replaced.
        """
        wanted = (self.value or expected_text(self.name, case)).strip()
        text = output.text.strip()
        if len(wanted) + len(text) > LONGEST:
            told = f"{len(text)} characters, too long to compare with {quoted(wanted)}"
            return (Score(self.name, 0.0, passed=False, reason=bounded(told)),)
        near = min(1.0, max(0.0, self.compare(wanted, text) / 100.0))
        passed, told = self._bound(near, max(len(wanted), len(text)))
        told = f"{told}: expected {quoted(wanted)}, found {quoted(text)}"
        return (Score(self.name, near, passed, "" if passed else bounded(told)),)

    def check(self, case: Case) -> None:
        """Refuse a case that gives nothing to compare with."""
        if not self.value:
            expected_text(self.name, case)

    def _bound(self, near: float, longest: int) -> tuple[bool, str]:
        """Say whether texts of this similarity pass, and what is told where they do not."""
        if self.edits is None:
            return near >= self.threshold, f"similarity {near:.3f}, below {self.threshold:g}"
        edits = round((1.0 - near) * longest)
        return edits <= self.edits, f"{edits} edits, expected at most {self.edits}"


def build(settings: JSON) -> Similarity | Meaning:
    """Accept `value`, and `threshold` (default .8, also bare) with `by`, or `edits`. Needs rapidfuzz.

    With `by: meaning`, `threshold` and `provider` are wanted, and a model is asked.
    """
    given = read_settings("similarity", settings, ("value", "threshold", "by", "provider", "edits"), short="threshold")
    way = given.one_of("by", (*WAYS, MEANING), "characters")
    if "provider" in given and way != MEANING:
        raise InputError(f"`provider` of `similarity` goes with `by: {MEANING}`, found it with `by: {way}`")
    if "edits" in given:
        return _bounded_by_edits(given)
    if way == MEANING:
        return by_meaning(given)
    threshold = given.number("threshold", default=0.8)
    if not 0 < threshold <= 1:
        raise given.wrong("threshold", "a number above 0, up to 1")
    return Similarity(_comparison(way), given.text("value") or "", threshold)


def _bounded_by_edits(given: Settings) -> Similarity:
    edits = given.number("edits")
    if edits != int(edits) or "threshold" in given or "by" in given:
        raise given.wrong("edits", "a whole number from 0 on, without `threshold` and `by`")
    return Similarity(_comparison(""), given.text("value") or "", edits=int(edits))


def _comparison(way: str) -> Callable[[str, str], float]:
    try:
        from rapidfuzz import distance, fuzz  # noqa: PLC0415 - an extra
    except ImportError:
        raise InputError(
            "`similarity` needs a package that is not installed", remedy='pip install "pytest-goldenprompt[similarity]"'
        ) from None
    if not way:
        return lambda wanted, text: 100.0 * distance.Levenshtein.normalized_similarity(wanted, text)
    compare: Callable[[str, str], float] = getattr(fuzz, WAYS[way])
    return compare
