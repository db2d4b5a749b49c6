"""Tells an outage from a failed call: a model that answers nobody is left alone, tried with one call, and given up."""

from __future__ import annotations

import math

OPENS_AFTER = 8
"""Failures in a row, without any answer between them."""

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
        self._failures = 0
        self._refusals = 0
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
        self._failures = self._refusals = 0
        self.probing = False
        self._until, self._pause = -math.inf, FIRST_PAUSE

    def failed(self, now: float, *, refused: bool, probe: bool) -> None:
        """Count a failure; `refused` is one of "too many calls"."""
        if not self._failures:
            self._since = now
        self._failures += 1
        self._refusals += refused
        if probe:
            self.probing = False
        if self._failures < OPENS_AFTER:
            return
        only = self._refusals == self._failures
        if only or probe:
            self.is_down |= now - self._since >= (self._throttled if only else self._patience)
        if not only and (probe or not self.is_open):
            self._until = now + self._pause
            self._pause *= 2

    def abandoned(self, *, probe: bool) -> None:
        """Note that a call was given up before it told anything."""
        if probe:
            self.probing = False
