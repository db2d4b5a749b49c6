"""Waiting for answers without falling asleep over a signal."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PULSE = 0.25
"""Seconds after which whoever waits looks up."""


class Promise(Generic[T]):
    """A result that another thread will give, once. There are as many as cases: a future takes a kilobyte each."""

    __slots__ = ("_given", "_result")

    def __init__(self) -> None:
        self._given = threading.Lock()
        self._given.acquire()
        self._result: tuple[T, ...] = ()

    def done(self) -> bool:
        """Say whether the result is there."""
        return bool(self._result)

    def set_result(self, result: T) -> None:
        """Give the result."""
        self._result = (result,)
        self._given.release()

    def result(self, timeout: float = -1) -> T:
        """Wait for the result, at most `timeout` seconds where that is no -1; raises TimeoutError."""
        if not self._given.acquire(timeout=timeout):
            raise TimeoutError
        self._given.release()
        return self._result[0]


def wait(promise: Promise[T], meanwhile: Callable[[], None] = lambda: None) -> T:
    """Wait for a result, and call `meanwhile` every `PULSE` seconds.

    A signal that comes just before a thread falls asleep is heard when it wakes up: nobody sleeps for long.
    """
    while True:
        with contextlib.suppress(TimeoutError):
            return promise.result(PULSE)
        meanwhile()
