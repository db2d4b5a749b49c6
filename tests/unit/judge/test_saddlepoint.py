from __future__ import annotations

import random

import pytest

from pytest_goldenprompt.judge import evidence
from pytest_goldenprompt.judge.evidence import counts_tail
from pytest_goldenprompt.judge.exact import hypergeometric, lower_tail, sum_law
from pytest_goldenprompt.judge.saddlepoint import lower_tail_approximate


def strata_of(rng, number):
    return [(k0, k1, rng.randint(1, k0 + k1 - 1)) for k0, k1 in rng.choices([(1, 1), (10, 3), (10, 10)], k=number)]


def groups_of(strata):
    """Give the law of each kind of stratum once, with how many there are."""
    laws = {one: hypergeometric(*one) for one in sorted(strata)}
    return [(tuple(enumerate(weights, low)), strata.count(one)) for one, (low, weights) in laws.items()]


@pytest.mark.parametrize("number", [50, 200, 600])
def test_the_error_is_under_one_hundredth_of_the_tail(number):
    rng = random.Random(number)
    strata = strata_of(rng, number)
    law, groups, compared = sum_law(strata), groups_of(strata), 0
    low, weights = law
    for observed in range(low, low + len(weights), max(1, len(weights) // 60)):
        exact = lower_tail(law, observed)
        if exact > 1e-12:
            compared += 1
            assert lower_tail_approximate(groups, observed) == pytest.approx(exact, rel=0.01)
    assert compared > 10


def test_the_ends_are_exact():
    groups = groups_of([(2, 2, 2)] * 5)
    assert lower_tail_approximate(groups, -1) == 0.0
    assert lower_tail_approximate(groups, 0) == pytest.approx((1 / 6) ** 5)
    assert lower_tail_approximate(groups, 10) == 1.0
    assert lower_tail_approximate(groups, 9) == pytest.approx(1 - (1 / 6) ** 5, rel=0.01)


def test_the_middle_of_the_law_is_continuous():
    groups = [(((0, 0.5), (1, 0.5)), 400)]
    law = sum_law([(1, 1, 1)] * 400)
    for observed in range(197, 204):
        assert lower_tail_approximate(groups, observed) == pytest.approx(lower_tail(law, observed), rel=0.001)


def test_a_steep_tilt_is_found_inside_the_bracket():
    points = ((0, 1e-12), (50, 1 - 1e-12))
    assert 0.0 <= lower_tail_approximate([(points, 3)], 60) <= 1e-12


def test_large_tests_choose_the_method_by_repeats_alone(monkeypatch):
    counts = [(1, 1, 1, 1)] * 900 + [(1, 1, 1, 0)] * 80 + [(1, 1, 0, 1)] * 50
    exact = counts_tail(counts)
    monkeypatch.setattr(evidence, "EXACT_SUM", 1000)
    assert counts_tail(counts) != exact
    assert counts_tail(counts) == pytest.approx(exact, rel=0.01)


def test_a_hundred_thousand_cases_can_be_tested():
    rng = random.Random(2)
    counts = [(1, 1, int(rng.random() < 0.9), int(rng.random() < 0.9)) for _ in range(100_000)]
    assert 0.0 < counts_tail(counts) < 1.0
