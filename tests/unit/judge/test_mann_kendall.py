from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import settings as fast
from hypothesis import strategies as st
from scipy import stats

from pytest_goldenprompt.judge.mann_kendall import LONGEST, mann_kendall, slope

figures = st.lists(st.integers(0, 3), min_size=1, max_size=6)


def s_of(values):
    return sum((b > a) - (b < a) for i, a in enumerate(values) for b in values[i + 1 :])


@given(figures)
@fast(max_examples=60)
def test_with_ties_too_it_is_the_share_of_all_orders(values):
    seen = [s_of(order) for order in permutations(values)]
    test = mann_kendall(values)
    assert test.s == s_of(values)
    assert test.rise == pytest.approx(sum(one >= test.s for one in seen) / len(seen))
    assert test.fall == pytest.approx(sum(one <= test.s for one in seen) / len(seen))
    assert test.least == pytest.approx(seen.count(max(seen)) / len(seen))


@given(st.permutations(range(12)))
@fast(max_examples=40)
def test_without_ties_it_is_what_scipy_says(values):
    test = mann_kendall(values)
    for alternative, p in (("greater", test.rise), ("less", test.fall)):
        known = stats.kendalltau(range(12), values, method="exact", alternative=alternative)
        assert p == pytest.approx(known.pvalue, abs=1e-9)


def test_it_is_known_for_the_smallest_numbers():
    assert mann_kendall([]).least == mann_kendall([1]).least == 1
    assert mann_kendall([1, 2, 3]).rise == pytest.approx(1 / 6)
    assert mann_kendall([4, 3, 2, 1]).fall == pytest.approx(1 / 24)
    assert mann_kendall([4, 3, 2, 1]).rise == 1
    flat = mann_kendall([2, 2, 2])
    assert (flat.rise, flat.fall, flat.least) == (1, 1, 1)


def test_long_series_use_the_normal_approximation_which_is_near():
    values = [((index * 7) % 11) + index / 20 for index in range(LONGEST)]
    longer = [*values, 6.0]
    exact, near = mann_kendall(values), mann_kendall(longer)
    assert near.rise == pytest.approx(exact.rise, abs=0.02)
    known = stats.kendalltau(range(len(longer)), longer, method="asymptotic", alternative="greater")
    assert near.rise == pytest.approx(known.pvalue, abs=0.01)
    assert near.rise + near.fall > 1


def test_a_long_flat_series_shows_nothing():
    flat = mann_kendall([1.0] * (LONGEST + 1))
    assert (flat.s, flat.rise, flat.fall) == (0, 1, 1)


def test_the_slope_is_the_median_over_all_pairs():
    assert slope([1, 2, 3, 4]) == 1
    assert slope([1, 2, 3, 100]) == stats.theilslopes([1, 2, 3, 100]).slope
    assert slope([5]) == slope([]) == 0
