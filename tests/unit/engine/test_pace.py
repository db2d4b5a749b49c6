from __future__ import annotations

import math

import pytest

from pytest_goldenprompt.engine.pace import BELOW, Pace


def steady(pace, rate, begin, end):
    """Start and accept so many calls a second."""
    number = 0
    while (second := begin + number / rate) < end:
        pace.start(second)
        pace.accepted(second)
        number += 1


def test_there_is_no_pace_until_a_call_is_refused():
    pace = Pace()
    steady(pace, 1000, 0, 5)
    assert pace.rate == math.inf
    assert pace.opens() == -math.inf


def test_a_refusal_sets_it_a_little_below_what_was_accepted():
    pace = Pace()
    steady(pace, 10, 0, 30)
    pace.start(30.0)
    pace.refused(30.0, 30.1)
    assert pace.rate == pytest.approx(BELOW * 10, rel=0.02)


def test_refusals_of_the_same_round_count_once_and_later_ones_again():
    pace = Pace()
    steady(pace, 10, 0, 30)
    pace.refused(29.0, 30.0)
    first = pace.rate
    for began in (28.0, 29.5, 29.99):
        pace.refused(began, 30.1)
    assert pace.rate == first
    pace.refused(30.05, 30.2)
    assert pace.rate < first


def test_it_falls_by_half_at_most():
    pace = Pace()
    steady(pace, 10, 0, 30)
    pace.refused(30.0, 30.0)
    first = pace.rate
    pace.refused(130.0, 130.0)
    assert pace.rate == first / 2


def test_a_storm_at_the_start_is_read_as_what_was_let_through():
    pace = Pace()
    for _ in range(64):
        pace.start(0.0)
    for _ in range(54):
        pace.refused(0.0, 0.01)
    pace.start(0.2)
    pace.refused(0.2, 0.21)
    assert 5 < pace.rate <= 32
    for second in (0.3, 0.5, 0.7, 0.9, 1.1):
        pace.start(second)
        pace.refused(second, second)
    assert pace.rate < 11


def test_it_is_never_slower_than_a_call_in_twenty_seconds():
    pace = Pace()
    for second in range(0, 1000, 10):
        pace.start(second)
        pace.refused(second, second)
    assert pace.rate == 0.05


def test_few_calls_are_measured_over_a_longer_time():
    pace = Pace()
    steady(pace, 0.08, 0, 600)
    pace.start(600.0)
    pace.refused(600.0, 600.0)
    assert pace.rate == pytest.approx(BELOW * 0.08, rel=0.2)


def test_starts_keep_the_pace_and_a_late_one_is_made_up_for_a_little():
    pace = Pace()
    pace.refused(0.0, 0.0)
    pace.rate = 10.0
    starts = []
    now = 0.0
    for late in (0.0, 0.02, 0.0, 1.0, 0.0):
        now = max(now, pace.opens()) + late
        starts.append(now)
        pace.start(now)
    assert starts == pytest.approx([0.0, 0.12, 0.2, 1.3, 1.35])


def learned(rounds=2):
    """A pace that was learned from as many refusals as rounds, one second after another from second 30 on."""
    pace = Pace()
    steady(pace, 10, 0, 30)
    for second in range(30, 30 + rounds):
        pace.refused(second, second)
    return pace


def grow(pace, seconds, begin=40.0):
    """Accept ten calls a second and give the growth."""
    pace.accepted(begin)
    before = pace.rate
    for number in range(1, 10 * seconds + 1):
        pace.accepted(begin + number / 10)
    return pace.rate / before - 1


def test_it_grows_by_a_hundredth_a_second_and_a_thousandth_a_call_at_most():
    assert grow(learned(), 10) == pytest.approx(0.1, rel=0.02)
    pace = learned()
    base = pace.rate
    pace.accepted(300.0)
    assert pace.rate == pytest.approx(base * 1.001)


def test_far_above_the_known_ceiling_or_after_a_single_refusal_it_grows_faster():
    pace = learned()
    assert grow(pace, 25) > 0.3
    assert grow(pace, 5, 70.0) == pytest.approx(1.1**5 - 1, rel=0.1)
    assert grow(learned(rounds=1), 5) == pytest.approx(1.1**5 - 1, rel=0.1)


def test_what_is_long_over_is_forgotten():
    pace = Pace()
    steady(pace, 100, 0, 300)
    pace.refused(300.0, 300.0)
    assert len(pace._began) <= 100 * 121
