"""What an answer passes through before it is judged: a closed list, each with a version."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.fences import fenced
from pytest_goldenprompt.evaluators.labels import read_labels
from pytest_goldenprompt.evaluators.limited import TookTooLong, checked_pattern, search
from pytest_goldenprompt.evaluators.reading import read_output
from pytest_goldenprompt.evaluators.scores import quoted
from pytest_goldenprompt.evaluators.settings import Settings, read_settings
from pytest_goldenprompt.model.dataset import TransformSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.suggest import did_you_mean

MOST_MARKS = 30
"""Marks on one letter, beyond which a text is no writing; putting them in order takes the square of their number."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    }
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a transform left of a text; `problem` says how the text was not of the form asked for, empty where it was.

    None where the transform does not speak of form.
    """

    text: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Transform:
    """One step. Where it finds nothing to take, the text stays as it is. With `strict` a broken form counts."""

    name: str
    version: str
    take: Callable[[str], Taken]
    strict: bool = False


def build_transform(spec: TransformSpec) -> Transform:
    """Build a transform as written; an unknown name or setting is an InputError with its line."""
    try:
        return _build(spec)
    except InputError as error:
        raise error.at("", spec.line) if spec.line else error from None


def _build(spec: TransformSpec) -> Transform:
    if spec.name in TEXT:
        read_settings(spec.name, spec.settings, ())
        change = TEXT[spec.name]
        return Transform(spec.name, "1", lambda text: Taken(change(text)))
    if spec.name not in FORM:
        known = (*TEXT, *FORM)
        raise InputError(
            f"no such transform, found {spec.name!r}{did_you_mean(spec.name, known)}; known are {', '.join(known)}"
        )
    accepted, short, reader = FORM[spec.name]
    given = read_settings(spec.name, spec.settings, (*accepted, "strict"), short)
    return Transform(spec.name, "1", reader(given), given.flag("strict", default=False))


def normalise(text: str) -> str:
    """Write a text one way: one blank for any white space, straight quotes, short dashes, no odd forms of letters."""
    plain = text if text.isascii() or not _is_writing(text) else unicodedata.normalize("NFKC", text)
    return " ".join(plain.translate(_PLAIN).split())


def _is_writing(text: str) -> bool:
    runs = (sum(1 for _ in run) for marked, run in groupby(map(unicodedata.combining, text), bool) if marked)
    return max(runs, default=0) <= MOST_MARKS


def _strip_fence(given: Settings) -> Callable[[str], Taken]:  # noqa: ARG001 - the table's signature
    def take(text: str) -> Taken:
        inside = next(fenced(text), None)
        return Taken(text, "") if inside is None else Taken(inside, f"in a Markdown fence, found {quoted(text)}")

    return take


def _extract_json(given: Settings) -> Callable[[str], Taken]:  # noqa: ARG001 - the table's signature
    def take(text: str) -> Taken:
        reading = read_output(Output(text), "any")
        forgiven = reading.found and reading.problem
        return Taken(json.dumps(reading.value, ensure_ascii=False) if forgiven else text, reading.problem)

    return take


def _extract_label(given: Settings) -> Callable[[str], Taken]:
    labels = read_labels(given, "word")

    def take(text: str) -> Taken:
        if (whole := labels.whole(text)) is not None:
            return Taken(whole, "")
        try:
            label = labels.find(text)
        except TookTooLong as slow:
            return Taken(text, str(slow))
        return Taken(text if label is None else label, f"not a label as a whole: {quoted(text)}")

    return take


def _extract_pattern(given: Settings) -> Callable[[str], Taken]:
    pattern = checked_pattern(given.evaluator, given.text("pattern") or "")
    if not pattern:
        raise given.wrong("pattern", "a regular expression")
    ignore_case = given.flag("ignore_case", default=False)

    def take(text: str) -> Taken:
        try:
            found = search(pattern, text, ignore_case=ignore_case)
        except TookTooLong as slow:
            return Taken(text, str(slow))
        taken = None if found is None else found[1 if len(found) > 1 else 0]
        if found is None or taken is None:
            return Taken(text, f"does not match {quoted(pattern)}, found {quoted(text)}")
        whole = found[0] is not None and found[0].strip() == text.strip()
        problem = "" if whole else f"more than {quoted(pattern)} matches, found {quoted(text)}"
        return Taken(taken, problem)

    return take


TEXT: dict[str, Callable[[str], str]] = {"strip": str.strip, "lower": str.lower, "normalise": normalise}
"""Transforms that make texts comparable; what they change is no matter of form."""

FORM: dict[str, tuple[tuple[str, ...], str, Callable[[Settings], Callable[[str], Taken]]]] = {
    "strip-fence": ((), "", _strip_fence),
    "extract-json": ((), "", _extract_json),
    "extract-label": (("labels", "extract", "pattern"), "labels", _extract_label),
    "extract-pattern": (("pattern", "ignore_case"), "pattern", _extract_pattern),
}
"""Transforms that take something out of what stands around it: their settings, the short one, and how they are made."""
