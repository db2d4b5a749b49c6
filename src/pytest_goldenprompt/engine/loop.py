"""Calls run ahead in one event loop of one thread; whoever needs an answer waits for its future."""

from __future__ import annotations

import asyncio
import inspect
import random
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.engine.attempt import Answer, Limits, attempt, told
from pytest_goldenprompt.engine.threads import Threads
from pytest_goldenprompt.errors import GoldenpromptError, ProviderError
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request

LAST_MOMENT = 0.2
"""Seconds that the loop's thread gets to end once all is closed."""


@dataclass(slots=True)
class Job:
    """The requests of one case, and the future of their answers in the same order."""

    provider: Provider
    requests: tuple[Request, ...]
    answers: Future[tuple[Answer, ...]] = field(default_factory=Future)
    done: list[Answer | None] = field(default_factory=list)


class Engine:
    """Runs jobs with bounded concurrency. Once `stop` was called, waiting requests are answered with its reason.

    Providers are called with no more calls in flight than the run's and their own limit. A fatal answer (a refused
    key) stops the run by itself.
    """

    def __init__(self, limits: Limits, luck: random.Random) -> None:
        self.limits = limits
        self.stopped = ""
        self.calls = 0
        self._luck = luck
        self._threads = Threads()
        self._waiting: dict[int, deque[tuple[Job, int]]] = {}
        self._workers: dict[int, int] = {}
        self._providers: dict[int, Provider] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._gate = asyncio.Semaphore(limits.concurrency)
        self._thread = threading.Thread(target=self._loop.run_forever, name="goldenprompt-engine", daemon=True)
        self._thread.start()

    def submit(self, jobs: Iterable[Job]) -> None:
        """Queue jobs in the order in which their answers will be wanted."""
        self._loop.call_soon_threadsafe(self._admit, list(jobs))

    def stop(self, reason: str) -> None:
        """Close admission: calls in flight may end, nothing waiting is called any more."""
        self.stopped = self.stopped or reason

    def close(self, patience: float = 2.0) -> None:
        """Cancel what is in flight, give providers back what they hold, and end the thread within `patience` s.

        An error of ours that a provider meets while it closes, such as a recording that cannot be written, is raised
        once all is closed; a client's own failure to close changes no answer and is let go.
        """
        if self._loop.is_closed():
            return
        self.stop("the run ended")
        closing = asyncio.run_coroutine_threadsafe(self._close(0.4 * patience), self._loop)
        try:
            closing.result(patience)
        except TimeoutError:
            closing.cancel()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(LAST_MOMENT)
            if not self._thread.is_alive():
                self._loop.close()

    def _admit(self, jobs: list[Job]) -> None:
        for job in jobs:
            job.done = [None] * len(job.requests)
            lane = id(job.provider)
            self._providers[lane] = job.provider
            self._waiting.setdefault(lane, deque()).extend((job, index) for index in range(len(job.requests)))
            if not job.requests:
                job.answers.set_result(())
        for lane, waiting in self._waiting.items():
            self._staff(lane, len(waiting))

    def _staff(self, lane: int, wanted: int) -> None:
        own = self._providers[lane].max_concurrency or self.limits.concurrency
        free = min(own, self.limits.concurrency) - self._workers.get(lane, 0)
        for _ in range(min(wanted, free)):
            self._workers[lane] = self._workers.get(lane, 0) + 1
            self._start(self._work(lane))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _work(self, lane: int) -> None:
        waiting = self._waiting[lane]
        try:
            while waiting:
                job, index = waiting.popleft()
                _settle(job, index, await self._answer(job.provider, job.requests[index]))
        finally:
            self._workers[lane] -= 1

    async def _answer(self, provider: Provider, request: Request) -> Answer:
        try:
            async with self._gate:
                if self.stopped:
                    return Answer(error=f"not called: {self.stopped}", attempts=0)
                self.calls += 1
                answer = await attempt(
                    lambda: self._call(provider, request), self.limits, self._luck, lambda: not self.stopped
                )
        except (asyncio.CancelledError, GeneratorExit):
            return Answer(error="cancelled before it was answered")
        except Exception as raised:  # noqa: BLE001 - whatever a provider's own error type does, the item must not wait
            return Answer(error=told(raised))
        if answer.fatal:
            self.stop(str(answer.error))
        return answer

    async def _call(self, provider: Provider, request: Request) -> Output:
        """Call once. Whatever is raised that is no Exception would end the loop, and every waiting item with it."""
        try:
            output = await self._run(provider.complete, request)
        except (ProviderError, asyncio.CancelledError, GeneratorExit):
            raise
        except TimeoutError as raised:
            raise ProviderError(told(raised), transient=True) from None
        except BaseException as raised:  # noqa: BLE001
            raise ProviderError(told(raised)) from None
        if not isinstance(output, Output):
            raise ProviderError(f"the provider gave no output, found {type(output).__name__}")
        return output

    async def _run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a provider's function: on the loop where it is asynchronous, otherwise in a thread."""
        if inspect.iscoroutinefunction(function):
            return await function(*arguments)
        given = await self._threads.run(lambda: function(*arguments))
        return await given if inspect.isawaitable(given) else given

    async def _close(self, grace: float) -> None:
        for waiting in self._waiting.values():
            while waiting:
                job, index = waiting.popleft()
                _settle(job, index, Answer(error=f"not called: {self.stopped}", attempts=0))
        for task in list(self._tasks):
            task.cancel()
        await _ended(self._tasks, grace)
        errors = await _ended([self._start(self._run(one.close)) for one in self._providers.values()], grace)
        self._threads.close()
        for error in errors:
            if isinstance(error, GoldenpromptError):
                raise error


async def _ended(tasks: Iterable[asyncio.Task[None]], grace: float) -> list[BaseException]:
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


def _settle(job: Job, index: int, answer: Answer) -> None:
    job.done[index] = answer
    answers = tuple(answer for answer in job.done if answer is not None)
    if len(answers) == len(job.requests) and not job.answers.done():
        job.answers.set_result(answers)
