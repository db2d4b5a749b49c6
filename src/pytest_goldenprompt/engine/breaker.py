"""Tells an outage from a failed call: a model that answers nobody is left alone, tried with one call, and given up."""

from __future__ import annotations

import math
from collections.abc import Hashable

OPENS_AFTER = 5
"""Different calls that fail in a row, without any answer between them: one that can never succeed is no outage."""

REFUSED = 2
"""The same where all that comes back is "too many calls"."""

FIRST_PAUSE = 1.0
"""Seconds before the first try; they double."""


class Breaker:
    """Closed while calls are answered. Open: nothing is called until a moment; then one call is a probe.

    `is_down` once a probe failed and nothing was answered for `patience` seconds, or for `throttled` seconds where
    all that came back was "too many calls", which is a provider's way of being there.
    """

    def __init__(self, patience: float, throttled: float) -> None:
        self.is_down = False
        self.probing = False
        self._patience = patience
        self._throttled = throttled
        self._failing: set[Hashable] = set()
        self._refused = True
        """Whether all that failed was refused as too many."""
        self._since = 0.0
        self._until = -math.inf
        self._pause = FIRST_PAUSE

    @property
    def is_open(self) -> bool:
        """Say whether the next call is a probe."""
        return self._until > -math.inf

    def opens(self) -> float:
        """Give the moment from which on a call may be made; while a probe is under way there is none."""
        return math.inf if self.probing else self._until

    def answered(self) -> None:
        """Close: the provider is there, whatever it said."""
        self._failing.clear()
        self._refused, self.probing = True, False
        self._until, self._pause = -math.inf, FIRST_PAUSE

    def failed(self, call: Hashable, now: float, *, refused: bool, probe: bool) -> None:
        """Count a failure of a call, by its name; `refused` is one of "too many calls"."""
        if not self._failing:
            self._since = now
        self._failing.add(call)
        self._refused = self._refused and refused
        self.abandoned(probe=probe)
        if len(self._failing) < (REFUSED if self._refused else OPENS_AFTER):
            return
        if self._refused or probe:
            self.is_down |= now - self._since >= (self._throttled if self._refused else self._patience)
        if not self._refused and (probe or not self.is_open):
            self._until = now + self._pause
            self._pause *= 2

    def abandoned(self, *, probe: bool) -> None:
        """Note that a call ended, or was given up, without an answer."""
        if probe:
            self.probing = False
