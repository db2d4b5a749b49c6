"""One call until it has an answer or is given up: time-out, classified retries, latency; nowhere else is retried."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output

LONGEST_WAIT = 60.0
"""Seconds; a provider that asks for a longer pause is taken as out of service."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one call: an output, or the error that stands in its place. Latency in seconds."""

    output: Output | None = None
    error: str | None = None
    fatal: bool = False
    latency: float | None = None
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run: calls in flight, seconds a call may take, further attempts after transient errors."""

    concurrency: int = 16
    timeout: float = 60.0
    retries: int = 3
    first_wait: float = 0.5


async def attempt(
    call: Callable[[], Awaitable[Output]],
    limits: Limits,
    luck: random.Random,
    is_open: Callable[[], bool] = lambda: True,
) -> Answer:
    """Call until there is an output, the error is not transient, the attempts are used up or `is_open` says no more.

    Waits double from `first_wait` seconds, are jittered by `luck`, and are never shorter than the provider asks.
    """
    number = 0
    while True:
        number += 1
        began = time.perf_counter()
        try:
            output = await asyncio.wait_for(call(), limits.timeout)
            return Answer(output, latency=time.perf_counter() - began, attempts=number)
        except TimeoutError:
            error = ProviderError(f"no answer within {limits.timeout:g} s", transient=True)
        except ProviderError as raised:
            error = raised
        except Exception as raised:  # noqa: BLE001 - a team's own function may raise anything; it is a record
            error = ProviderError(told(raised))
        wait = _pause(error, number, limits, luck) if is_open() else None
        if wait is not None:
            await asyncio.sleep(wait)
        if wait is None or not is_open():
            return Answer(None, str(error) or type(error).__name__, error.fatal, attempts=number)


def told(error: BaseException) -> str:
    """Give an exception's kind and message; one whose message cannot be made is still told."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - a team's own exception may fail at that too
        return f"{type(error).__name__} (its message cannot be shown)"


def _pause(error: ProviderError, number: int, limits: Limits, luck: random.Random) -> float | None:
    """Give the seconds to wait before the next attempt; None where there is no use in one."""
    if not error.transient or number > limits.retries:
        return None
    asked = error.retry_after or 0.0
    if not asked <= LONGEST_WAIT:  # said this way round so that NaN is no pause either
        return None
    backoff: float = limits.first_wait * 2 ** (number - 1)
    return max(asked, backoff * luck.uniform(0.5, 1.0))
