"""Waiting for answers without falling asleep over a signal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

PULSE = 0.25
"""Seconds after which whoever waits looks up."""


def wait(future: Future[T], meanwhile: Callable[[], None] = lambda: None) -> T:
    """Wait for a result, and call `meanwhile` every `PULSE` seconds.

    A signal that comes just before a thread falls asleep is heard when it wakes up: nobody sleeps for long.
    """
    while True:
        try:
            return future.result(PULSE)
        except TimeoutError:
            if future.done():
                return future.result()
            meanwhile()
