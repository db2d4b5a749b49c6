"""The figures beside the tests: rates, form, tokens, counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from pytest_goldenprompt.judge.pairing import DESELECTED, Pairing
from pytest_goldenprompt.judge.reading import passes_mostly, read, usable
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import Change, Counts


def mean(values: Iterable[float]) -> float | None:
    """Give the mean, the same for every order; None of nothing."""
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else None


def both_sides(pairing: Pairing) -> tuple[list[CaseResult], list[CaseResult]]:
    """Give the stored and the current results of the compared cases; without any, all current ones."""
    compared = {pair.case_id for pair in pairing.pairs}
    if not compared:
        return [], list(pairing.results)
    then = [result for result in pairing.stored if result.case_id in compared]
    return then, [result for result in pairing.results if result.case_id in compared]


def pass_rate(results: Iterable[CaseResult]) -> float | None:
    """Give the mean over observed cases of the share of repeats that pass."""
    readings = (read(result) for result in results)
    return mean(reading.passes / reading.k for reading in readings if reading.k)


def majority_rate(results: Iterable[CaseResult]) -> float | None:
    """Give the share of observed cases that pass by majority."""
    readings = (read(result) for result in results)
    return mean(float(passes_mostly(reading)) for reading in readings if reading.k)


def _repeats(results: Sequence[CaseResult]) -> list[Repeat]:
    return [repeat for result in results for repeat in usable(result)]


def form_rate(results: Sequence[CaseResult]) -> float | None:
    """Give the share of repeats in good form, among those whose form was looked at."""
    return mean(float(repeat.format_ok) for repeat in _repeats(results) if repeat.format_ok is not None)


def mean_tokens(results: Sequence[CaseResult]) -> float | None:
    """Give the mean number of tokens of a repeat, where it was counted."""
    return mean(float(repeat.tokens) for repeat in _repeats(results) if repeat.tokens is not None)


def changes(pairing: Pairing) -> tuple[Change, Change, Change]:
    """Give pass rate, format compliance and tokens, then and now."""
    then, now = both_sides(pairing)
    rate, form, tokens = ((figure(then), figure(now)) for figure in (pass_rate, form_rate, mean_tokens))
    return Change(*rate), Change(*form), Change(*tokens)


def is_missing(result: CaseResult) -> bool:
    """Say whether a planned result is not whole for another reason than a person's choice."""
    return result.missing != DESELECTED and (bool(result.missing or result.errors) or not is_sound(result))


def is_sound(result: CaseResult) -> bool:
    """Say whether a result has an observation, and a score in 0..1 for each."""
    return bool(result.observed) and len(usable(result)) == len(result.observed)


def count(pairings: Sequence[Pairing], extra_calls: int) -> Counts:
    """Count a run, drafts included."""
    results = [(pairing.facts, result) for pairing in pairings for result in pairing.results]
    return Counts(
        planned=len(results),
        run=sum(bool(usable(result)) for _, result in results),
        errored=sum(bool(result.errors) for _, result in results),
        skipped=sum(bool(result.missing) for _, result in results),
        compared=sum(len(pairing.pairs) for pairing in pairings),
        new=sum(len(pairing.new) for pairing in pairings),
        changed=sum(len(pairing.changed) for pairing in pairings),
        removed=sum(len(pairing.removed) for pairing in pairings),
        calls=sum(len(result.repeats) for _, result in results),
        extra_calls=extra_calls,
        replayed=sum(len(result.repeats) for facts, result in results if facts.replayed),
    )
