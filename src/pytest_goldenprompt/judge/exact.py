"""Exact tails of sums of independent hypergeometric counts, by convolution."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

NEGLIGIBLE = 1e-30
"""Coefficients under this share of the total are dropped; a tail is exact to about this times its length."""

Stratum = tuple[int, int, int]
"""k0, k1 and t: repeats then, repeats now, passes in both together."""

Law = tuple[int, tuple[float, ...]]
"""A distribution over whole numbers: the smallest value, then the probabilities from there on."""


@lru_cache(maxsize=65536)
def hypergeometric(k0: int, k1: int, t: int) -> Law:
    """Give the law of y, the passes now, when t passes fall on k0 + k1 repeats by luck alone."""
    low, high = max(0, t - k0), min(k1, t)
    total = math.comb(k0 + k1, t)
    return low, tuple(math.comb(k1, y) * math.comb(k0, t - y) / total for y in range(low, high + 1))


def convolve(one: Law, other: Law) -> Law:
    """Give the law of the sum of two independent counts, without its negligible ends."""
    long, short = (one[1], other[1]) if len(one[1]) >= len(other[1]) else (other[1], one[1])
    result = [0.0] * (len(long) + len(short) - 1)
    for shift, weight in enumerate(short):
        end = shift + len(long)
        result[shift:end] = [have + weight * more for have, more in zip(result[shift:end], long, strict=True)]
    return trim(one[0] + other[0], result)


def trim(low: int, weights: Sequence[float]) -> Law:
    """Drop negligible weights at both ends."""
    first, last = 0, len(weights)
    while last - first > 1 and weights[first] < NEGLIGIBLE:
        first += 1
    while last - first > 1 and weights[last - 1] < NEGLIGIBLE:
        last -= 1
    return low + first, tuple(weights[first:last])


def power(law: Law, times: int) -> Law:
    """Give the law of the sum of `times` independent copies, by repeated squaring."""
    result: Law = (0, (1.0,))
    square = law
    while times:
        if times & 1:
            result = convolve(result, square)
        times >>= 1
        if times:
            square = convolve(square, square)
    return result


def sum_law(strata: Iterable[Stratum]) -> Law:
    """Give the law of the sum of all passes now, given each stratum's total; the order of strata does not matter."""
    return counted_law(Counter(strata))


def counted_law(strata: Mapping[Stratum, int]) -> Law:
    """Give the law of the same sum for strata that were counted.

    Those that always passed or never take no part in the luck; without them, many prompts are alike.
    """
    sure, groups = 0, []
    for (k0, k1, t), times in strata.items():
        if 0 < t < k0 + k1:
            groups.append(((k0, k1, t), times))
        elif t:
            sure += k1 * times
    low, weights = _summed(tuple(sorted(groups)))
    return low + sure, weights


@lru_cache(maxsize=512)
def _summed(groups: tuple[tuple[Stratum, int], ...]) -> Law:
    law: Law = (0, (1.0,))
    for stratum, times in groups:
        law = convolve(law, power(hypergeometric(*stratum), times))
    return law


def lower_tail(law: Law, observed: int) -> float:
    """Give P(S <= observed)."""
    low, weights = law
    if observed < low:
        return 0.0
    return min(1.0, math.fsum(weights[: observed - low + 1]))


def cumulated(weights: Sequence[float]) -> tuple[float, ...]:
    """Give the running sums of a law's weights, none over 1."""
    return tuple(min(1.0, total) for total in accumulate(weights))
