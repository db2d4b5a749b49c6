"""What one side of a comparison says about a case, reduced to the figures that the tests read."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

GRID = 0.005
"""Step on which graded scores are read; a score within half a step of 0 or 1 is that value."""

FULL = 1 - GRID / 2


class Reading(NamedTuple):
    """Observed repeats of one case: how many (`k`), passes, passes with a full score, mean score and its variance.

    `variance` is that of one repeat's score: the sample's with two repeats or more, else the greatest that a score of
    this mean can have (Bhatia and Davis 2000). `graded` says that the scores tell more than passed or failed, or
    something else.
    """

    k: int
    passes: int
    full: int
    mean: float
    variance: float
    graded: bool = False


def usable(result: CaseResult) -> tuple[Repeat, ...]:
    """Give the repeats that count: observed, with a score in 0..1 (NaN or 1.3 say nothing)."""
    return tuple([one for one in result.repeats if one.error is None and not one.copy and 0.0 <= one.score <= 1.0])


def read(result: CaseResult) -> Reading:
    """Reduce a case's usable repeats to their figures; without one, k is 0."""
    return _reading(tuple(sorted([(repeat.score, repeat.passed) for repeat in usable(result)])))


@lru_cache(maxsize=4096)
def _reading(seen: tuple[tuple[float, bool], ...]) -> Reading:
    """Reduce scores with what they passed: a library has few different ones, which all its cases share."""
    passes = [score for score, passed in seen if passed]
    full = sum(score >= FULL for score in passes)
    graded = full < len(passes) or any(score > GRID / 2 for score, passed in seen if not passed)
    return Reading(len(seen), len(passes), full, *_moments([score for score, _ in seen]), graded)


def _moments(scores: Sequence[float]) -> tuple[float, float]:
    if not scores:
        return 0.0, 0.0
    mean = math.fsum(scores) / len(scores)
    if len(scores) == 1:
        return mean, mean * (1.0 - mean)
    return mean, math.fsum((score - mean) ** 2 for score in scores) / (len(scores) - 1)


class Seen(NamedTuple):
    """A result of a case with its reading."""

    result: CaseResult
    reading: Reading


def see(record: RunRecord) -> dict[str, list[Seen]]:
    """Read all results of a run, by prompt id."""
    seen: defaultdict[str, list[Seen]] = defaultdict(list)
    for result in record.cases:
        seen[result.prompt_id].append(Seen(result, read(result)))
    return seen


def differs(result: CaseResult) -> bool:
    """Say whether a case's repeats gave different outputs, so that they are no copies of one answer."""
    return len(result.repeats) > 1 and len({repeat.output for repeat in usable(result)} - {None}) > 1


def varies(seen: Seen) -> bool:
    """Say whether a case's repeats differ, in result or in output."""
    return 0 < seen.reading.passes < seen.reading.k or differs(seen.result)


def passes_mostly(reading: Reading) -> bool:
    """Say whether more than half of the repeats pass."""
    return 2 * reading.passes > reading.k
