"""Models that answer on a simulated clock, and a run that calls them; an hour takes no time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pytest_goldenprompt.engine.attempt import Answer, Limits
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from simulated_clock import SimulatedLoop

SOON = 30.0
"""Seconds of the world within which a simulated run must be over."""

REFUSAL = 0.02
"""Seconds that a refusal takes."""

MODEL = Asked("openai:m")


@dataclass(eq=False)
class Model:
    """Answers after `latency` seconds what `answer` says to the second and the request: an output or an error.

    A refusal comes sooner.
    """

    answer: Callable[[float, Request], Output | ProviderError]
    latency: Callable[[Request], float] = lambda request: 1.0
    max_concurrency: int | None = None
    calls: list[tuple[float, str, str]] = field(default_factory=list)
    """Second, case and outcome of each call, in the order of their starts."""
    most: int = 0
    _now: int = 0

    async def complete(self, request):
        now = asyncio.get_running_loop().time()
        given = self.answer(now, request)
        self.calls.append((now, request.case_id, "" if isinstance(given, Output) else str(given)))
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            said = isinstance(given, Output) or given.status is None
            await asyncio.sleep(self.latency(request) if said else REFUSAL)
        finally:
            self._now -= 1
        if isinstance(given, Output):
            return given
        raise given

    async def close(self):
        pass

    @property
    def seconds(self) -> list[float]:
        return [second for second, _, _ in self.calls]


@dataclass
class Ceiling:
    """Accepts `rate` calls a second, bursts of a second's worth; what is above is refused."""

    rate: float
    retry_after: float | None
    early: int = 0
    """Calls that came before the pause was over that the answer to an earlier one asked for."""
    refused: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    _allowance: float = 0.0
    _filled: float = -1.0

    def __call__(self, now: float, request: Request) -> Output | ProviderError:
        self._allowance = min(self.rate, self._allowance + (now - self._filled) * self.rate)
        self._filled = now
        said = [second + REFUSAL for second in self.refused[-200:]]
        self.early += any(second < now < second + (self.retry_after or 0) for second in said)
        if self._allowance >= 1:
            self._allowance -= 1
            self.accepted.append(now)
            return Output("yes")
        self.refused.append(now)
        return ProviderError("too many", transient=True, retry_after=self.retry_after, status=429)


def run(model: Model, cases: int, limits: Limits | None = None, traffic: Traffic | None = None, **job) -> list[Answer]:
    """Ask for as many cases, `c0`, `c1` and so on, and give the answers."""
    return run_together({MODEL: model}, cases, limits, traffic, **job)


def run_together(
    models: dict[Asked, Model], cases: int, limits: Limits | None = None, traffic: Traffic | None = None, **request
) -> list[Answer]:
    """Ask several models in turn; `request` are fields of every request."""
    engine = Engine(limits or Limits(), random.Random(0), traffic, SimulatedLoop())
    turns = list(models.items())
    jobs = [
        Job(model, (Request("p", f"c{number}", 0, (), **request),), asked)
        for number, (asked, model) in enumerate(turns[number % len(turns)] for number in range(cases))
    ]
    try:
        engine.submit(jobs)
        return [job.answers.result(SOON)[0] for job in jobs]
    finally:
        engine.close()
