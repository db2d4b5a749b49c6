"""How alike texts are by the words they share, and which of them stand for many."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LOOKED_AT = 4_000
"""Characters at the beginning of a text that are looked at."""

KEPT = 50
"""The heaviest words of a text, which are compared; the others tell little and cost much."""

COMMON, MOST_HOLDERS = 0.25, 400
"""Share of the texts, and number of them, over which a word tells next to nothing."""

NEIGHBOURS = 255
"""The nearest texts that are kept of each."""

LEAST_LIKE = 0.1
"""Texts that are less alike than this are strangers: they share words that are everywhere."""

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


class Near(NamedTuple):
    """Another text, by its place in the list, and how alike it is, 0..1."""

    place: int
    like: float


class Chosen(NamedTuple):
    """A text that stands for others: its place, and how many are nearer to it than to any that was there before."""

    place: int
    stands_for: int


def words_of(text: str) -> Counter[str]:
    """Count the words of a text; scripts without spaces give pairs of letters instead."""
    found: Counter[str] = Counter()
    for word in _WORD.findall(text[:LOOKED_AT].casefold()):
        if _UNSPACED.search(word):
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found[word] += 1
    return found


def weighed(texts: Sequence[str]) -> tuple[dict[str, float], ...]:
    """Weigh the words of each text, the rare ones heavier: tf-idf of length 1 (Salton and Buckley 1988).

    Words that are common to many texts are left out; a text of nothing else weighs nothing.
    """
    counted = [words_of(text) for text in texts]
    spread = Counter(word for words in counted for word in words)
    most = max(1, min(MOST_HOLDERS, math.floor(COMMON * len(texts))))
    rare = {word: 1 + math.log(len(texts) / number) for word, number in spread.items() if number <= most}
    return tuple(
        _of_length_one({word: (1 + math.log(n)) * rare[word] for word, n in one.items() if word in rare})
        for one in counted
    )


def neighbours(texts: Sequence[Mapping[str, float]]) -> tuple[tuple[Near, ...], ...]:
    """Give the nearest other texts of each, the nearest first, by the cosine of their weights."""
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, words in enumerate(texts):
        for word, weight in words.items():
            holders[word].append((place, weight))
    return tuple(_nearest(place, words, holders) for place, words in enumerate(texts))


def stand_ins(near: Sequence[Sequence[Near]], there: Mapping[int, float], number: int) -> tuple[Chosen, ...]:
    """Choose the texts that would bring the most others a near one, one after the other.

    `there` are the texts that may be chosen, with how alike the nearest that is there already is, 0..1. Each next one
    adds the most likeness to all of them together: a greedy choice is never worse than 63 % of the best one (Nemhauser,
    Wolsey and Fisher 1978). Ends early where next to nothing is added.
    """
    best = dict(there)
    chosen: list[Chosen] = []
    while len(chosen) < number:
        gains = {place: _gain(place, near[place], best) for place in there}
        place = min(gains, key=lambda one: (-gains[one], one), default=None)
        if place is None or gains[place] < LEAST_LIKE:
            break
        nearer = [one for one in (Near(place, 1.0), *near[place]) if one.like > best.get(one.place, 1.0)]
        best.update({one.place: one.like for one in nearer})
        chosen.append(Chosen(place, len(nearer)))
    return tuple(chosen)


def _gain(place: int, near: Sequence[Near], best: Mapping[int, float]) -> float:
    return math.fsum(max(0.0, one.like - best.get(one.place, 1.0)) for one in (Near(place, 1.0), *near))


def _of_length_one(words: Mapping[str, float]) -> dict[str, float]:
    kept = heapq.nsmallest(KEPT, words.items(), key=lambda item: (-item[1], item[0]))
    length = math.sqrt(math.fsum(weight * weight for _, weight in kept))
    return {word: weight / length for word, weight in kept}


def _nearest(
    place: int, words: Mapping[str, float], holders: Mapping[str, Sequence[tuple[int, float]]]
) -> tuple[Near, ...]:
    alike: dict[int, float] = defaultdict(float)
    for word, weight in words.items():
        for other, theirs in holders[word]:
            alike[other] += weight * theirs
    alike.pop(place, None)
    near = (Near(other, min(1.0, like)) for other, like in alike.items() if like >= LEAST_LIKE)
    return tuple(heapq.nsmallest(NEIGHBOURS, near, key=lambda one: (-one.like, one.place)))
