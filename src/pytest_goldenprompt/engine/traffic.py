"""What one process of a run knows of the models it calls, and what it may spend; it outlives an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.journal import Journal
from pytest_goldenprompt.engine.lane import Lane
from pytest_goldenprompt.engine.per_minute import PerMinute
from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.model.limits import Asked, Caps, Terms


class Traffic:
    """One lane a model. Lanes under the same entry of `[limits]` share what it allows.

    `deadline` is the moment, of the monotonic clock, from which on nothing is called or waited for; `journal` keeps
    what was answered.
    """

    def __init__(self, terms: Terms | None = None, purse: Purse | None = None, deadline: float | None = None) -> None:
        self.purse = purse or Purse(Terms(), Caps())
        self.deadline = deadline
        self.journal = Journal()
        self._terms = terms or Terms()
        self._allowances: dict[str, PerMinute] = {}
        self._lanes: dict[str, Lane] = {}
        self._paused: dict[str, float] = {}
        self._down: dict[str, str] = {}

    def lane(self, asked: Asked, limits: Limits) -> Lane:
        """Give the lane of a model; a second engine finds what the first has learned."""
        if asked.name not in self._lanes:
            lane = self._lanes[asked.name] = Lane(asked, limits, self._allowance(asked))
            lane.paused = self._paused.get(asked.name, lane.paused)
            lane.down = self._down.get(asked.name, "")
        return self._lanes[asked.name]

    def renew(self) -> None:
        """Forget calls that never came back to the engine that made them: no later one must wait for their end."""
        for lane in self._lanes.values():
            lane.renew()

    def told(self, now: float) -> dict[str, Any]:
        """Tell another process, as plain data, what holds beyond this one: the last minute's calls, pauses, outages."""
        return {
            "recent": {key: one.recent(now) for key, one in self._allowances.items()},
            "paused": {name: lane.paused - now for name, lane in self._lanes.items() if lane.paused > now},
            "down": {name: lane.down for name, lane in self._lanes.items() if lane.down},
        }

    def learn(self, told: Mapping[str, Any], now: float) -> None:
        """Take in what another process told just now."""
        for key, calls in told["recent"].items():
            if key in self._terms.limits:
                self._minute(key).remember(calls, now)
        for name, seconds in told["paused"].items():
            self._paused[name] = max(self._paused.get(name, now), now + seconds)
        self._down.update(told["down"])

    def _allowance(self, asked: Asked) -> PerMinute | None:
        key = self._terms.limit_of(asked)
        return None if key is None else self._minute(key)

    def _minute(self, key: str) -> PerMinute:
        if key not in self._allowances:
            self._allowances[key] = PerMinute(self._terms.limits[key])
        return self._allowances[key]
