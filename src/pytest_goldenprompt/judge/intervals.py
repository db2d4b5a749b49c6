"""How far a share that was counted may be from the true one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

CONFIDENCE = 0.95
HALVINGS = 60
"""Steps of bisection over 0..1: more than a double can tell apart."""


class Interval(NamedTuple):
    """A confidence interval of a share, 0..1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something happened in a number of tries."""

    hits: int
    tries: int

    @property
    def share(self) -> float:
        """Give the share, 0..1; 0 without a try."""
        return self.hits / self.tries if self.tries else 0.0

    @property
    def interval(self) -> Interval:
        """Give the share's exact 95 % interval."""
        return clopper_pearson(self.hits, self.tries)


def clopper_pearson(successes: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """Give the exact two-sided interval of a share (Clopper and Pearson 1934); 0 to 1 without any trial."""
    tail = (1.0 - confidence) / 2.0
    return Interval(_lower(successes, trials, tail), 1.0 - _lower(trials - successes, trials, tail))


def _lower(successes: int, trials: int, tail: float) -> float:
    """Give the rate at which as many successes or more have the probability `tail`; 0 without a success."""
    if not successes:
        return 0.0
    above = 2 * successes > trials
    counts = range(successes, trials + 1) if above else range(successes)
    ways = [(i, _log_ways(trials, i)) for i in counts]
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        share = _probability(ways, trials, middle)
        if (share if above else 1.0 - share) < tail:
            low = middle
        else:
            high = middle
    return low


def _log_ways(trials: int, successes: int) -> float:
    return math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)


def _probability(ways: Iterable[tuple[int, float]], trials: int, rate: float) -> float:
    """Give the probability of some numbers of successes, for a rate inside 0..1."""
    passed, failed = math.log(rate), math.log1p(-rate)
    return math.fsum(math.exp(known + i * passed + (trials - i) * failed) for i, known in ways)
