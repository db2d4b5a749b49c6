from __future__ import annotations

import math
import random
from bisect import bisect_left
from itertools import pairwise

import pytest

from pytest_goldenprompt.engine.per_minute import PerMinute
from pytest_goldenprompt.model.limits import Allowance


def starts(allowance, count, tokens=lambda number: 0.0, seed=0):
    """Start calls as soon as they may, some of them a little later; give second and tokens of each."""
    luck, minute, now, found = random.Random(seed), PerMinute(allowance), 0.0, []
    for number in range(count):
        size = tokens(number)
        now = max(now, minute.opens(now, size)) + (luck.random() if luck.random() < 0.1 else 0.0)
        minute.start(now, size)
        found.append((now, size))
    return found


def most_in_a_minute(found):
    """Give the most calls and tokens that start within any minute, its end left out."""
    seconds = [second for second, _ in found]
    ends = [bisect_left(seconds, second + 60) for second in seconds]
    return (
        max(end - begin for begin, end in enumerate(ends)),
        max(sum(size for _, size in found[begin:end]) for begin, end in enumerate(ends)),
    )


@pytest.mark.parametrize("limit", [1, 3, 7.9, 60, 500])
def test_no_minute_has_more_calls_than_allowed_and_a_busy_one_has_as_many(limit):
    found = starts(Allowance(limit), 5 * math.ceil(limit))
    assert most_in_a_minute(found)[0] == math.floor(limit)
    assert found[math.floor(limit) - 1][0] < 60, "what a minute allows may start at once"


def test_less_than_one_a_minute_is_one_in_a_longer_time():
    found = starts(Allowance(0.25), 4)
    assert all(later - sooner >= 240 for (sooner, _), (later, _) in pairwise(found))


@pytest.mark.parametrize("seed", range(5))
def test_no_minute_has_more_tokens_than_allowed(seed):
    luck = random.Random(seed)
    found = starts(Allowance(None, 10_000), 300, lambda number: luck.randint(1, 3000), seed)
    assert 8000 < most_in_a_minute(found)[1] <= 10_000


def test_both_limits_hold_together():
    found = starts(Allowance(10, 1000), 60, lambda number: 10.0 if number < 30 else 500.0)
    calls, tokens = most_in_a_minute(found)
    assert calls == 10
    assert tokens <= 1000


def test_a_call_with_more_tokens_than_a_minute_allows_goes_alone():
    minute = PerMinute(Allowance(None, 100))
    assert minute.opens(0.0, 500.0) == -math.inf
    minute.start(0.0, 500.0)
    assert minute.opens(1.0, 1.0) == 60.0
    assert minute.opens(60.0, 500.0) == -math.inf


def test_tokens_that_were_counted_take_the_place_of_the_estimate():
    minute = PerMinute(Allowance(None, 100))
    first = minute.start(0.0, 90.0)
    assert minute.opens(1.0, 20.0) == 60.0
    minute.correct(first, 10.0)
    assert minute.opens(1.0, 20.0) == -math.inf
    minute.correct(first, 95.0)
    assert minute.opens(1.0, 20.0) == 60.0


def test_a_count_that_comes_after_its_minute_changes_nothing():
    minute = PerMinute(Allowance(None, 100))
    old = minute.start(0.0, 50.0)
    assert minute.opens(61.0, 100.0) == -math.inf
    minute.start(61.0, 50.0)
    minute.correct(old, 1000.0)
    assert minute.opens(61.0, 50.0) == -math.inf
    assert minute.opens(61.0, 51.0) == 121.0


def test_tokens_matter_only_where_they_are_limited():
    assert PerMinute(Allowance(None, 5)).counts_tokens
    assert not PerMinute(Allowance(5)).counts_tokens
    assert PerMinute(Allowance()).opens(0.0, math.inf) == -math.inf


def test_calls_that_another_process_made_count():
    one, other = PerMinute(Allowance(4, 1000)), PerMinute(Allowance(4, 1000))
    for second in (0.0, 50.0, 55.0):
        one.start(second, 100.0)
    other.start(1058.0, 300.0)
    other.remember(one.recent(60.0), 1060.0)
    assert other.recent(1060.0) == [(10.0, 100.0), (5.0, 100.0), (2.0, 300.0)]
    assert other.opens(1060.0, 500.0) == -math.inf
    assert other.opens(1060.0, 501.0) == 1110.0
    other.remember([(1.0, 0.0)] * 3, 1060.0)
    assert other.opens(1060.0, 0.0) == 1118.0, "six calls, of which three must be a minute old"
