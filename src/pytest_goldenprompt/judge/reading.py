"""What one side of a comparison says about a case, reduced to the figures that the tests read."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from pytest_goldenprompt.model.result import CaseResult, Repeat

GRID = 0.005
"""Step on which graded scores are read; a score within half a step of 0 or 1 is that value."""

FULL = 1 - GRID / 2


class Reading(NamedTuple):
    """Observed repeats of one case: how many (`k`), passes, passes with a full score, mean score and its variance.

    `variance` is that of one repeat's score: the sample's with two repeats or more, else the greatest that a score of
    this mean can have (Bhatia and Davis 2000).
    """

    k: int
    passes: int
    full: int
    mean: float
    variance: float


def usable(result: CaseResult) -> tuple[Repeat, ...]:
    """Give the repeats that count: observed, with a score in 0..1 (NaN or 1.3 say nothing)."""
    return tuple(repeat for repeat in result.observed if 0.0 <= repeat.score <= 1.0)


def read(result: CaseResult) -> Reading:
    """Reduce a case's usable repeats to their figures; without one, k is 0."""
    repeats = usable(result)
    scores = tuple(sorted(repeat.score for repeat in repeats))
    passes = sum(repeat.passed for repeat in repeats)
    full = sum(repeat.passed and repeat.score >= FULL for repeat in repeats)
    return Reading(len(repeats), passes, full, *_moments(scores))


@lru_cache(maxsize=4096)
def _moments(scores: tuple[float, ...]) -> tuple[float, float]:
    if not scores:
        return 0.0, 0.0
    mean = math.fsum(scores) / len(scores)
    if len(scores) == 1:
        return mean, mean * (1.0 - mean)
    return mean, math.fsum((score - mean) ** 2 for score in scores) / (len(scores) - 1)


def is_graded(result: CaseResult) -> bool:
    """Say whether a case's scores tell more than passed or failed, or something else."""
    return any(repeat.score < FULL if repeat.passed else repeat.score > GRID / 2 for repeat in usable(result))


def differs(result: CaseResult) -> bool:
    """Say whether a case's repeats gave different outputs, so that they are no copies of one answer."""
    return len({repeat.output for repeat in usable(result)} - {None}) > 1


def varies(result: CaseResult) -> bool:
    """Say whether a case's repeats differ, in result or in output."""
    return differs(result) or len({repeat.passed for repeat in usable(result)}) > 1


def passes_mostly(reading: Reading) -> bool:
    """Say whether more than half of the repeats pass."""
    return 2 * reading.passes > reading.k
