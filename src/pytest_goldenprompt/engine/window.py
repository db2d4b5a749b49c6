"""How many calls to one model may be under way: fewer where it is too much for it, more while all goes well."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

ROUND = 8
"""Answers, at least, of which a median is taken."""

RISE = 3.0
"""Times the usual seconds of an answer from which on calls wait for one another at the provider."""

SHORTEST = 0.1
"""Seconds; what takes less says nothing about a load."""


class Window:
    """Halved at a sign of too much, once a round, and grown by one for each round of answers, up to `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = most
        self._answered = 0
        self._halved = -math.inf

    def answered(self) -> None:
        """Count an answer."""
        if self.size == self.most:
            return
        self._answered += 1
        if self._answered >= self.size:
            self.size += 1
            self._answered = 0

    def halve(self, began: float, now: float, least: int = 1) -> None:
        """Halve, though not below `least`; a call that began before the last time tells of the same overload."""
        if began >= self._halved:
            self.size = max(1, min(least, self.size), self.size // 2)
            self._answered, self._halved = 0, now


class Latency:
    """Tells when answers take far longer than usual, each prompt by its own measure.

    Each time it tells so, the usual time is taken as longer: a model that is slow whatever its load is not told of
    for ever.
    """

    def __init__(self) -> None:
        self._first: dict[str, list[float]] = {}
        self._usual: dict[str, float] = {}
        self._recent: list[float] = []

    def rises(self, prompt: str, seconds: float, size: int) -> bool:
        """Take in an answer's seconds; say whether the last round of `size` answers was far slower than usual."""
        usual = self._usual.get(prompt)
        if usual is None:
            self._learn(prompt, seconds)
            return False
        self._recent.append(seconds / usual)
        if len(self._recent) < max(ROUND, size):
            return False
        now = median(self._recent)
        self._recent.clear()
        if 1.0 <= now < RISE:
            return False
        self._usual = {name: max(SHORTEST, min(now, RISE) * one) for name, one in self._usual.items()}
        return now >= RISE

    def _learn(self, prompt: str, seconds: float) -> None:
        first: Sequence[float] = [*self._first.get(prompt, ()), seconds]
        if len(first) < ROUND:
            self._first[prompt] = list(first)
        else:
            self._usual[prompt] = max(SHORTEST, median(self._first.pop(prompt)))
