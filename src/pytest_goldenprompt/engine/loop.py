"""Calls run ahead in one event loop of one thread; whoever needs an answer waits for its promise."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Collection, Coroutine, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from pytest_goldenprompt.engine.admission import Admission, Places, Stop
from pytest_goldenprompt.engine.attempt import Answer, Limits, attempt, told
from pytest_goldenprompt.engine.calls import Calls, Run
from pytest_goldenprompt.engine.further import Further
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.journal import Together, source
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.engine.waiting import LAST_MOMENT, ended
from pytest_goldenprompt.engine.way import Counter, Way
from pytest_goldenprompt.errors import GoldenpromptError
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.prompt import Request

T = TypeVar("T")


class Engine:
    """Runs jobs with bounded concurrency. Once `stop` was called, waiting requests are answered with its reason.

    Providers are called with no more calls in flight than the run's and their own limit, and as `traffic` allows. A
    fatal answer (a refused key) stops the run by itself. Time is that of `loop`.
    """

    def __init__(
        self,
        limits: Limits,
        luck: random.Random,
        traffic: Traffic | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.limits = limits
        self._luck = luck
        self._traffic = traffic or Traffic()
        self._traffic.renew()
        self._stop = Stop()
        self._cut_short = "cancelled before it was answered"
        self._calls = Calls()
        self._further = Further(self._calls, self._queue)
        self._counters: dict[tuple[int, str], Counter[Job]] = {}
        self._providers: dict[int, Provider] = {}
        self._places = Places(limits.concurrency)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = loop or asyncio.new_event_loop()
        self._admission = Admission(self._loop, self._traffic.purse, self._stop)
        self._together = Together(self._traffic.journal, self._loop)
        self._alarm: asyncio.TimerHandle | None = None
        self._thread = threading.Thread(target=self._serve, name="goldenprompt-engine", daemon=True)
        self._thread.start()

    @property
    def stopped(self) -> str:
        """Give the reason why nothing is called any more; empty while calls are made."""
        return self._stop.reason

    @property
    def calls(self) -> int:
        """Give the calls made so far, attempts counted."""
        return self._traffic.purse.calls

    def submit(self, jobs: Iterable[Job]) -> None:
        """Queue jobs in the order in which their answers will be wanted; what is on record is answered at once."""
        given = list(jobs)
        for job in given:
            self._providers[id(job.provider)] = job.provider
            for index in range(len(job.requests)) if job.ask is None else ():
                self._recalls(job, index)
        if left := [job for job in given if not job.answers.done()]:
            self._loop.call_soon_threadsafe(self._admit, left)

    def do(self, work: Callable[[Run], Coroutine[Any, Any, T]]) -> Future[T]:
        """Have providers asked for something that is no answer, on the same loop and until the same deadline.

        `work` is given what calls a provider's function, whether it is asynchronous or not. Once the engine was
        stopped, nothing is done and the future is cancelled.
        """
        return asyncio.run_coroutine_threadsafe(self._do(work), self._loop)

    def stop(self, reason: str) -> None:
        """Close admission: calls in flight may end, nothing waiting is called any more."""
        self._stop.say(reason)
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits
            self._loop.call_soon_threadsafe(self._admission.move)

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

    def _serve(self) -> None:
        """Run the loop until it is stopped, however late that is noticed, and leave nothing of it open."""
        self._loop.run_forever()
        self._loop.close()

    def _admit(self, jobs: list[Job]) -> None:
        self._keep_the_deadline()
        self._queue(jobs)

    def _queue(self, jobs: Collection[Job]) -> None:
        for job in jobs:
            self._providers[id(job.provider)] = job.provider
            open_ = [index for index, answer in enumerate(job.done) if answer is None]
            if job.ask is not None or job.then is not None:
                open_ = [index for index in open_ if not self._recalls(job, index)]
            self._counter(job).waiting.extend((job, index) for index in open_ if not self._knows(job, index))
        for counter in self._counters.values():
            self._staff(counter)

    def _recalls(self, job: Job, index: int) -> bool:
        """Settle what is on record, for which no bound is meant; once the run has ended, nothing is."""
        deadline = self._traffic.deadline
        if self.stopped or (deadline is not None and self._loop.time() >= deadline):
            return False
        answer = job.recalled(index)
        if answer is None:
            return False
        self._settle(job, index, answer)
        if answer.fatal:
            self.stop(str(answer.error))
        return True

    def _knows(self, job: Job, index: int) -> bool:
        """Settle what a run that was cut off has an answer to, and count it as called for."""
        request = job.requests[index]
        answer = self._traffic.journal.recall(source(job.asked, job.provider), request)
        if answer is None or answer.output is None:
            return False
        self._traffic.purse.remember(job.asked, request, answer.output.usage, answer.attempts, batched=answer.batched)
        self._settle(job, index, answer)
        return True

    def _counter(self, job: Job) -> Counter[Job]:
        key = id(job.provider), job.asked.name
        if key not in self._counters:
            beside = next((one.own for one in self._counters.values() if one.provider is job.provider), None)
            places = beside or Places(job.provider.max_concurrency or self.limits.concurrency)
            queue = self._admission.queue(self._traffic.lane(job.asked, self.limits), (self._places, places))
            self._counters[key] = Counter(job.provider, queue, places)
        return self._counters[key]

    def _staff(self, counter: Counter[Job]) -> None:
        free = min(counter.own.most, self.limits.concurrency) - counter.workers
        for _ in range(min(len(counter.waiting), free)):
            counter.workers += 1
            self._start(self._work(counter))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _work(self, counter: Counter[Job]) -> None:
        try:
            while counter.waiting:
                job, index = counter.waiting.popleft()
                self._settle(job, index, await self._answer(counter, job, job.requests[index]))
        finally:
            counter.workers -= 1

    def _settle(self, job: Job, index: int, answer: Answer) -> None:
        """Settle an answer, where judges have to be asked about it once they were."""
        if job.asks_about(answer) and not self._further.closed:
            self._start(self._further.settle(job, index, answer))
        else:
            job.settle(index, answer)

    async def _answer(self, counter: Counter[Job], job: Job, request: Request) -> Answer:
        way = Way(self._admission, counter.queue, request)
        call = partial(self._calls.complete, counter.provider, request)
        try:
            answer = await attempt(call, way, self.limits, self._luck)
        except (asyncio.CancelledError, GeneratorExit):
            return Answer(error=self._cut_short)
        except Exception as raised:  # noqa: BLE001 - whatever a provider's own error type does, the item must not wait
            return Answer(error=told(raised))
        if answer.fatal:
            self.stop(str(answer.error))
        await self._together.keep(source(job.asked, job.provider), request, answer)
        return answer

    def _keep_the_deadline(self) -> None:
        deadline = self._traffic.deadline
        if deadline is None or self._alarm is not None:
            return
        if self._loop.time() >= deadline:
            self._expire()
        else:
            self._alarm = self._loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        """Call nothing any more, and wait for nothing."""
        late = f"the deadline of {self._traffic.purse.whole.seconds:g} s has passed"
        self._cut_short = f"no answer: {late}"
        self.stop(late)
        self._calls.cut()

    async def _do(self, work: Callable[[Run], Coroutine[Any, Any, T]]) -> T:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - as above
        self._tasks.add(task)
        self._calls.under_way.add(task)
        self._keep_the_deadline()
        try:
            if self.stopped:
                raise asyncio.CancelledError
            return await work(self._calls.run)
        finally:
            self._tasks.discard(task)
            self._calls.under_way.discard(task)

    async def _close(self, grace: float) -> None:
        self._further.closed = True
        for counter in self._counters.values():
            while counter.waiting:
                job, index = counter.waiting.popleft()
                job.settle(index, Answer(error=f"not called: {self.stopped}", attempts=0))
        for task in list(self._tasks):
            task.cancel()
        await ended(self._tasks, grace)
        errors = await ended([self._start(self._calls.run(one.close)) for one in self._providers.values()], grace)
        self._calls.close()
        for error in errors:
            if isinstance(error, GoldenpromptError):
                raise error
