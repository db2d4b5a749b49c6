"""Evaluators that measure, as promptfoo's assertions: lengths, distances, times, tools, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.values import JSON

Assertion = dict[str, JSON]
TRIM = "strip"
"""The transform that takes white space off."""


def refuse_others(settings: Mapping[str, JSON], *known: str) -> None:
    """Refuse settings that the assertion has no place for, unless they are what is meant anyway."""
    for key, value in settings.items():
        if key not in known and value is not False:
            raise UncarriedError(f"promptfoo has no setting {key}")


def text_of(settings: Mapping[str, JSON], case: Case, key: str = "value") -> str:
    """Give the text that an evaluator compares with; data is an UncarriedError."""
    value = settings.get(key, case.expected)
    if not isinstance(value, str):
        raise UncarriedError("its value is no text")
    return value


def length(settings: Mapping[str, JSON], case: Case) -> Assertion:  # noqa: ARG001 - the table's signature
    """Carry bounds of words; those of letters and tokens have no counterpart."""
    refuse_others(settings, "min_words", "max_words")
    names = {"min_words": "min", "max_words": "max"}
    low, high = settings.get("min_words"), settings.get("max_words")
    value: JSON = low if low == high else {names[key]: bound for key, bound in settings.items()}
    return {"type": "word-count", "value": value}


def similarity(settings: Mapping[str, JSON], case: Case) -> Assertion:
    """Carry a bound of edits."""
    if "edits" not in settings:
        raise UncarriedError("promptfoo has no similarity of letters but a number of edits")
    value = text_of(settings, case).strip()
    return {"type": "levenshtein", "value": value, "threshold": settings["edits"], "transform": [TRIM]}


def metric(kind: str, only: str) -> Callable[[Mapping[str, JSON], Case], Assertion]:
    """Give what carries a measure that is counted there for one kind only."""

    def assertion(settings: Mapping[str, JSON], case: Case) -> Assertion:
        refuse_others(settings, "value", "any", "threshold", "kind")
        if settings.get("kind", "bleu" if only == "bleu" else "rougeL") != only:
            raise UncarriedError(f"promptfoo counts {only} alone")
        value = settings.get("any", settings.get("value", case.expected))
        if kind == "rouge-n" and not isinstance(value, str):
            raise UncarriedError("promptfoo compares with one text")
        return {"type": kind, "value": value, "threshold": settings.get("threshold", 0.5)}

    return assertion


def refusal(settings: Mapping[str, JSON], case: Case) -> Assertion:
    """Carry whether an answer refuses."""
    refuse_others(settings, "refused")
    return {"type": "is-refusal" if settings.get("refused", case.expected) is True else "not-is-refusal"}


def tools(settings: Mapping[str, JSON], case: Case) -> Assertion:
    """Carry tools that are asked for by name, in any order."""
    refuse_others(settings, "calls", "order")
    calls = settings.get("calls", case.expected)
    names = isinstance(calls, list | tuple) and bool(calls) and all(isinstance(call, str) for call in calls)
    if settings.get("order") is not False or not names:
        raise UncarriedError("promptfoo compares the names of tools, in any order")
    return {"type": "tool-call-f1", "value": calls, "threshold": 1}


def seconds(settings: Mapping[str, JSON], case: Case) -> Assertion:  # noqa: ARG001 - the table's signature
    """Carry a time, in milliseconds there."""
    most = settings.get("max")
    milliseconds = most * 1000 if isinstance(most, int | float) else 0
    return {"type": "latency", "threshold": round(milliseconds, 6)}
