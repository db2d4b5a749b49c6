from __future__ import annotations

import random

import pytest
from scipy import stats

from pytest_goldenprompt.judge.mixture import Mixture, fit_library
from pytest_goldenprompt.judge.noise import (
    CAP,
    collapsed,
    is_frozen,
    noise_factor,
    parts_of_square,
    scale_of,
    weight_of,
)
from pytest_goldenprompt.judge.pairs import tally
from unit.judge.records import pair, reading


def noise(pairs, mixture, floor):
    return noise_factor(tally(pairs), mixture, floor)


def frozen(pairs):
    return is_frozen(tally(pairs))


RATES = (0.999,) * 70 + (0.9,) * 18 + (0.5,) * 7 + (0.02,) * 5


def passes(rate, k, rng):
    return sum(rng.random() < rate for _ in range(k))


def month(rng, spread=0.0, repeats=10):
    then = [passes(rate, 10, rng) for rate in RATES]
    now = [passes(min(1.0, max(0.0, rate + rng.gauss(0, spread))), repeats, rng) for rate in RATES]
    pairs = [pair(x, 10, y, repeats) for x, y in zip(then, now, strict=True)]
    return pairs, Mixture(fit_library([(x, 10) for x in then]))


def test_a_case_is_predicted_to_scatter_as_the_mixture_says():
    mixture = Mixture(fit_library([(9, 10)] * 50 + [(10, 10)] * 50))
    chances = mixture.predict(9, 10, 4)
    square = sum(chance * (y / 4 - 0.9) ** 2 for y, chance in enumerate(chances))
    gain = sum(chance * min((y / 4 - 0.9) ** 2, CAP * square) for y, chance in enumerate(chances) if y == 4)
    assert scale_of(pair(9, 10, 0, 4), mixture) == (pytest.approx(square), pytest.approx(gain))


@pytest.mark.parametrize("k1", [1, 4, 30])
def test_the_predicted_square_is_told_for_any_number_of_repeats(k1):
    mixture = Mixture(fit_library([(9, 10)] * 50 + [(10, 10)] * 50))
    luck, rest = parts_of_square(mixture, 9, 10)
    assert luck / k1 + rest == pytest.approx(scale_of(pair(9, 10, 0, k1), mixture).square, rel=1e-12)


def test_unchanged_cases_rarely_look_noisier_than_luck():
    rng = random.Random(1)
    noisy = sum(noise(*month(rng), 1.25) > 1.0 for _ in range(100))
    assert noisy <= 20


def test_cases_that_jump_about_between_months_are_noisier_than_luck():
    rng = random.Random(1)
    calm, jumpy = (sum(noise(*month(rng, spread), 1.25) > 1.0 for _ in range(60)) for spread in (0.0, 0.4))
    assert jumpy >= 20
    assert jumpy >= 2 * calm


def test_real_fixes_of_dead_cases_are_not_read_as_noise():
    pairs, mixture = month(random.Random(3))
    plain = noise(pairs, mixture, 1.25)
    fixed = [pair(x.then.passes, 10, 10, 10) if x.then.passes <= 1 else x for x in pairs]
    assert (plain, noise(fixed, mixture, 1.25)) == (1.0, 1.0)


def test_worse_results_never_raise_the_noise_factor():
    rng = random.Random(5)
    for _ in range(100):
        pairs, mixture = month(rng, 0.3, 3)
        index = rng.randrange(len(pairs))
        worse = list(pairs)
        worse[index] = pair(pairs[index].then.passes, 10, max(0, pairs[index].now.passes - 1), 3)
        assert noise(worse, mixture, 1.0) <= noise(pairs, mixture, 1.0)


def test_no_pairs_are_no_noise():
    assert noise([], Mixture(fit_library([])), 1.25) == 1.0


def test_the_weight_turns_rates_into_counts():
    expected = stats.hypergeom(13, 8, 3).mean()
    assert weight_of(pair(6, 10, 2, 3)) * (2 / 3 - 6 / 10) == pytest.approx(2 - expected)


def test_three_jumps_among_repeats_that_never_mix_are_frozen():
    jumps, steady = [pair(0, 5, 5, 5)] * 3, [pair(5, 5, 5, 5)] * 90
    assert frozen(jumps + steady)
    assert frozen(jumps + steady + [pair(2, 5, 2, 5)] * 2)
    assert not frozen(jumps + steady + [pair(2, 5, 2, 5)] * 3)
    assert not frozen(jumps[:2] + steady)


def test_single_repeats_and_mixed_answers_are_no_jumps():
    assert not frozen([pair(0, 1, 1, 1)] * 9)
    assert not frozen([pair(0, 5, 4, 5)] * 9)


def test_copies_count_as_the_majoritys_one_observation():
    assert collapsed(reading(6, 10, full=5))[:3] == (1, 1, 0)
    assert collapsed(reading(5, 10))[:3] == (1, 0, 0)
