from __future__ import annotations

import random

import pytest

from pytest_goldenprompt.judge.evidence import counts_tail
from pytest_goldenprompt.judge.mixture import RATES
from pytest_goldenprompt.judge.power import Levels, power
from pytest_goldenprompt.judge.splitting import Parts

LEVELS = Levels(suspect=0.10, flag=0.001)


def law(**weights):
    """Weigh the rates of the grid that are next to those named: r95=2 puts weight 2 at 0.95."""
    found = [0.0] * len(RATES)
    for name, weight in weights.items():
        rate = float(f"0.{name[1:]}")
        found[min(range(len(RATES)), key=lambda place: abs(RATES[place] - rate))] += weight
    total = sum(found)
    return tuple(weight / total for weight in found)


MOSTLY_SOLID = law(r995=70, r90=18, r50=7, r02=5)


def passes(rates, repeats, rng):
    return [sum(rng.random() < rate for _ in range(repeats)) for rate in rates]


def is_found(rates, parts, drop, rng):
    """Go through one month of the mean's test: first look, top-up of every case, verdict."""
    then, fallen = passes(rates, parts.then, rng), [max(0.0, rate - drop) for rate in rates]
    look, more = passes(fallen, parts.look, rng), passes(fallen, parts.now - parts.look, rng)

    def tail(now, k1):
        return counts_tail([(parts.then, k1, x, y) for x, y in zip(then, now, strict=True)])

    now = [y + further for y, further in zip(look, more, strict=True)]
    return tail(look, parts.look) <= LEVELS.suspect and tail(now, parts.now) <= LEVELS.flag


@pytest.mark.parametrize(
    ("parts", "cases", "drop"),
    [((10, 1, 10), 60, 0.08), ((10, 3, 10), 60, 0.07), ((6, 6, 6), 40, 0.12), ((20, 4, 20), 20, 0.10)],
)
def test_the_formula_agrees_with_simulation_within_a_few_points(parts, cases, drop):
    rng = random.Random(f"{parts}")
    parts = Parts(*parts)
    found = sum(is_found(rng.choices(RATES, MOSTLY_SOLID, k=cases), parts, drop, rng) for _ in range(250))
    expected = power(MOSTLY_SOLID, cases, parts, drop, LEVELS)
    assert 0.4 < expected < 0.97
    assert found / 250 == pytest.approx(expected, abs=0.06)


def test_more_of_anything_finds_more():
    base = power(MOSTLY_SOLID, 50, Parts(10, 2, 10), 0.08, LEVELS)
    for cases, parts, drop, levels in [
        (60, (10, 2, 10), 0.08, LEVELS),
        (50, (12, 2, 10), 0.08, LEVELS),
        (50, (10, 3, 10), 0.08, LEVELS),
        (50, (10, 2, 12), 0.08, LEVELS),
        (50, (10, 2, 10), 0.09, LEVELS),
        (50, (10, 2, 10), 0.08, Levels(0.2, 0.001)),
        (50, (10, 2, 10), 0.08, Levels(0.1, 0.002)),
    ]:
        assert base < power(MOSTLY_SOLID, cases, Parts(*parts), drop, levels) < 1.0


def test_without_a_top_up_the_look_alone_decides():
    whole = Parts(10, 10, 10)
    alike = [power(MOSTLY_SOLID, 50, parts, 0.08, LEVELS) for parts in (whole, Parts(10, 10, 3))]
    assert alike[0] == alike[1]
    assert power(MOSTLY_SOLID, 50, Parts(10, 9, 10), 0.08, LEVELS) == pytest.approx(alike[0], abs=0.01)


def test_cases_that_never_pass_can_lose_nothing():
    assert power(law(r01=1), 50, Parts(10, 1, 10), 0.2, LEVELS) < 0.01
    assert power(law(r01=1), 1, Parts(100, 1, 2), 0.2, Levels(0.1, 1e-9)) == pytest.approx(0.0, abs=1e-12)


def test_a_level_of_none_is_never_reached_and_one_of_all_always():
    whole = power(MOSTLY_SOLID, 50, Parts(10, 10, 10), 0.08, LEVELS)
    assert power(MOSTLY_SOLID, 50, Parts(10, 2, 10), 0.08, Levels(1.0, 0.001)) == pytest.approx(whole, abs=1e-6)
    assert power(MOSTLY_SOLID, 50, Parts(10, 2, 10), 0.08, Levels(0.0, 0.001)) < 1e-3


def test_what_never_fails_and_falls_to_nothing_is_always_found():
    assert power(law(r995=1), 100, Parts(10, 3, 10), 1.0, LEVELS) == pytest.approx(1.0, abs=1e-6)
