from __future__ import annotations

import itertools
import random

import pytest
from scipy import stats

from pytest_goldenprompt.judge import signflip
from pytest_goldenprompt.judge.signflip import on_grid, sign_flip_tail


def by_hand(drops):
    """Count all assignments of signs."""
    sums = [sum(signs) for signs in itertools.product(*((-drop, drop) for drop in drops))]
    return sum(one >= sum(drops) for one in sums) / len(sums)


def test_the_tail_counts_sign_assignments():
    rng = random.Random(1)
    for _ in range(400):
        drops = [rng.randint(-20, 20) for _ in range(rng.randint(1, 9))]
        assert sign_flip_tail(drops) == pytest.approx(by_hand(drops), abs=1e-12)


def test_drops_of_one_size_are_a_sign_test():
    for lost, gained in ((0, 3), (3, 0), (7, 2), (2, 7), (30, 10)):
        expected = stats.binomtest(lost, lost + gained, 0.5, "greater").pvalue
        assert sign_flip_tail([200] * lost + [-200] * gained) == pytest.approx(expected, abs=1e-12)


def test_nothing_moved_says_nothing():
    assert sign_flip_tail([0, 0, 0]) == 1.0


def test_no_drop_at_all_says_nothing():
    assert sign_flip_tail([]) == 1.0


def test_many_equal_drops_reach_past_what_is_kept():
    assert sign_flip_tail([1] * 140) == 0.0


@pytest.mark.parametrize("sizes", [(200,), (1, 7, 40, 111), (3, 9, 60)])
def test_long_sums_agree_with_the_exact_tail(sizes, monkeypatch):
    rng = random.Random(5)
    for shift in (0.5, 0.55, 0.6):
        drops = [rng.choice(sizes) * (1 if rng.random() < shift else -1) for _ in range(200)]
        approximate = sign_flip_tail(drops)
        with monkeypatch.context() as patch:
            patch.setattr(signflip, "EXACT_TERMS", 1000)
            assert approximate == pytest.approx(sign_flip_tail(drops), rel=0.01)


def test_the_grid_is_read_upwards_in_halves():
    assert [on_grid(drop) for drop in (0.0, 0.0025, 0.0024, -0.0025, -0.0026, 1.0, -1.0)] == [0, 1, 0, 0, -1, 200, -200]
