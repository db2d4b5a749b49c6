"""Subjects of production that no golden case has, found by the words of the inputs alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.judge.gaps import Cover, Lack, Pool, lacks
from pytest_goldenprompt.judge.likeness import Near

SIZES = (8, 16, 32, 64, 128, 256)
"""Sizes of the neighbourhoods that are looked at, up to a quarter of all inputs; few golden cases need wide ones."""

NAMED = 5
WORDS = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject: what its golden cases lack, the words that mark it, and the places of its inputs in production."""

    lack: Lack
    words: tuple[str, ...]
    places: tuple[int, ...]


def topic_gaps(
    texts: Sequence[Mapping[str, float]],
    near: Sequence[Sequence[Near]],
    split: tuple[int, Pool],
    dealt: Sequence[int],
    alpha: float,
) -> tuple[Topic, ...]:
    """Find the neighbourhoods of like texts that golden cases lack, the surest first, none of which is half another.

    Every text with its nearest ones is looked at, whichever side it is of, and the least likely is judged beside the
    least likely of each deal: a scan as Kulldorff's (1997). `texts` are weighed words, `split` the places of the golden
    cases and the pool.
    """
    golden, pool = split
    around = tuple(dict.fromkeys(_neighbourhoods(near, pool)))
    judged = zip(lacks(around, golden, pool, dealt, alpha), around, strict=True)
    found = sorted(((lack, part & ~golden) for lack, part in judged if lack.state is Cover.GAP), key=_surest)
    told: list[Topic] = []
    taken = 0
    for lack, part in found:
        if len(told) < NAMED and 2 * (part & taken).bit_count() < part.bit_count():
            places = tuple(place for place in range(pool.size) if part >> place & 1)
            told.append(Topic(lack, _words(texts, places), places))
            taken |= part
    return tuple(told)


def _neighbourhoods(near: Sequence[Sequence[Near]], pool: Pool) -> Iterator[int]:
    for place, others in enumerate(near):
        for size in SIZES:
            if size - 1 <= len(others) and 4 * size <= pool.size:
                yield sum(1 << other.place for other in others[: size - 1]) | 1 << place


def _surest(item: tuple[Lack, int]) -> tuple[float, int, int]:
    lack, part = item
    return lack.p, lack.golden - lack.asked, part


def _words(texts: Sequence[Mapping[str, float]], places: Sequence[int]) -> tuple[str, ...]:
    """Name the words that weigh most in these texts together."""
    found: dict[str, list[float]] = defaultdict(list)
    for place in places:
        for word, weight in texts[place].items():
            found[word].append(weight)
    heavy = sorted(found, key=lambda word: (-math.fsum(found[word]), word))
    return tuple(heavy[:WORDS])
