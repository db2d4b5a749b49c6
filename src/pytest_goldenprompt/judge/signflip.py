"""Exact tail of a sum whose terms' signs are luck: the test for graded scores."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from pytest_goldenprompt.judge.exact import NEGLIGIBLE
from pytest_goldenprompt.judge.reading import GRID
from pytest_goldenprompt.judge.saddlepoint import lower_tail_approximate

EXACT_TERMS = 150
"""Above this many cases the tail is that of the saddlepoint, so that cost stays linear."""


def on_grid(drop: float) -> int:
    """Read a drop of 0..1 as whole steps of the grid, halves upwards so that a greater drop never reads smaller."""
    return math.floor(drop / GRID + 0.5)


def sign_flip_tail(drops: Sequence[int]) -> float:
    """Give P(sum >= observed) when each drop (in grid steps, positive is worse) may as well have the other sign.

    With every drop of one size this is the exact test of McNemar.
    """
    sizes = sorted(Counter(abs(drop) for drop in drops if drop).items())
    step = math.gcd(*(size for size, _ in sizes))
    if not step:
        return 1.0
    observed = sum(drops) // step
    sizes = [(size // step, times) for size, times in sizes]
    return _exact(sizes, observed) if len(drops) <= EXACT_TERMS else _approximate(sizes, observed)


def _approximate(sizes: list[tuple[int, int]], observed: int) -> float:
    """Read the sum by what is missing to its greatest value: P(sum >= observed) = P(missing / 2 <= ...)."""
    greatest = sum(size * times for size, times in sizes)
    groups = [(((0, 0.5), (size, 0.5)), times) for size, times in sizes]
    return lower_tail_approximate(groups, (greatest - observed) // 2)


def _exact(sizes: list[tuple[int, int]], observed: int) -> float:
    low, weights = 0, [1.0]
    for size, times in sizes:
        for _ in range(times):
            low, weights = _flip(low, weights, size)
    start = _first(observed, low)
    return min(1.0, math.fsum(weights[start:])) if start < len(weights) else 0.0


def _flip(low: int, weights: list[float], size: int) -> tuple[int, list[float]]:
    """Add one term of either sign; position i stands for the value low + 2 i, since all sums share their parity."""
    gap = [0.0] * size
    result = [0.5 * (plus + minus) for plus, minus in zip(gap + weights, weights + gap, strict=True)]
    first, last = 0, len(result)
    while result[first] < NEGLIGIBLE:
        first += 1
    while result[last - 1] < NEGLIGIBLE:
        last -= 1
    return low - size + 2 * first, result[first:last]


def _first(observed: int, low: int) -> int:
    """Find the position of the smallest value that is at least the observed one."""
    return max(0, -((low - observed) // 2))
