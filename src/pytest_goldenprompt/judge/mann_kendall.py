"""Whether a few figures in the order of time rise or fall by more than luck explains.

The test of Mann (1945, Econometrica 13:245) and Kendall (Rank Correlation Methods, 1975): S counts the pairs in which
the later figure is greater, less those in which it is smaller. If all orders are alike likely, the number of inversions
of figures of which some are equal is distributed as the coefficients of a Gaussian multinomial (MacMahon 1913, American
Journal of Mathematics 35:281), so that p-values are exact with ties too. Above LONGEST figures the normal approximation
with the variance for ties and a correction for continuity is used. The slope is that of Theil (1950) and Sen (1968):
the median over all pairs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from statistics import NormalDist, median

LONGEST = 40
"""Figures up to which the distribution is counted out."""


@dataclass(frozen=True, slots=True)
class Kendall:
    """The one-sided p-values of a rise and of a fall, and the least that so many figures with such ties could have."""

    s: int
    rise: float
    fall: float
    least: float


def mann_kendall(values: Sequence[float]) -> Kendall:
    """Test figures in the order of time; fewer than two, or all of them equal, show nothing."""
    s = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    ties = tuple(sorted(Counter(values).values()))
    if len(values) > LONGEST:
        return _approximate(s, len(values), ties)
    ways = _ways(ties)
    total, pairs = sum(ways), len(ways) - 1
    inversions = (pairs - s) // 2
    return Kendall(
        s,
        rise=sum(ways[: inversions + 1]) / total,
        fall=sum(ways[inversions:]) / total,
        least=1 / total,
    )


def slope(values: Sequence[float]) -> float:
    """Give the median change from one figure to the next; 0 for fewer than two."""
    pairs = combinations(enumerate(values), 2)
    return median([(later - earlier) / (j - i) for (i, earlier), (j, later) in pairs] or [0.0])


@lru_cache(maxsize=1024)
def _ways(ties: tuple[int, ...]) -> tuple[int, ...]:
    """Count the orders of figures by inversions; `ties` are the sizes of the groups of equal figures."""
    ways, placed = [1], 0
    for size in ties:
        for step in range(1, size + 1):
            ways = _divided(_multiplied(ways, placed + step), step)
        placed += size
    return tuple(ways)


def _multiplied(ways: list[int], power: int) -> list[int]:
    """Multiply a polynomial in q by 1 - q^power."""
    longer = [*ways, *[0] * power]
    for index, value in enumerate(ways):
        longer[index + power] -= value
    return longer


def _divided(ways: list[int], power: int) -> list[int]:
    """Divide a polynomial in q by 1 - q^power, which divides it."""
    found = ways[: len(ways) - power]
    for index in range(power, len(found)):
        found[index] += found[index - power]
    return found


def _approximate(s: int, n: int, ties: tuple[int, ...]) -> Kendall:
    spread = n * (n - 1) * (2 * n + 5) - sum(size * (size - 1) * (2 * size + 5) for size in ties)
    if not spread:
        return Kendall(s, 1.0, 1.0, 1.0)
    deviation = math.sqrt(spread / 18)
    normal = NormalDist()
    return Kendall(s, normal.cdf((1 - s) / deviation), normal.cdf((s + 1) / deviation), 0.0)
