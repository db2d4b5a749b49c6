"""One call until it has an answer or is given up: time-out, classified retries, latency; nowhere else is retried."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.contracts import Recalling
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request

LONGEST_WAIT = 60.0
"""Seconds; a provider that asks for a longer pause is taken as out of service."""

LONGEST_BACKOFF = 8.0
"""Seconds that we wait of our own accord at most."""

TOO_MANY = 429
"""The HTTP status of a refusal as one call too many."""

REFUSALS = 10
"""How often one call may be refused as one too many, while others get their answers."""

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one call: an output, or the error that stands in its place. Latency in seconds.

    `batched` says that it was no call: the answer came in a batch, at the price of one. `opinions` are the answers of
    judges that were asked about it, by the digest of their question.
    """

    output: Output | None = None
    error: str | None = None
    fatal: bool = False
    latency: float | None = None
    attempts: int = 1
    batched: bool = False
    opinions: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """Give the calls that it took, attempts counted, those of judges too."""
        return self.attempts + sum(vote.calls for votes in self.opinions.values() for vote in votes)

    @classmethod
    def recalled(cls, provider: Recalling, request: Request) -> Answer | None:
        """Give the answer that a provider has on record, or why it will have none; None where it is to be called."""
        try:
            output = provider.recall(request)
        except Exception as raised:  # noqa: BLE001 - as for calls: it is a record
            is_ours = isinstance(raised, ProviderError)
            error = (str(raised) if is_ours else "") or told(raised)
            return cls(error=error, fatal=isinstance(raised, ProviderError) and raised.fatal)
        return None if output is None else cls(output)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run: calls in flight, seconds a call may take, further attempts after transient errors.

    A model that answers nobody for `outage` seconds is given up, or for `throttled` where it only says "too many".
    """

    concurrency: int = 16
    timeout: float = 60.0
    retries: int = 3
    first_wait: float = 0.5
    outage: float = 15.0
    throttled: float = 60.0


class Door(Protocol[P]):
    """Lets calls in, one pass each, and learns how they ended."""

    async def enter(self, wait: float) -> P | str:
        """Wait for `wait` seconds and then for leave to call; the reason where there will be none."""
        ...

    def leave(self, entered: P, outcome: Output | ProviderError | None) -> None:
        """Take back what was given by `enter`; the outcome is None for a call that was given up."""
        ...


async def attempt(call: Callable[[], Awaitable[Output]], door: Door[P], limits: Limits, luck: random.Random) -> Answer:
    """Call until there is an output, the error is not transient, the attempts are used up or the door stays shut.

    Waits double from `first_wait` seconds, are jittered by `luck`, and are never shorter than the provider asks.
    """
    number = refusals = 0
    wait, error = 0.0, ""
    while True:
        entered = await door.enter(wait)
        if isinstance(entered, str):
            return Answer(error=error or f"not called: {entered}", attempts=number)
        number += 1
        began = asyncio.get_running_loop().time()
        outcome: Output | ProviderError | None = None
        try:
            outcome = await _outcome(call, limits)
        finally:
            door.leave(entered, outcome)
        if isinstance(outcome, Output):
            return Answer(outcome, latency=asyncio.get_running_loop().time() - began, attempts=number)
        refusals += outcome.status == TOO_MANY
        error = str(outcome) or type(outcome).__name__
        if not _is_worth_another(outcome, number - refusals, refusals, limits):
            return Answer(None, error, outcome.fatal, attempts=number)
        wait = _pause(outcome, number, limits, luck)


async def _outcome(call: Callable[[], Awaitable[Output]], limits: Limits) -> Output | ProviderError:
    """Call once; whatever is raised is told as an error of this call, but for its cancellation."""
    try:
        async with asyncio.timeout(limits.timeout):
            return await call()
    except TimeoutError:
        return ProviderError(f"no answer within {limits.timeout:g} s", transient=True, status=408)
    except ProviderError as raised:
        return raised
    except Exception as raised:  # noqa: BLE001 - a team's own function may raise anything; it is a record
        return ProviderError(told(raised))


def told(error: BaseException) -> str:
    """Give an exception's kind and message; one whose message cannot be made is still told."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - a team's own exception may fail at that too
        return f"{type(error).__name__} (its message cannot be shown)"


def wait_asked(error: ProviderError) -> float:
    """Give the seconds that a provider asks to wait: none where it does not say, endless where that is no number."""
    asked = error.retry_after
    if asked is None:
        return 0.0
    is_number = isinstance(asked, int | float) and not math.isnan(asked)
    return max(0.0, asked) if is_number else math.inf


def _is_worth_another(error: ProviderError, failures: int, refusals: int, limits: Limits) -> bool:
    """Say whether one more attempt makes sense after these failures, and refusals as one call too many."""
    may = failures <= limits.retries and refusals <= (REFUSALS if limits.retries else 0)
    return error.transient and may and wait_asked(error) <= LONGEST_WAIT


def _pause(error: ProviderError, number: int, limits: Limits, luck: random.Random) -> float:
    """Give the seconds to wait before the next attempt; a provider that says when it has room knows best."""
    asked = wait_asked(error)
    doublings = 0 if error.status == TOO_MANY and asked else number - 1
    backoff: float = min(LONGEST_BACKOFF, limits.first_wait * 2**doublings)
    return max(asked, backoff * luck.uniform(0.5, 1.0))
