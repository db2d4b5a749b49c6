from __future__ import annotations

import math
import random

import pytest
from scipy import stats

from pytest_goldenprompt.judge.mixture import EVEN, RATES, Mixture, fit_library, fit_prompt, grouped
from unit.judge.records import STEADY


def library(totals):
    return Mixture(fit_library(totals))


def test_predictions_are_the_mixtures_own_binomials():
    mixture = library([(x, 10) for x in STEADY])
    weights = [w * stats.binom(10, p).pmf(7) for w, p in zip(mixture.weights, RATES, strict=True)]
    expected = [
        sum(w * stats.binom(6, p).pmf(y) for w, p in zip(weights, RATES, strict=True)) / sum(weights) for y in range(7)
    ]
    assert mixture.predict(7, 10, 6) == pytest.approx(expected, rel=1e-9)
    assert mixture.p_value(7, 10, 2, 6) == pytest.approx(sum(expected[:3]), rel=1e-9)


def test_weights_are_a_distribution_for_any_library():
    for totals in ([], [(0, 1)], [(1, 1)] * 50, [(3, 7), (500, 2000), (0, 0)]):
        weights = fit_library(totals)
        assert math.fsum(weights) == pytest.approx(1.0)
        assert min(weights) > 0.0


def test_an_unseen_library_is_even_over_rates():
    assert fit_library([]) == pytest.approx(EVEN)
    assert Mixture(EVEN).predict(0, 1, 1)[0] == pytest.approx(2 / 3, abs=0.01)


def test_the_fit_finds_the_share_of_dead_and_solid_cases():
    rng = random.Random(1)
    rates = [0.02] * 300 + [0.98] * 700
    weights = fit_library([(sum(rng.random() < rate for _ in range(10)), 10) for rate in rates])
    dead = math.fsum(weight for weight, rate in zip(weights, RATES, strict=True) if rate < 0.2)
    solid = math.fsum(weight for weight, rate in zip(weights, RATES, strict=True) if rate > 0.8)
    assert (dead, solid) == (pytest.approx(0.3, abs=0.01), pytest.approx(0.7, abs=0.01))


def test_p_values_of_unchanged_cases_are_not_too_small():
    rng = random.Random(4)
    rates = [rng.betavariate(*rng.choice([(400, 1), (18, 2), (3, 3)])) for _ in range(4000)]
    then = [(sum(rng.random() < rate for _ in range(10)), 10) for rate in rates]
    mixture = fit_prompt(then, fit_library(then))
    p_values = [
        mixture.p_value(x, 10, sum(rng.random() < rate for _ in range(10)), 10)
        for (x, _), rate in zip(then, rates, strict=True)
    ]
    for level in (0.1, 0.01, 0.001):
        assert sum(p <= level for p in p_values) <= stats.binom(4000, level).ppf(0.999)


def test_one_repeat_a_side_never_makes_a_single_case_certain():
    for number in (1, 2, 5, 10, 30, 100, 300, 1000, 5000):
        mixture = fit_prompt([(1, 1)] * number, fit_library([(1, 1)] * number))
        assert mixture.p_value(1, 1, 0, 1) * number > 0.05


def test_a_prompt_leans_on_its_library_only_where_it_has_few_cases():
    solid = fit_library([(10, 10)] * 1000)
    few = fit_prompt([(5, 10)] * 2, solid).p_value(10, 10, 6, 10)
    many = fit_prompt([(5, 10)] * 500, solid).p_value(10, 10, 6, 10)
    assert few < many


def test_worse_results_never_raise_a_p_value():
    mixture = library([(x, 10) for x in STEADY])
    for x in range(11):
        p_values = [mixture.p_value(x, 10, y, 10) for y in range(11)]
        assert p_values == sorted(p_values)
        assert p_values[-1] == pytest.approx(1.0)


def test_equal_totals_are_counted_once_and_unobserved_left_out():
    assert grouped([(1, 2), (0, 0), (1, 2), (0, 1)]) == (((0, 1), 1), ((1, 2), 2))
