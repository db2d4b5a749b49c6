from __future__ import annotations

from pytest_goldenprompt.judge.gaps import Cover, Pool, deals
from pytest_goldenprompt.judge.likeness import neighbours, weighed
from pytest_goldenprompt.judge.topics import topic_gaps

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def told(lacking, side=60):
    """Golden cases on ten subjects, and production in which some inputs are on others of their own."""
    pool = Pool(side, side)
    subject = [f"common{n % 10} {NUMBERS[n % 12]}" for n in range(pool.size)]
    for start, name in lacking:
        for place in range(start, start + 16):
            subject[place] = f"{name} {name}ly {NUMBERS[place % 12]}"
    texts = weighed(subject)
    split = (1 << pool.golden) - 1, pool
    return topic_gaps(texts, neighbours(texts), split, tuple(deals(pool, 199, "s")), 0.05)


def test_each_subject_that_is_lacking_is_told_once():
    first, second = sorted(told([(60, "parcel"), (80, "invoice")]), key=lambda topic: topic.places)
    assert first.words[:2] == ("parcel", "parcelly")
    assert second.words[:2] == ("invoice", "invoicely")
    assert set(first.places) <= set(range(60, 76))
    assert (first.lack.state, first.lack.golden) == (Cover.GAP, 0)


def test_where_nothing_is_lacking_nothing_is_told():
    assert told([]) == ()


def test_too_small_a_pool_has_no_neighbourhood():
    assert told([], 10) == ()
