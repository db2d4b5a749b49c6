"""The figures beside the tests: rates, form, tokens, counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pytest_goldenprompt.judge.pairing import DESELECTED, Pairing
from pytest_goldenprompt.judge.reading import Seen, passes_mostly, usable
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import Change, Counts


def mean(values: Iterable[float]) -> float | None:
    """Give the mean, the same for every order; None of nothing."""
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else None


def pass_rate(results: Iterable[Seen]) -> float | None:
    """Give the mean over observed cases of the share of repeats that pass."""
    return mean([reading.passes / reading.k for _, reading in results if reading.k])


def majority_rate(results: Iterable[Seen]) -> float | None:
    """Give the share of observed cases that pass by majority."""
    return mean([float(passes_mostly(reading)) for _, reading in results if reading.k])


def form_rate(repeats: Iterable[Repeat]) -> float | None:
    """Give the share of repeats in good form, among those whose form was looked at."""
    return mean([float(repeat.format_ok) for repeat in repeats if repeat.format_ok is not None])


def is_right(repeat: Repeat) -> bool:
    """Say whether what was said passes, whatever its form."""
    return repeat.passed or repeat.form_alone


def content_rate(results: Iterable[Seen]) -> float | None:
    """Give the mean over observed cases of the share of repeats that are right, whatever their form."""
    return mean([sum(map(is_right, _usable(one))) / one.reading.k for one in results if one.reading.k])


def mean_tokens(repeats: Iterable[Repeat]) -> float | None:
    """Give the mean number of tokens of a repeat, where it was counted."""
    return mean([float(repeat.tokens) for repeat in repeats if repeat.tokens is not None])


class Figures(NamedTuple):
    """Pass rate, format compliance, rate of right answers whatever their form, and tokens, then and now.

    The rate of right answers is measured where the form is.
    """

    rate: Change
    form: Change
    content: Change
    tokens: Change


def changes(pairing: Pairing) -> Figures:
    """Give the figures of the compared cases; without any, all now."""
    compared = {pair.case_id for pair in pairing.pairs}
    then = _figures([one for one in pairing.stored if one.result.case_id in compared])
    now = _figures([one for one in pairing.results if not compared or one.result.case_id in compared])
    return Figures(*map(Change, then, now))


def _figures(results: Sequence[Seen]) -> tuple[float | None, ...]:
    repeats = [repeat for one in results for repeat in _usable(one)]
    form = form_rate(repeats)
    content = None if form is None else content_rate(results)
    return pass_rate(results), form, content, mean_tokens(repeats)


def _usable(seen: Seen) -> tuple[Repeat, ...]:
    """Give the usable repeats; where there are as many as there are repeats, nobody has to look at each again."""
    return seen.result.repeats if seen.reading.k == len(seen.result.repeats) else usable(seen.result)


def is_missing(result: CaseResult) -> bool:
    """Say whether a planned result is not whole for another reason than a person's choice."""
    return result.missing != DESELECTED and (bool(result.missing or result.errors) or not is_sound(result))


def is_sound(result: CaseResult) -> bool:
    """Say whether a result has an observation, and a score in 0..1 for each."""
    return bool(result.observed) and len(usable(result)) == len(result.observed)


def count(pairings: Sequence[Pairing], extra_calls: int) -> Counts:
    """Count a run, drafts included."""
    gaps = [result for pairing in pairings for result in pairing.gaps]
    return Counts(
        planned=sum(len(pairing.results) for pairing in pairings),
        run=sum(reading.k > 0 for pairing in pairings for _, reading in pairing.results),
        errored=sum(bool(result.errors) for result in gaps),
        skipped=sum(bool(result.missing) for result in gaps),
        compared=sum(len(pairing.pairs) for pairing in pairings),
        new=sum(len(pairing.new) for pairing in pairings),
        changed=sum(len(pairing.changed) for pairing in pairings),
        removed=sum(len(pairing.removed) for pairing in pairings),
        calls=sum(_calls(pairing) for pairing in pairings),
        extra_calls=extra_calls,
        replayed=sum(_calls(pairing) if pairing.facts.replayed else _carried(pairing) for pairing in pairings),
    )


def _calls(pairing: Pairing) -> int:
    return sum([len(result.repeats) for result, _ in pairing.results])


def _carried(pairing: Pairing) -> int:
    return sum([len(result.repeats) for result, _ in pairing.results if result.carried])
