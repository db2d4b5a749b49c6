"""What must be asked about an answer before it can be judged: further jobs, whose answers go along with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from dataclasses import replace

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.calls import Calls
from pytest_goldenprompt.engine.job import Job


class Further:
    """Settles what was answered once all that was asked about it is. Used on the loop only.

    `queue` takes jobs in as any others, so that all limits of the run hold for them.
    """

    def __init__(self, calls: Calls, queue: Callable[[Collection[Job]], None]) -> None:
        self._calls = calls
        self._queue = queue
        self.closed = False
        """Whether nothing is asked any more, as the engine ends."""
        self._turn = asyncio.Lock()
        """What to ask is found out for one answer at a time: a run that is gone on with may have thousands at once."""

    async def settle(self, job: Job, index: int, answer: Answer) -> None:
        """Ask about an answer, and settle it whatever comes of that: it was paid for."""
        opinions: dict[str, tuple[Answer, ...]] = {}
        try:
            with contextlib.suppress(asyncio.CancelledError):
                async with self._turn:
                    jobs = await self._calls.apart(lambda: job.ask_about(index, answer))
                heard = {name: _heard(one) for name, one in jobs.items()}
                self._queue(jobs.values())
                for name, future in heard.items():
                    opinions[name] = await future
        finally:
            job.settle(index, replace(answer, opinions=opinions))


def _heard(job: Job) -> asyncio.Future[tuple[Answer, ...]]:
    """Give a future of a job's answers."""
    future: asyncio.Future[tuple[Answer, ...]] = asyncio.get_running_loop().create_future()
    job.then = lambda answers: None if future.done() else future.set_result(answers)
    return future
