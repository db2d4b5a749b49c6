"""Waiting for answers without falling asleep over a signal, and for tasks to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

PULSE = 0.25
"""Seconds after which whoever waits looks up."""

LAST_MOMENT = 0.2
"""Seconds that what has been cancelled gets to end."""


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
