"""Whether two samples are spread alike: by the sizes of their parts, and by a number of each."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from pytest_goldenprompt.judge.gaps import Pool

EXACT_UP_TO = 250_000
"""Steps of the exact test, the product of both sizes, over which the limit for large samples is near enough."""

TERMS = 100
SMALLEST = 0.2
"""Scaled distance under which the limit is 1 to twelve digits, and its series does not settle."""


class Tested(NamedTuple):
    """A statistic, and the probability of one as great by luck."""

    statistic: float
    p: float


def chi_square(parts: Sequence[int], golden: int, pool: Pool, dealt: Sequence[int]) -> Tested:
    """Compare the sizes of the parts of two samples: Pearson's statistic, its p by dealing anew (Hope 1968).

    Right for small counts too, and where one input is in several parts. A part is a number whose bits are its places.
    """
    sized = [(part, part.bit_count()) for part in parts if part]
    seen = _pearson(sized, golden, pool)
    as_great = sum(_pearson(sized, deal, pool) >= seen * (1 - 1e-9) for deal in dealt)
    return Tested(seen, (1 + as_great) / (1 + len(dealt)))


def _pearson(sized: Sequence[tuple[int, int]], golden: int, pool: Pool) -> float:
    share = pool.golden / pool.size
    unit = share * (1 - share)
    return math.fsum(((part & golden).bit_count() - size * share) ** 2 / (size * unit) for part, size in sized)


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> Tested:
    """Compare two samples of numbers by the greatest distance of their distributions, two-sided.

    The p-value is exact, with ties too, by counting the ways in which the pooled numbers can be dealt that stay within
    the distance (Hodges 1958; Schroeer and Trenkler 1995); for large samples it is Smirnov's limit (1948). Both must
    have a number.
    """
    m, n = len(one), len(other)
    ends = list(accumulate(Counter((*one, *other))[value] for value in sorted({*one, *other})))
    distance = _distance(sorted(one), sorted(other))
    if m * n <= EXACT_UP_TO:
        return Tested(distance / (m * n), _outside(m, n, distance, frozenset(ends)))
    return Tested(distance / (m * n), _limit(distance / (m * n) * math.sqrt(m * n / (m + n))))


def _distance(one: Sequence[float], other: Sequence[float]) -> int:
    """Give the greatest distance, in parts of 1 / (m * n), so that equal ones are equal."""
    m, n = len(one), len(other)
    return max(abs(bisect_right(one, value) * n - bisect_right(other, value) * m) for value in {*one, *other})


def _outside(m: int, n: int, distance: int, ends: frozenset[int]) -> float:
    """Give the share of ways from (0, 0) to (m, n) that are as far out at the end of some tie."""
    inside = [1.0] * (n + 1)
    for i in range(m + 1):
        for j in range(n + 1):
            if i + j:
                from_left = inside[j - 1] * j if j else 0.0
                from_below = inside[j] * i if i else 0.0
                inside[j] = (from_left + from_below) / (i + j)
                if i + j in ends and abs(i * n - j * m) >= distance:
                    inside[j] = 0.0
    return min(1.0, max(0.0, 1.0 - inside[n]))


def _limit(scaled: float) -> float:
    if scaled < SMALLEST:
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2.0 * (k * scaled) ** 2) for k in range(1, TERMS + 1))
    return min(1.0, max(0.0, 2.0 * math.fsum(terms)))
