from __future__ import annotations

import asyncio
import math
import random

import pytest

from pytest_goldenprompt.engine import attempt as room
from pytest_goldenprompt.engine.attempt import Answer, Limits, attempt
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output

YES = Output("yes")


@pytest.fixture
def waits(monkeypatch):
    """Seconds that were waited between attempts; none of them passes in truth."""
    found: list[float] = []

    async def sleep(seconds):
        found.append(seconds)

    monkeypatch.setattr(room.asyncio, "sleep", sleep)
    return found


def try_out(*raised, limits=None, is_open=lambda: True, seed=0) -> Answer:
    """Make attempts where each call raises the next of `raised`, and then answers."""
    coming = list(raised)

    async def call():
        if coming:
            raise coming.pop(0)
        return YES

    return asyncio.run(attempt(call, limits or Limits(), random.Random(seed), is_open))


def passing(retry_after=None):
    return ProviderError("busy", transient=True, retry_after=retry_after)


def test_an_answer_at_once_takes_one_attempt_and_tells_its_latency(waits):
    answer = try_out()
    assert (answer.output, answer.error, answer.attempts) == (YES, None, 1)
    assert answer.latency is not None
    assert answer.latency >= 0
    assert waits == []


def test_transient_errors_are_tried_again_after_waits_that_double(waits):
    answer = try_out(passing(), passing(), passing())
    assert (answer.output, answer.attempts) == (YES, 4)
    for wait, full in zip(waits, (0.5, 1.0, 2.0), strict=True):
        assert full / 2 <= wait <= full


def test_the_attempts_are_used_up_and_the_last_error_stands(waits):
    answer = try_out(*(passing() for _ in range(9)), limits=Limits(retries=2))
    assert (answer.output, answer.error, answer.attempts, len(waits)) == (None, "busy", 3, 2)


@pytest.mark.parametrize(
    "error",
    [ProviderError("bad request"), ProviderError("refused", fatal=True), ValueError("wrong"), OSError(5, "broken")],
)
def test_no_other_error_is_tried_again(waits, error):
    answer = try_out(error)
    assert (answer.output, answer.attempts, waits) == (None, 1, [])
    assert str(error) in answer.error
    assert answer.fatal is getattr(error, "fatal", False)


@pytest.mark.parametrize("asked", [0.0, 0.1, 3.0, 17.5, 60.0])
def test_no_wait_is_shorter_than_the_provider_asks(waits, asked):
    for seed in range(20):
        assert try_out(passing(asked), seed=seed).attempts == 2
    assert min(waits) >= asked
    assert max(waits) <= max(asked, 0.5)


@pytest.mark.parametrize("asked", [60.01, 3600, math.inf, math.nan])
def test_a_pause_that_is_too_long_is_no_pause_but_an_outage(waits, asked):
    answer = try_out(passing(asked))
    assert (answer.error, answer.attempts, waits) == ("busy", 1, [])


def test_time_outs_are_transient_and_say_how_long_was_waited():
    async def never():
        await asyncio.Event().wait()

    limits = Limits(timeout=0.01, retries=1, first_wait=0.001)
    answer = asyncio.run(attempt(never, limits, random.Random(0)))
    assert (answer.error, answer.attempts) == ("no answer within 0.01 s", 2)


def test_nothing_is_called_again_once_the_run_was_stopped(waits):
    assert try_out(passing(), is_open=lambda: False).attempts == 1
    assert waits == []


def test_nothing_is_called_again_where_the_run_is_stopped_during_the_wait(waits):
    answer = try_out(passing(), is_open=lambda: not waits)
    assert (answer.error, answer.attempts, len(waits)) == ("busy", 1, 1)


def test_an_error_without_a_message_is_named_by_its_kind(waits):
    assert try_out(ProviderError("")).error == "ProviderError"
    assert try_out(KeyError()).error == "KeyError: "


def test_an_error_whose_message_fails_is_an_error_all_the_same(waits):
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    assert try_out(MuteError()).error == "MuteError (its message cannot be shown)"
