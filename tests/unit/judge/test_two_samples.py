from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from scipy import stats

from pytest_goldenprompt.judge.gaps import Pool, deals
from pytest_goldenprompt.judge.two_samples import chi_square, kolmogorov_smirnov


def drawn(seed, size, top):
    draw = random.Random(seed)
    return [draw.randint(0, top) for _ in range(size)]


@pytest.mark.parametrize(("m", "n", "shift"), [(3, 5, 0), (8, 8, 0.4), (40, 25, 0.1), (60, 70, 0.3), (1, 1, 0)])
def test_kolmogorov_smirnov_is_that_of_scipy_without_ties(m, n, shift):
    draw = random.Random(f"{m}{n}")
    one, other = [draw.random() for _ in range(m)], [draw.random() + shift for _ in range(n)]
    tested, oracle = kolmogorov_smirnov(one, other), stats.ks_2samp(one, other, method="exact")
    assert tested.statistic == pytest.approx(oracle.statistic)
    assert tested.p == pytest.approx(oracle.pvalue, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_kolmogorov_smirnov_with_ties_is_what_dealing_gives(seed):
    one, other = drawn(seed, 9, 4), drawn(-1 - seed, 12, 5)

    def distance(a, b):
        return max(abs(sum(x <= top for x in a) / len(a) - sum(x <= top for x in b) / len(b)) for top in range(6))

    tested = kolmogorov_smirnov(one, other)
    draw, pooled = random.Random(seed), [*one, *other]
    as_far = 0
    for _ in range(400):
        draw.shuffle(pooled)
        as_far += distance(pooled[:9], pooled[9:]) >= tested.statistic - 1e-9
    assert tested.p == pytest.approx(as_far / 400, abs=0.1)


def test_large_samples_take_the_limit():
    draw = random.Random(5)
    one, other = [draw.random() for _ in range(600)], [draw.random() + 0.02 for _ in range(500)]
    tested, oracle = kolmogorov_smirnov(one, other), stats.ks_2samp(one, other, method="asymp")
    assert tested.p == pytest.approx(oracle.pvalue, abs=0.03)
    assert kolmogorov_smirnov([1.0] * 600, [1.0] * 500).p == 1.0


def test_equal_samples_do_not_differ_and_strangers_do():
    assert kolmogorov_smirnov([1, 2, 3], [1, 2, 3]) == (0.0, 1.0)
    assert kolmogorov_smirnov(range(20), range(100, 120)).p < 1e-9


def test_chi_square_is_pearsons_and_its_p_near_the_asymptotic_one():
    pool = Pool(100, 150)
    golden, production = [40, 35, 25], [80, 40, 30]
    parts, at = [], [0, 100]
    for mine, theirs in zip(golden, production, strict=True):
        parts.append(((1 << mine) - 1) << at[0] | ((1 << theirs) - 1) << at[1])
        at = [at[0] + mine, at[1] + theirs]
    dealt = tuple(deals(pool, 999, "x"))
    tested = chi_square([*parts, 0], (1 << 100) - 1, pool, dealt)
    with warnings.catch_warnings():
        oracle = stats.chi2_contingency(np.array([golden, production]), correction=False)
    assert tested.statistic == pytest.approx(oracle.statistic)
    assert tested.p == pytest.approx(oracle.pvalue, abs=0.03)
