from __future__ import annotations

import random
from itertools import product

import pytest

from pytest_goldenprompt.judge.agreement import ENOUGH, Trust, agreement

CHOICES = ("good", "bad")


def table(good_good, good_bad, bad_good, bad_bad):
    cells = dict(zip(product(CHOICES, CHOICES), (good_good, good_bad, bad_good, bad_bad), strict=True))
    return agreement([pair for pair, number in cells.items() for _ in range(number)], CHOICES)


def test_kappa_is_the_agreement_beyond_chance():
    """Cohen's own kind of table: 35 of 50 agree, where shares alone give 25."""
    found = table(20, 5, 10, 15)
    assert (found.counted.hits, found.counted.tries, found.by_chance) == (35, 50, 0.5)
    assert found.kappa == pytest.approx(0.4)
    low, high = found.interval
    assert low == pytest.approx((found.counted.interval.low - 0.5) / 0.5)
    assert low < 0.4 < high


@pytest.mark.parametrize("pairs", [[], [("good", "good")] * 40])
def test_where_nothing_varies_there_is_no_kappa(pairs):
    found = agreement(pairs, CHOICES)
    assert (found.kappa, found.interval, found.trust(0.1)) == (None, None, Trust.UNSURE)


@pytest.mark.parametrize(
    ("cells", "trust"),
    [
        ((50, 2, 2, 50), Trust.GOOD),
        ((20, 3, 3, 20), Trust.UNSURE),
        ((20, 20, 20, 20), Trust.POOR),
        ((0, 6, 6, 0), Trust.POOR),
        ((14, 0, 0, 14), Trust.UNSURE),
        ((15, 0, 0, 15), Trust.GOOD),
    ],
)
def test_a_judge_is_trusted_where_kappa_is_surely_as_wished_and_never_on_few_labels(cells, trust):
    assert table(*cells).trust(0.6) is trust
    assert trust is not Trust.GOOD or sum(cells) >= ENOUGH


def test_choices_that_people_hardly_named_are_told():
    assert table(20, 5, 1, 3).few == ("bad",)
    assert agreement([("a", "b")] * 5, ("a", "b", "c")).few == ("b", "c")


@pytest.mark.parametrize("cells", [(0.45, 0.05, 0.05, 0.45), (0.85, 0.04, 0.04, 0.07), (0.5, 0.01, 0.01, 0.48)])
@pytest.mark.parametrize("number", [20, 50])
def test_the_interval_covers_the_true_kappa_as_often_as_it_says(cells, number):
    luck = random.Random(f"{cells}{number}")
    pairs = list(product(CHOICES, CHOICES))
    agree = cells[0] + cells[3]
    chance = (cells[0] + cells[1]) * (cells[0] + cells[2]) + (cells[2] + cells[3]) * (cells[1] + cells[3])
    truth, tries, hits = (agree - chance) / (1 - chance), 0, 0
    for _ in range(300):
        interval = agreement(luck.choices(pairs, cells, k=number), CHOICES).interval
        if interval is not None:
            tries, hits = tries + 1, hits + (interval.low <= truth <= interval.high)
    assert hits / tries > 0.93
