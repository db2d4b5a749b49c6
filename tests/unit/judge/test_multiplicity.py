from __future__ import annotations

import random

import numpy as np
from scipy import stats

from pytest_goldenprompt.judge.multiplicity import discoveries


def test_discoveries_are_those_of_scipys_adjusted_p_values():
    rng = random.Random(1)
    for _ in range(1000):
        p_values = [rng.random() ** rng.choice([1, 3, 6]) for _ in range(rng.randint(1, 30))]
        level = rng.choice([0.01, 0.05, 0.2])
        found, threshold = discoveries(p_values, level)
        adjusted = stats.false_discovery_control(np.array(p_values))
        assert found == int((adjusted <= level + 1e-12).sum())
        assert sum(p <= threshold for p in p_values) == found


def test_a_p_value_is_found_from_the_level_on_that_scipy_adjusts_it_to():
    rng = random.Random(2)
    for _ in range(2000):
        p_values = [rng.random() ** rng.choice([1, 3, 6]) for _ in range(rng.randint(1, 30))]
        p, adjusted = rng.choice(list(zip(p_values, stats.false_discovery_control(p_values), strict=True)))
        assert p <= discoveries(p_values, adjusted + 1e-9)[1]
        assert p > discoveries(p_values, adjusted - 1e-9)[1]


def test_nothing_to_test_is_nothing_found():
    assert discoveries([], 0.05) == (0, -1.0)
    assert discoveries([0.2, 1.0], 0.05) == (0, -1.0)


def test_a_p_value_of_zero_is_found_at_any_level():
    assert discoveries([0.0, 1.0], 0.0) == (1, 0.0)
