"""Parts of production that a golden dataset lacks by more than luck explains.

All that is looked at, golden cases and production inputs, is one pool, and a part of it (the inputs with a tag, in a
language, of a length, or alike) is a set of places in it. If the golden cases were drawn from production by luck, any
of the pool could be golden; so the pool is dealt again many times, and only what no more than a few deals lack as badly
anywhere is a gap.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

SHARE = 0.02
"""Share of production from which on a part needs cases, 0..1."""

FEWEST = 3
"""Golden cases that such a part needs."""

DEALS = 999
DOUBT = 0.05
NEGLIGIBLE = 1e-12

_ROUND = [figure * 10**zeros for zeros in range(4) for figure in range(10, 100)]
"""Production inputs of which it is worth saying that so many would tell."""


class Cover(StrEnum):
    """Whether a part of production has golden cases.

    gap: it is over the share, has too few cases, and neither is luck. unclear: it looks so, and may be luck. covered:
    neither.
    """

    GAP = "gap"
    UNCLEAR = "unclear"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Pool:
    """What is looked at: so many golden cases and so many production inputs."""

    golden: int
    production: int

    @property
    def size(self) -> int:
        """Count both."""
        return self.golden + self.production


@dataclass(frozen=True, slots=True)
class Lack:
    """What is known of a part: its inputs in production and its golden cases; `p` after the correction for all parts.

    `needs`: production inputs that would tell, were its share to stay; None where none would, or nothing is open.
    """

    asked: int
    golden: int
    state: Cover
    p: float
    needs: int | None = None


def deals(pool: Pool, number: int, seed: str) -> Iterator[int]:
    """Deal the golden cases anew among all places: a number for each deal, whose bits are their places."""
    draw = random.Random(seed)  # noqa: S311 - a deal has to be repeatable, not secret
    for _ in range(number):
        bits = bytearray((pool.size + 7) // 8)
        for place in draw.sample(range(pool.size), pool.golden):
            bits[place >> 3] |= 1 << (place & 7)
        yield int.from_bytes(bits, "little")


def lacks(parts: Sequence[int], golden: int, pool: Pool, dealt: Sequence[int], alpha: float) -> tuple[Lack, ...]:
    """Judge each part, a number whose bits are its places; `golden` is such a number of the golden cases.

    The smallest p of all parts in each deal is what each part's own p is compared with, so that the share of unchanged
    datasets with any gap stays under `alpha`, however the parts overlap (Westfall and Young 1993, one step); the first
    deal is what was observed (Phipson and Smyth 2010).
    """
    sizes = {part: part.bit_count() for part in parts}
    chances = {size: _chances(size, pool) for size in set(sizes.values())}
    telling = [(part, chances[size]) for part, size in sizes.items() if min(chances[size]) < 1.0]
    least = sorted(_least(telling, deal) for deal in dealt)
    wide = sum(size > SHARE * pool.size for size in sizes.values())
    level = alpha, alpha / max(1, wide)
    return tuple(_lack(sizes[part], (part & golden).bit_count(), pool, least, level) for part in parts)


def _least(telling: Sequence[tuple[int, tuple[float, ...]]], golden: int) -> float:
    least = 1.0
    for part, chances in telling:
        cases = (part & golden).bit_count()
        if cases < FEWEST and chances[cases] < least:
            least = chances[cases]
    return least


def _lack(size: int, golden: int, pool: Pool, least: Sequence[float], level: tuple[float, float]) -> Lack:
    """Judge a part; `level` is that of all parts together, and of one, shared out evenly (Bonferroni)."""
    asked = size - golden
    if golden >= FEWEST or asked <= SHARE * pool.production:
        return Lack(asked, golden, Cover.COVERED, 1.0)
    chance = _chances(size, pool)[golden]
    p = (1 + bisect_right(least, chance)) / (1 + len(least))
    if p <= level[0] and chance < 1.0:
        return Lack(asked, golden, Cover.GAP, p)
    return Lack(asked, golden, Cover.UNCLEAR, p, _needed(asked, golden, pool, level[1]))


@lru_cache(maxsize=4096)
def _chances(size: int, pool: Pool) -> tuple[float, ...]:
    """Give P(as few golden cases or fewer in a part of this size) by luck, for each number of cases that is too few.

    It is 1 where the share of production is not shown to be over the limit, which is no gap.
    """
    return tuple(few(size, g, pool) if is_over(size - g, pool.production) else 1.0 for g in range(FEWEST))


def few(size: int, golden: int, pool: Pool) -> float:
    """Give P(G <= golden) where `size` of the pool are in a part: Fisher's exact test, its lower side."""
    all_ways = log_ways(pool.size, size)
    counts = range(max(0, size - pool.production), min(golden, pool.golden) + 1)
    ways = (log_ways(pool.golden, g) + log_ways(pool.production, size - g) for g in counts)
    return min(1.0, math.fsum(math.exp(one - all_ways) for one in ways))


@lru_cache(maxsize=65536)
def is_over(asked: int, production: int) -> bool:
    """Say whether so many of all production inputs show a share over `SHARE`: the exact binomial test, 5 %."""
    if not SHARE * production < asked <= production:
        return False
    term = math.exp(log_ways(production, asked) + asked * math.log(SHARE) + (production - asked) * math.log1p(-SHARE))
    total, odds = 0.0, SHARE / (1 - SHARE)
    while asked < production and term > total * NEGLIGIBLE:
        total += term
        term *= (production - asked) / (asked + 1) * odds
        asked += 1
    return total + term <= DOUBT


def log_ways(number: int, chosen: int) -> float:
    """Give the logarithm of the number of ways to choose."""
    return math.lgamma(number + 1) - math.lgamma(chosen + 1) - math.lgamma(number - chosen + 1)


@lru_cache(maxsize=4096)
def _needed(asked: int, golden: int, pool: Pool, limit: float) -> int | None:
    """Give the production inputs, to two digits, at which a part with this share would surely be a gap."""
    sizes = [n for n in _ROUND if n > pool.production]

    def tells(production: int) -> bool:
        then = round(asked / pool.production * production)
        wider = Pool(pool.golden, production)
        return is_over(then, production) and few(then + golden, golden, wider) <= limit

    at = bisect_left(sizes, True, key=tells)
    return sizes[at] if at < len(sizes) else None
