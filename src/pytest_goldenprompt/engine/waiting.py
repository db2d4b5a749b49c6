"""Waiting for answers without falling asleep over a signal, and for tasks to end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PULSE = 0.25
"""Seconds after which whoever waits looks up."""

LAST_MOMENT = 0.2
"""Seconds that what has been cancelled gets to end."""


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


class Awaited(Protocol[T_co]):
    """What will have a result: a promise, or a future, which may have an error in its place."""

    def done(self) -> bool:
        """Say whether it is there."""
        ...

    def result(self, timeout: float = ...) -> T_co:
        """Wait for it at most `timeout` seconds; raises TimeoutError."""
        ...


def wait(awaited: Awaited[T], meanwhile: Callable[[], None] = lambda: None) -> T:
    """Wait for a result, and call `meanwhile` every `PULSE` seconds.

    A signal that comes just before a thread falls asleep is heard when it wakes up: nobody sleeps for long.
    """
    while True:
        try:
            return awaited.result(PULSE)
        except TimeoutError:
            if awaited.done():
                return awaited.result(0)
        meanwhile()


async def ended(tasks: Iterable[asyncio.Task[Any]], grace: float) -> list[BaseException]:
    """Wait for tasks at most `grace` seconds, cancel those that are left, and give what was raised."""
    waited = list(tasks)
    if not waited:
        return []
    done, left = await asyncio.wait(waited, timeout=grace)
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=LAST_MOMENT / 4)
    return [error for task in done if not task.cancelled() and (error := task.exception())]
