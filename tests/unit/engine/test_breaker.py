from __future__ import annotations

import math

from pytest_goldenprompt.engine.breaker import OPENS_AFTER, Breaker


def breaker():
    return Breaker(patience=15.0, throttled=60.0)


def fail(one, now, count=1, *, refused=False):
    for number in range(count):
        one.failed(number, now, refused=refused, probe=False)


def probe(one, now, *, refused=False):
    """Fail with the one call that is let through."""
    assert one.opens() <= now
    one.probing = True
    assert one.opens() == math.inf, "one probe at a time"
    one.failed(f"at {now}", now, refused=refused, probe=True)


def test_some_failures_in_a_row_open_it_and_an_answer_between_them_does_not():
    one = breaker()
    for _ in range(5):
        fail(one, 1.0, OPENS_AFTER - 1)
        one.answered()
    assert not one.is_open
    assert one.opens() == -math.inf
    fail(one, 2.0, OPENS_AFTER)
    assert one.is_open
    assert one.opens() == 3.0


def test_one_call_that_fails_whenever_it_is_tried_is_no_outage():
    one = breaker()
    for second in range(100):
        fail(one, float(second), OPENS_AFTER - 1)
    assert not one.is_open
    only = breaker()
    for second in range(100):
        fail(only, float(second), refused=True)
    assert not only.is_down


def test_failures_of_calls_that_were_under_way_already_change_nothing():
    one = breaker()
    fail(one, 2.0, OPENS_AFTER + 20)
    assert one.opens() == 3.0
    fail(one, 2.5, 3)
    assert (one.opens(), one.is_down) == (3.0, False)


def test_probes_come_after_pauses_that_double_until_it_is_down():
    one = breaker()
    fail(one, 0.0, OPENS_AFTER)
    moments = []
    while not one.is_down:
        moments.append(one.opens())
        probe(one, one.opens())
    assert moments == [1.0, 3.0, 7.0, 15.0]


def test_a_probe_that_is_answered_closes_it_and_a_later_outage_begins_anew():
    one = breaker()
    fail(one, 0.0, OPENS_AFTER)
    probe(one, 1.0)
    one.probing = True
    one.answered()
    assert (one.is_open, one.opens(), one.is_down) == (False, -math.inf, False)
    fail(one, 100.0, OPENS_AFTER)
    assert one.opens() == 101.0
    probe(one, 101.0)
    assert not one.is_down


def test_a_probe_that_is_given_up_leaves_room_for_another():
    one = breaker()
    fail(one, 0.0, OPENS_AFTER)
    one.probing = True
    one.abandoned(probe=False)
    assert one.opens() == math.inf
    one.abandoned(probe=True)
    assert one.opens() == 1.0


def test_slow_failures_are_an_outage_too():
    one = breaker()
    for number in range(OPENS_AFTER):
        one.failed(number, 20.0 * number, refused=False, probe=False)
    assert not one.is_down
    probe(one, 90.0)
    assert one.is_down


def test_too_many_calls_alone_open_nothing_and_are_an_outage_after_a_minute_only():
    one = breaker()
    fail(one, 0.0, OPENS_AFTER * 4, refused=True)
    assert not one.is_open
    fail(one, 59.0, 2, refused=True)
    assert not one.is_down
    fail(one, 60.0, refused=True)
    assert one.is_down


def test_what_is_down_stays_down():
    one = breaker()
    fail(one, 0.0, OPENS_AFTER)
    probe(one, 20.0)
    fail(one, 21.0)
    assert one.is_down
