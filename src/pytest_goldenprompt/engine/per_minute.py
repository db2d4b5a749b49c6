"""Calls and tokens within any minute, as a team or its provider allows them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable

from pytest_goldenprompt.model.limits import Allowance

MINUTE = 60.0


class Entry:
    """A call that started, with its tokens: an estimate until it is answered."""

    __slots__ = ("began", "is_old", "tokens")

    def __init__(self, began: float, tokens: float) -> None:
        self.began = began
        self.tokens = tokens
        self.is_old = False


class PerMinute:
    """Holds what started within the last minute; whatever minute is looked at, no more starts than is allowed.

    Less than one call a minute is one call in a longer time. A call with more tokens than a minute allows goes alone.
    """

    def __init__(self, allowance: Allowance) -> None:
        calls, tokens = allowance.requests_per_minute, allowance.tokens_per_minute
        self._span = MINUTE if calls is None or calls >= 1 else MINUTE / calls
        self._most = math.inf if calls is None else max(1, math.floor(calls))
        self._tokens = math.inf if tokens is None else tokens
        self._used = 0.0
        self._entries: deque[Entry] = deque()

    @property
    def counts_tokens(self) -> bool:
        """Say whether tokens matter."""
        return self._tokens < math.inf

    def opens(self, now: float, tokens: float) -> float:
        """Give the moment from which on a call with so many tokens may start."""
        self._forget(now)
        if not self._entries:
            return -math.inf
        over_calls = len(self._entries) - self._most
        by_calls = self._entries[int(over_calls)].began + self._span if over_calls >= 0 else -math.inf
        over = self._used + tokens - self._tokens
        return by_calls if over <= 0 else max(by_calls, self._free(over))

    def start(self, now: float, tokens: float) -> Entry:
        """Note a call that starts."""
        entry = Entry(now, tokens)
        self._entries.append(entry)
        self._used += tokens
        return entry

    def correct(self, entry: Entry, tokens: float) -> None:
        """Put the tokens that were counted in the place of the estimate."""
        if not entry.is_old:
            self._used += tokens - entry.tokens
            entry.tokens = tokens

    def recent(self, now: float) -> list[tuple[float, float]]:
        """Give age and tokens of each call that still counts, the oldest first."""
        self._forget(now)
        return [(now - entry.began, entry.tokens) for entry in self._entries]

    def remember(self, calls: Iterable[tuple[float, float]], now: float) -> None:
        """Count calls that another process made, given by age and tokens."""
        others = [Entry(now - age, tokens) for age, tokens in calls]
        self._entries = deque(sorted([*self._entries, *others], key=lambda entry: entry.began))
        self._used += sum(entry.tokens for entry in others)

    def _free(self, tokens: float) -> float:
        """Give the moment at which so many tokens are a minute old; that of the last call where all are too few."""
        for entry in self._entries:
            tokens -= entry.tokens
            if tokens <= 0:
                break
        return entry.began + self._span

    def _forget(self, now: float) -> None:
        while self._entries and now >= self._entries[0].began + self._span:
            old = self._entries.popleft()
            self._used -= old.tokens
            old.is_old = True
        if not self._entries:
            self._used = 0.0
