"""An event loop whose clock is not that of the world: where all wait, it moves on at once to the next moment.

An hour of waiting takes no time, and every run takes the same course. What real threads do takes no time on it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

SMALLEST = 1e-9
"""Seconds; the least step, so that the clock moves on whatever is rounded."""


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]  # whichever the platform has
    """Waits for nothing but a word from another thread where there is nothing else to wait for."""

    def __init__(self, moved: Any) -> None:
        super().__init__()
        self._moved = moved

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            return super().select(None)
        if timeout > 0:
            self._moved(max(timeout, SMALLEST))
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Begins at second 0."""

    def __init__(self) -> None:
        self._seconds = 0.0
        super().__init__(_Selector(self._pass))

    def time(self) -> float:
        return self._seconds

    def _pass(self, seconds: float) -> None:
        self._seconds += seconds


def simulate(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on a simulated clock."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(work)
