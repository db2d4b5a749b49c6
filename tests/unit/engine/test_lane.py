from __future__ import annotations

import math

import pytest

from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.lane import FIRST_ANSWER, Lane
from pytest_goldenprompt.engine.per_minute import PerMinute
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.limits import Allowance, Asked
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Message, Request

ASKED = Request("p", "c", 0, (Message("user", "x" * 320),))


def lane(concurrency=8, allowance=None):
    return Lane(Asked("openai:m"), Limits(concurrency=concurrency), PerMinute(allowance) if allowance else None)


def room(one, now):
    """Give how many calls may start at a moment."""
    started = []
    while one.opens(now, 0.0) <= now and len(started) < 100:
        started.append(one.start(now, 0.0))
    for trip in started:
        one.end(trip, ASKED, None, now)
    return len(started)


def fail(one, now, *, began=None, **error):
    """Let a call fail that began just now, or before."""
    trip = one.start(now if began is None else began, 0.0)
    one.end(trip, ASKED, ProviderError("no", **{"transient": True, **error}), now)


def test_as_many_calls_are_under_way_as_the_run_allows():
    assert room(lane(8), 0.0) == 8
    one = lane(1)
    trip = one.start(0.0, 0.0)
    assert one.opens(0.0, 0.0) == math.inf
    one.end(trip, ASKED, Output("yes"), 1.0)
    assert one.opens(1.0, 0.0) <= 1.0


@pytest.mark.parametrize("status", [408, 502, 503, 504, 529])
def test_an_overload_halves_them_once_a_round(status):
    one = lane()
    fail(one, 1.0, status=status)
    assert room(one, 1.0) == 4
    fail(one, 2.0, began=0.5, status=status)
    assert room(one, 2.0) == 4
    fail(one, 3.0, status=status)
    assert room(one, 3.0) == 2


@pytest.mark.parametrize("error", [{"status": 500}, {"status": None}, {"transient": False, "status": 503}])
def test_another_failure_says_nothing_of_a_load(error):
    one = lane()
    fail(one, 1.0, **error)
    assert room(one, 1.0) == 8


def test_a_first_refusal_halves_them_and_later_ones_leave_what_the_pace_takes():
    one = lane(64)
    for second in range(20):
        for _ in range(10):
            one.end(one.start(float(second), 0.0), ASKED, Output("yes"), second + 2.0)
    fail(one, 22.0, status=429)
    assert one._window.size == 32
    for second in range(30, 60, 3):
        fail(one, float(second), status=429)
    assert one._window.size == max(1, math.ceil(one._pace.rate * 2.0))


@pytest.mark.parametrize(("asked", "opens"), [(0.5, 10.5), (60.0, 70.0)])
def test_a_pause_that_is_asked_for_is_kept(asked, opens):
    one = lane()
    fail(one, 10.0, status=503, retry_after=asked)
    assert (one.opens(10.0, 0.0), one.down) == (opens, "")
    fail(one, 10.0, status=503, retry_after=0.1)
    assert one.opens(10.0, 0.0) == opens, "a shorter one does not take its place"


def test_a_pause_that_is_too_long_is_an_outage_and_one_that_is_no_number_is_none():
    one = lane()
    fail(one, 10.0, retry_after="soon")
    assert (one.opens(10.0, 0.0) <= 10.0, one.down) == (True, "")
    fail(one, 10.0, retry_after=61.0)
    assert one.down == "it asks for a pause of 61 s (no)"


def test_an_error_that_is_not_transient_asks_for_no_pause():
    one = lane()
    fail(one, 10.0, transient=False, retry_after=30.0)
    assert one.opens(10.0, 0.0) <= 10.0


def test_tokens_are_estimated_from_the_text_and_from_what_was_answered():
    one = lane(allowance=Allowance(None, 10_000))
    text = one.tokens(ASKED) - FIRST_ANSWER
    assert 320 / 4 <= text <= 320 / 4 + 30
    for second in range(60):
        one.end(one.start(float(second), 0.0), ASKED, Output("yes", usage=Usage(80, 1000)), float(second))
    assert one.tokens(ASKED) == pytest.approx(text + 1000, rel=0.01)
    assert lane().tokens(ASKED) == lane(allowance=Allowance(5)).tokens(ASKED) == 0.0


def test_counted_tokens_take_the_place_of_the_estimate():
    one = lane(allowance=Allowance(None, 1000))
    trip = one.start(0.0, 900.0)
    assert one.opens(0.0, 200.0) == 60.0
    one.end(trip, ASKED, Output("yes", usage=Usage(80, 20)), 1.0)
    assert one.opens(1.0, 900.0) <= 1.0
    one.end(one.start(1.0, 900.0), ASKED, Output("yes"), 2.0)
    assert one.opens(2.0, 900.0) == 61.0, "what was not counted stays an estimate"
