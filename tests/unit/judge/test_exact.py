from __future__ import annotations

import math
import random
from functools import cache, reduce

import numpy as np
import pytest
from scipy import stats

from pytest_goldenprompt.judge.evidence import counts_tail
from pytest_goldenprompt.judge.exact import convolve, hypergeometric, lower_tail, power, sum_law, trim


@cache
def scipys(k0, k1, t):
    """Give scipy's hypergeometric law over 0..k1."""
    return stats.hypergeom.pmf(np.arange(k1 + 1), k0 + k1, t, k1)


def oracle(strata, observed):
    """Convolve scipy's hypergeometric laws."""
    return float(reduce(np.convolve, [scipys(*stratum) for stratum in strata])[: observed + 1].sum())


def tables(seed, number):
    rng = random.Random(seed)
    for _ in range(number):
        same = rng.choice([None, (rng.randint(1, 10), rng.randint(1, 10))])
        strata = []
        for _ in range(rng.randint(1, 12)):
            k0, k1 = same or (rng.randint(1, 12), rng.randint(1, 12))
            strata.append((k0, k1, rng.randint(0, k0 + k1)))
        yield strata, rng.randint(-1, sum(k1 for _, k1, _ in strata) + 1)


def test_one_law_is_scipys_hypergeometric():
    for k0 in range(1, 8):
        for k1 in range(1, 8):
            for t in range(k0 + k1 + 1):
                low, weights = hypergeometric(k0, k1, t)
                expected = stats.hypergeom(k0 + k1, t, k1).pmf(range(low, low + len(weights)))
                assert weights == pytest.approx(expected, abs=1e-12)
                assert math.fsum(weights) == pytest.approx(1.0, abs=1e-12)


def test_sums_agree_with_scipy_on_thousands_of_random_tables():
    for strata, observed in tables(1, 2000):
        expected = oracle(strata, observed) if observed >= 0 else 0.0
        assert lower_tail(sum_law(strata), observed) == pytest.approx(expected, abs=1e-9)


def test_one_repeat_a_side_is_the_exact_test_of_mcnemar():
    for lost in range(12):
        for gained in range(12):
            counts = [(1, 1, 1, 0)] * lost + [(1, 1, 0, 1)] * gained + [(1, 1, 1, 1)] * 7 + [(1, 1, 0, 0)] * 5
            expected = stats.binomtest(gained, lost + gained, 0.5, "less").pvalue if lost + gained else 1.0
            assert counts_tail(counts) == pytest.approx(expected, abs=1e-12)


def test_thousands_of_random_single_repeats_are_the_exact_test_of_mcnemar():
    rng = random.Random(4)
    for _ in range(2000):
        lost, gained, both, neither = (rng.randint(0, most) for most in (60, 60, 20, 20))
        counts = [(1, 1, 1, 0)] * lost + [(1, 1, 0, 1)] * gained + [(1, 1, 1, 1)] * both + [(1, 1, 0, 0)] * neither
        expected = stats.binom.cdf(gained, lost + gained, 0.5)
        assert counts_tail(rng.sample(counts, len(counts))) == pytest.approx(expected, abs=1e-9)


def test_the_order_of_strata_does_not_change_a_bit():
    rng = random.Random(3)
    for strata, _ in tables(2, 50):
        shuffled = rng.sample(strata, len(strata))
        assert sum_law(strata) == sum_law(shuffled)


def test_degenerate_strata_only_shift_the_sum():
    assert sum_law([(3, 4, 7), (3, 4, 0)]) == (4, (1.0,))


def test_a_thousand_single_repeats_are_exact():
    counts = [(1, 1, 1, 0)] * 520 + [(1, 1, 0, 1)] * 480
    exact = sum(math.comb(1000, flips) for flips in range(481)) / 2**1000
    assert counts_tail(counts) == pytest.approx(exact, rel=1e-9)


def test_power_is_repeated_convolution():
    law = hypergeometric(4, 3, 3)
    low, weights = convolve(convolve(law, law), law)
    assert power(law, 3) == (low, pytest.approx(weights, abs=1e-15))
    assert power(law, 0) == (0, (1.0,))


def test_negligible_ends_are_dropped_but_never_everything():
    assert trim(2, [1e-31, 0.5, 0.5, 1e-40]) == (3, (0.5, 0.5))
    assert trim(2, [1e-31, 1e-40]) == (3, (1e-40,))


def test_worse_passes_never_raise_the_tail():
    for strata, _ in tables(5, 300):
        rng = random.Random(repr(strata))
        counts = [(k0, k1, rng.randint(0, k0), rng.randint(0, k1)) for k0, k1, _ in strata]
        index = rng.randrange(len(counts))
        k0, k1, x, y = counts[index]
        if y:
            worse = [*counts[:index], (k0, k1, x, y - 1), *counts[index + 1 :]]
            assert counts_tail(worse) <= counts_tail(counts) + 1e-12
