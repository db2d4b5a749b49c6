from __future__ import annotations

import math
import random

import pytest

from pytest_goldenprompt.judge.bound import Bound, Z, exactly, worst_drop
from pytest_goldenprompt.judge.bound import bound as bound_of
from pytest_goldenprompt.judge.bound import settles as settles_for
from pytest_goldenprompt.judge.mixture import Mixture, fit_library
from pytest_goldenprompt.judge.noise import scale_of
from pytest_goldenprompt.judge.pairs import tally
from unit.judge.records import STEADY, pair


def bound(pairs, mixture, *, graded):
    return bound_of(tally(pairs), mixture, graded=graded)


def settles(pairs, mixture, found, margin):
    return settles_for(tally(pairs), mixture, found, margin)


MIXTURE = Mixture(fit_library([(x, 10) for x in STEADY]))


def test_unchanged_cases_are_bounded_by_what_the_mixture_predicts():
    pairs = [pair(x, 10, x, 10) for x in STEADY]
    predicted = sum(scale_of(one, MIXTURE).square for one in pairs)
    found = bound(pairs, MIXTURE, graded=False)
    assert found == pytest.approx((0.0, predicted**0.5 / 50, 1.645 * predicted**0.5 / 50))


def test_losses_widen_the_bound_and_gains_do_not():
    pairs = [pair(10, 10, 10, 10)] * 20
    lost = bound([*pairs, pair(10, 10, 0, 10)], MIXTURE, graded=False)
    gained = bound([*pairs, pair(0, 10, 10, 10)], MIXTURE, graded=False)
    assert lost.drop == pytest.approx(1 / 21)
    assert lost.error > 1 / 21
    assert gained.drop == pytest.approx(-1 / 21)
    assert gained.error < 0.03


def test_the_bound_holds_about_as_often_as_it_says():
    rng = random.Random(2)
    rates = [rng.betavariate(*rng.choice([(400, 1), (18, 2), (3, 3)])) for _ in range(100)]
    held = 0
    for _ in range(200):
        then, now = ([sum(rng.random() < rate for _ in range(5)) for rate in rates] for _ in range(2))
        mixture = Mixture(fit_library([(x, 5) for x in then]))
        held += bound([pair(x, 5, y, 5) for x, y in zip(then, now, strict=True)], mixture, graded=False).upper >= 0.0
    assert held >= 180


def test_worse_results_never_lower_the_bound():
    rng = random.Random(3)
    for _ in range(300):
        pairs = [pair(rng.choice(STEADY), 10, rng.randint(1, 3), 3) for _ in range(rng.randint(1, 9))]
        index = rng.randrange(len(pairs))
        worse = list(pairs)
        worse[index] = pair(pairs[index].then.passes, 10, pairs[index].now.passes - 1, 3)
        assert bound(worse, MIXTURE, graded=False).upper >= bound(pairs, MIXTURE, graded=False).upper


def test_graded_scores_are_bounded_by_their_own_scatter():
    one = pair(10, 10, 10, 10)
    soft = one._replace(then=one.then._replace(mean=0.9, variance=0.01), now=one.now._replace(mean=0.7))
    found = bound([soft] * 25, MIXTURE, graded=True)
    assert found.drop == pytest.approx(0.2)
    assert found.error == pytest.approx(math.sqrt(25 * 0.01 * 0.2 / 2 + 25 * 0.04) / 25)


def test_scores_that_fall_while_all_pass_are_seen_even_where_none_was_graded_then():
    one = pair(10, 10, 10, 10)
    soft = one._replace(now=one.now._replace(mean=0.7))
    assert bound([soft] * 25, MIXTURE, graded=False).drop == pytest.approx(0.3)


def test_a_deterministic_drop_has_no_error():
    assert exactly([pair(1, 1, 0, 1), pair(1, 1, 1, 1)]) == Bound(0.5, 0.0, 0.5)


def test_removed_cases_count_where_they_make_a_deterministic_drop_greater():
    kept = [pair(1, 1, 0, 1), pair(1, 1, 1, 1)]
    assert worst_drop(kept, []) == 0.5
    assert worst_drop(kept, [pair(2, 5, 0, 1), pair(0, 1, 0, 1)]) == 0.5
    assert worst_drop(kept, [pair(2, 5, 0, 1), pair(4, 5, 0, 1)]) == pytest.approx(0.6)
    assert worst_drop([], [pair(2, 5, 0, 1)]) == pytest.approx(0.4)
    assert worst_drop([], []) == 0.0


def test_more_repeats_settle_what_is_close():
    pairs = [pair(x, 10, x // 10, 1) for x in STEADY]
    found = bound(pairs, MIXTURE, graded=False)._replace(drop=0.0)
    assert "repeats of every case would settle it" in settles(pairs, MIXTURE, found, 0.05)


def test_the_repeats_that_are_told_are_the_fewest_that_do():
    pairs = [pair(x, 10, x // 10, 1) for x in STEADY]
    found = bound(pairs, MIXTURE, graded=False)._replace(drop=0.0)

    def spread(k1):
        return math.sqrt(sum(scale_of(pair(x, 10, 0, k1), MIXTURE).square for x in STEADY))

    fewest = next(k1 for k1 in range(2, 101) if Z * found.error * spread(k1) / spread(1) < 0.05)
    assert settles(pairs, MIXTURE, found, 0.05).startswith(f"about {fewest} repeats")


def test_more_cases_settle_what_repeats_cannot():
    pairs = [pair(5, 10, 5, 10)] * 4
    told = settles(pairs, MIXTURE, bound(pairs, MIXTURE, graded=False), 0.05)
    assert told.startswith("about ")
    assert "cases like these" in told


def test_a_drop_over_the_margin_is_said():
    pairs = [pair(10, 10, 2, 3)] * 4
    assert "over the margin of 5" in settles(pairs, MIXTURE, bound(pairs, MIXTURE, graded=False), 0.05)
