"""Threads for providers that block; a thread that never comes back cannot keep the process alive."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any


class Threads:
    """Daemon threads, as many as calls are under way; one that hangs is left behind and replaced.

    The standard library's pool would wait for a hung call at exit. Used from the event loop's thread only.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None] = queue.SimpleQueue()
        self._idle = 0
        self._size = 0

    def run(self, function: Callable[[], Any]) -> asyncio.Future[Any]:
        """Call a function in a thread and give its result as a future of the running loop."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.put((function, future))
        if self._idle:
            self._idle -= 1
        else:
            self._size += 1
            threading.Thread(target=self._work, name=f"goldenprompt-{self._size}", daemon=True).start()
        return future

    def close(self) -> None:
        """Let every thread go once it is done."""
        for _ in range(self._size):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            function, future = job
            result, error = None, None
            try:
                result = function()
            except BaseException as raised:  # noqa: BLE001 - it is raised again where the result is awaited
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
                future.get_loop().call_soon_threadsafe(self._done, future, result, error)

    def _done(self, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        self._idle += 1
        if future.done():
            return
        if error is None:
            future.set_result(result)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            future.set_exception(error)
        else:  # asyncio refuses to carry these, or would end its loop over them
            future.set_exception(RuntimeError(f"{type(error).__name__} was raised"))
