from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import stats

from pytest_goldenprompt.judge.intervals import Counted, clopper_pearson


def counts(seed, number, most):
    rng = random.Random(seed)
    for _ in range(number):
        trials = rng.randint(1, most)
        yield rng.choice([0, trials, rng.randint(0, trials)]), trials, rng.choice([0.8, 0.95, 0.999])


@pytest.mark.parametrize(("seed", "number", "most"), [(1, 200, 200), (2, 10, 3000)])
def test_intervals_are_those_of_scipy(seed, number, most):
    for hits, trials, confidence in counts(seed, number, most):
        expected = stats.binomtest(hits, trials).proportion_ci(confidence, "exact")
        assert clopper_pearson(hits, trials, confidence) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_the_ends_are_points_of_the_beta_law_for_thousands_of_random_counts():
    drawn = list(counts(3, 2000, 60))
    hits, trials, confidence = (np.array(column, dtype=float) for column in zip(*drawn, strict=True))
    tail = (1 - confidence) / 2
    low = np.where(hits == 0, 0.0, stats.beta.ppf(tail, hits, trials - hits + 1))
    high = np.where(hits == trials, 1.0, stats.beta.ppf(1 - tail, hits + 1, trials - hits))
    found = np.array([clopper_pearson(*one) for one in drawn])
    assert np.abs(found - np.stack([low, high], axis=1)).max() < 1e-9


def test_the_interval_of_no_trial_is_everything():
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert Counted(0, 0).share == 0.0


def test_a_counted_share_has_its_95_percent_interval():
    counted = Counted(3, 200)
    assert counted.share == 0.015
    assert counted.interval == clopper_pearson(3, 200)
    assert [round(100 * end, 1) for end in counted.interval] == [0.3, 4.3]
