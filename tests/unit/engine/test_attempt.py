from __future__ import annotations

import asyncio
import math
import random
from dataclasses import dataclass, field

import pytest

from pytest_goldenprompt.engine.attempt import LONGEST_BACKOFF, REFUSALS, Answer, Limits, attempt
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output
from simulated_clock import simulate

YES = Output("yes")


@dataclass
class Door:
    """A door that opens at once, and remembers; after `shut_after` calls it stays shut."""

    shut_after: int = 10**6
    waits: list[float] = field(default_factory=list)
    outcomes: list[object] = field(default_factory=list)

    async def enter(self, wait):
        if len(self.outcomes) >= self.shut_after:
            return "-x"
        self.waits.append(wait)
        return len(self.waits)

    def leave(self, entered, outcome):
        assert entered == len(self.outcomes) + 1
        self.outcomes.append(outcome)

    @property
    def pauses(self) -> list[float]:
        """The waits before further attempts."""
        assert self.waits[:1] in ([], [0.0])
        return self.waits[1:]


def try_out(*raised, limits=None, door=None, seed=0) -> Answer:
    """Make attempts where each call raises the next of `raised`, and then answers."""
    coming = list(raised)

    async def call():
        if coming:
            raise coming.pop(0)
        return YES

    return simulate(attempt(call, door or Door(), limits or Limits(), random.Random(seed)))


def passing(retry_after=None, status=None):
    return ProviderError("busy", transient=True, retry_after=retry_after, status=status)


def test_an_answer_at_once_takes_one_attempt_and_tells_its_latency():
    async def call():
        await asyncio.sleep(2.5)
        return YES

    door = Door()
    answer = simulate(attempt(call, door, Limits(), random.Random(0)))
    assert (answer.output, answer.error, answer.attempts, answer.latency) == (YES, None, 1, 2.5)
    assert (door.pauses, door.outcomes) == ([], [YES])


def test_transient_errors_are_tried_again_after_waits_that_double():
    door = Door()
    answer = try_out(passing(), passing(), passing(), door=door)
    assert (answer.output, answer.attempts) == (YES, 4)
    for wait, full in zip(door.pauses, (0.5, 1.0, 2.0), strict=True):
        assert full / 2 <= wait <= full


def test_the_attempts_are_used_up_and_the_last_error_stands():
    door = Door()
    answer = try_out(*(passing() for _ in range(9)), limits=Limits(retries=2), door=door)
    assert (answer.output, answer.error, answer.attempts, len(door.pauses)) == (None, "busy", 3, 2)
    assert [str(outcome) for outcome in door.outcomes] == ["busy"] * 3


def test_a_refusal_as_one_call_too_many_uses_up_no_attempt_for_errors():
    refusals = [passing(status=429) for _ in range(10)]
    assert try_out(*refusals, passing(), passing(), passing()).attempts == 14
    assert try_out(*refusals, *(passing() for _ in range(4))).error == "busy"


def test_a_provider_that_says_when_it_has_room_is_asked_then():
    door = Door()
    assert try_out(*(passing(0.7, 429) for _ in range(6)), door=door).attempts == 7
    assert door.pauses == [0.7] * 6


def test_refusals_have_an_end_too_and_their_waits_a_limit():
    door = Door()
    answer = try_out(*(passing(status=429) for _ in range(99)), door=door)
    assert (answer.error, answer.attempts) == ("busy", REFUSALS + 1)
    assert LONGEST_BACKOFF / 2 <= door.pauses[-1] <= LONGEST_BACKOFF
    assert try_out(passing(status=429), limits=Limits(retries=0)).attempts == 1


@pytest.mark.parametrize(
    "error",
    [
        ProviderError("bad request"),
        ProviderError("bad request", status=429),
        ProviderError("refused", fatal=True),
        ValueError("wrong"),
        OSError(5, "broken"),
    ],
)
def test_no_other_error_is_tried_again(error):
    door = Door()
    answer = try_out(error, door=door)
    assert (answer.output, answer.attempts, door.pauses) == (None, 1, [])
    assert str(error) in answer.error
    assert answer.fatal is getattr(error, "fatal", False)


@pytest.mark.parametrize("asked", [0.0, 0.1, 3.0, 17.5, 60.0])
def test_no_wait_is_shorter_than_the_provider_asks(asked):
    waits = []
    for seed in range(20):
        door = Door()
        assert try_out(passing(asked), seed=seed, door=door).attempts == 2
        waits += door.pauses
    assert min(waits) >= asked
    assert max(waits) <= max(asked, 0.5)


@pytest.mark.parametrize("asked", [60.01, 3600, math.inf, math.nan, "soon"])
def test_a_pause_that_is_too_long_or_no_number_is_no_pause_but_an_outage(asked):
    door = Door()
    answer = try_out(passing(asked), door=door)
    assert (answer.error, answer.attempts, door.pauses) == ("busy", 1, [])


def test_a_pause_that_is_over_already_is_none():
    door = Door()
    assert try_out(passing(-5), door=door).attempts == 2
    assert 0.25 <= door.pauses[0] <= 0.5


def test_time_outs_are_transient_and_say_how_long_was_waited():
    async def never():
        await asyncio.Event().wait()

    door = Door()
    answer = simulate(attempt(never, door, Limits(timeout=600.0, retries=1), random.Random(0)))
    assert (answer.error, answer.attempts) == ("no answer within 600 s", 2)
    assert {(outcome.transient, outcome.status) for outcome in door.outcomes} == {(True, 408)}


def test_nothing_is_called_where_the_door_is_shut_and_the_reason_is_told():
    assert try_out(door=Door(shut_after=0)) == Answer(error="not called: -x", attempts=0)


def test_an_attempt_that_is_not_let_in_leaves_the_error_of_the_last():
    door = Door(shut_after=1)
    assert try_out(passing(), door=door) == Answer(error="busy", attempts=1)


def test_a_call_that_is_given_up_leaves_the_door_without_an_outcome():
    async def run(door):
        task = asyncio.create_task(attempt(asyncio.Event().wait, door, Limits(), random.Random(0)))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    door = Door()
    simulate(run(door))
    assert door.outcomes == [None]


def test_an_error_without_a_message_is_named_by_its_kind():
    assert try_out(ProviderError("")).error == "ProviderError"
    assert try_out(KeyError()).error == "KeyError: "


def test_an_error_whose_message_fails_is_an_error_all_the_same():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    assert try_out(MuteError()).error == "MuteError (its message cannot be shown)"
