"""What one process of a run knows of the models it calls, and what it may spend; it outlives an engine."""

from __future__ import annotations

from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.lane import Lane
from pytest_goldenprompt.engine.per_minute import PerMinute
from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.model.limits import Asked, Caps, Terms


class Traffic:
    """One lane a model. Lanes under the same entry of `[limits]` share what it allows.

    `deadline` is the moment, of the monotonic clock, from which on nothing is called or waited for.
    """

    def __init__(self, terms: Terms | None = None, purse: Purse | None = None, deadline: float | None = None) -> None:
        self.purse = purse or Purse(Terms(), Caps())
        self.deadline = deadline
        self._terms = terms or Terms()
        self._allowances: dict[str, PerMinute] = {}
        self._lanes: dict[str, Lane] = {}

    def lane(self, asked: Asked, limits: Limits) -> Lane:
        """Give the lane of a model; a second engine finds what the first has learned."""
        if asked.name not in self._lanes:
            self._lanes[asked.name] = Lane(asked, limits, self._allowance(asked))
        return self._lanes[asked.name]

    def _allowance(self, asked: Asked) -> PerMinute | None:
        key = self._terms.limit_of(asked)
        if key is None:
            return None
        return self._allowances.setdefault(key, PerMinute(self._terms.limits[key]))
