"""Who calls next, over all models of a run: bounds are kept before a call starts, never after."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import deque
from dataclasses import dataclass, field

from pytest_goldenprompt.engine.lane import Lane, Trip
from pytest_goldenprompt.engine.purse import Account, Bill, Purse
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request


class Stop:
    """Whether a run was stopped, and why; the first reason stands."""

    def __init__(self) -> None:
        self.reason = ""

    def say(self, reason: str) -> None:
        """Stop."""
        self.reason = self.reason or reason


@dataclass(slots=True)
class Places:
    """Places for calls under way, of a run or of a provider."""

    most: int
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Leave:
    """The leave to make one call."""

    bill: Bill
    trip: Trip


@dataclass(slots=True, eq=False)
class Waiter:
    """A call that wants to start, not before a moment; `told` becomes its leave, or the reason why there is none."""

    bill: Bill
    tokens: float
    not_before: float
    told: asyncio.Future[Leave | str]


@dataclass(slots=True, eq=False)
class Queue:
    """Calls that wait for one model through one provider: new ones in their order, further attempts by their time."""

    lane: Lane
    account: Account
    places: tuple[Places, ...]
    _new: deque[Waiter] = field(default_factory=deque)
    _again: list[tuple[float, int, Waiter]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    timer: asyncio.TimerHandle | None = None

    def add(self, waiter: Waiter) -> None:
        """Take a call in."""
        if waiter.not_before > -math.inf:
            heapq.heappush(self._again, (waiter.not_before, next(self._numbers), waiter))
        else:
            self._new.append(waiter)

    def head(self, now: float) -> Waiter | None:
        """Give the call whose turn it is: a further attempt that is due goes first."""
        while self._new and self._new[0].told.done():
            self._new.popleft()
        while self._again and self._again[0][-1].told.done():
            heapq.heappop(self._again)
        again = self._again[0][-1] if self._again else None
        is_due = again is not None and again.not_before <= now
        return self._new[0] if self._new and not is_due else again


class Admission:
    """Lets calls in while a run is not stopped, each as soon as all that bounds it allows. Used on the loop only."""

    def __init__(self, loop: asyncio.AbstractEventLoop, purse: Purse, stop: Stop) -> None:
        self._loop = loop
        self._purse = purse
        self._stop = stop
        self._queues: deque[Queue] = deque()

    def queue(self, lane: Lane, places: tuple[Places, ...]) -> Queue:
        """Open a queue before a lane."""
        queue = Queue(lane, self._purse.account(lane.asked), places)
        self._queues.append(queue)
        return queue

    async def enter(self, queue: Queue, request: Request, wait: float) -> Leave | str:
        """Wait for `wait` seconds and then for leave to call; the reason where there will be none."""
        now = self._loop.time()
        bill, tokens = self._purse.bill(queue.account, request), queue.lane.tokens(request)
        not_before = now + wait if wait else -math.inf
        waiter = Waiter(bill, tokens, not_before, self._loop.create_future())
        queue.add(waiter)
        self._move(queue)
        try:
            return await waiter.told
        except asyncio.CancelledError:
            given = None if waiter.told.cancelled() else waiter.told.result()
            if isinstance(given, Leave):
                self.leave(queue, request, given, None)
            raise

    def leave(self, queue: Queue, request: Request, leave: Leave, outcome: Output | ProviderError | None) -> None:
        """Take back what a call held, learn from how it ended, and let others in."""
        for places in queue.places:
            places.taken -= 1
        usage = outcome.usage if isinstance(outcome, Output) else None
        unpaid = isinstance(outcome, ProviderError) and outcome.is_unpaid
        self._purse.settle(leave.bill, usage, paid=not unpaid)
        queue.lane.end(leave.trip, request, outcome, self._loop.time())
        self.move()

    def move(self) -> None:
        """Let in what may start, each queue first in its turn."""
        self._queues.rotate(-1)
        for queue in self._queues:
            self._move(queue)

    def _move(self, queue: Queue) -> None:
        while waiter := queue.head(self._loop.time()):
            now = self._loop.time()
            if reason := self._refusal(queue, waiter):
                waiter.told.set_result(reason)
                continue
            opens = self._opens(queue, waiter, now)
            if opens > now:
                self._wake(queue, opens)
                return
            waiter.told.set_result(self._start(queue, waiter, now))

    def _refusal(self, queue: Queue, waiter: Waiter) -> str:
        if not self._stop.reason and not queue.lane.down and (why := self._purse.refusal(waiter.bill)):
            self._stop.say(why)
            self._loop.call_soon(self.move)
        name = queue.lane.asked.name or "the provider"
        return self._stop.reason or (f"{name} is down: {queue.lane.down}" if queue.lane.down else "")

    def _opens(self, queue: Queue, waiter: Waiter, now: float) -> float:
        """Give the moment at which a call may start; endless where another one must end first."""
        if any(places.taken >= places.most for places in queue.places) or not self._purse.has(waiter.bill):
            return math.inf
        return max(waiter.not_before, queue.lane.opens(now, waiter.tokens))

    def _start(self, queue: Queue, waiter: Waiter, now: float) -> Leave:
        for places in queue.places:
            places.taken += 1
        self._purse.set_aside(waiter.bill)
        return Leave(waiter.bill, queue.lane.start(now, waiter.tokens))

    def _wake(self, queue: Queue, moment: float) -> None:
        if queue.timer is not None:
            queue.timer.cancel()
        queue.timer = self._loop.call_at(moment, self._move, queue) if moment < math.inf else None
