"""Calls a second that a provider accepts, learned from its refusals."""

from __future__ import annotations

import math
from collections import deque

SPAN = 10.0
"""Seconds over which accepted calls are counted."""

LONG_SPAN = 120.0
"""The same where too few were accepted to tell."""

SHORT_SPAN = 1.0
"""The same at least: the first calls of a run come all at once."""

FEW = 10
BELOW = 0.95
"""Share of what was accepted at which calls go on after a refusal."""

GROWTH = 0.01
"""Share of the last pace by which the pace grows in a second, and no more than a tenth of that with one call."""

FAST = 0.1
"""Share of the pace itself by which it grows in a second where the ceiling must be higher or is hardly known."""

UNHURT = 1.2
"""Times the last pace beyond which the ceiling must be higher."""

SLOWEST = 1 / 20
"""Calls a second; where a provider wants fewer, its pauses say so."""

CATCH_UP = 0.05
"""Seconds that a late start may be made up for."""


class Pace:
    """No pace at all until the first refusal; then a bit less than what was accepted, growing to find the ceiling.

    A refusal counts once a round: calls that began before the last one was learned from say nothing new.
    """

    def __init__(self) -> None:
        self.rate = math.inf
        self._base = math.inf
        self._learned = -math.inf
        self._rounds = 0
        self._grown = 0.0
        self._next = -math.inf
        self._began: deque[float] = deque()
        self._refused: deque[float] = deque()

    def opens(self) -> float:
        """Give the moment from which on the next call keeps the pace."""
        return self._next

    def start(self, now: float) -> None:
        """Note a call that starts."""
        self._began.append(now)
        self._forget(self._began, now)
        if self.rate < math.inf:
            self._next = max(self._next, now - CATCH_UP) + 1 / self.rate

    def accepted(self, now: float) -> None:
        """Grow, where a pace was learned."""
        if self.rate == math.inf:
            return
        unsure = self._rounds == 1 or self.rate > UNHURT * self._base
        speed = FAST * self.rate if unsure else GROWTH * self._base
        self.rate += speed * min(now - self._grown, 0.1)
        self._grown = now

    def refused(self, began: float, now: float) -> None:
        """Learn from a refusal of a call that began at `began`."""
        self._refused.append(began)
        self._forget(self._refused, now)
        if began < self._learned:
            return
        most = BELOW * min(self.rate, self._measured(now))
        self.rate = self._base = max(SLOWEST, most, 0.0 if self.rate == math.inf else self.rate / 2)
        self._learned = self._grown = now
        self._rounds += 1
        self._next = max(self._next, now)

    def _measured(self, now: float) -> float:
        """Give the calls a second that were not refused lately, at least one in the longest time looked at."""
        short = self._count(now, SPAN)
        count, span = (short, SPAN) if short >= FEW else (self._count(now, LONG_SPAN), LONG_SPAN)
        passed = now - self._began[0] if self._began else 0.0
        return max(1, count) / max(SHORT_SPAN, min(span, passed))

    def _count(self, now: float, span: float) -> int:
        since = now - span
        return sum(one >= since for one in self._began) - sum(one >= since for one in self._refused)

    @staticmethod
    def _forget(times: deque[float], now: float) -> None:
        while times and times[0] < now - LONG_SPAN:
            times.popleft()
