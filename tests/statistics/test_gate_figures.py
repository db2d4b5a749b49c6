"""The gate's promises on generated libraries, in a short form; gate_simulation.py and year_simulation.py in benchmarks/
are the long one.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


@pytest.fixture(scope="module")
def simulation():
    yield from loaded("gate_simulation")


@pytest.fixture(scope="module")
def years(simulation):
    """Need `simulation`, whose libraries these are."""
    yield from loaded("year_simulation")


def figures(simulation, scenario, seeds):
    return simulation.row(scenario, simulation.Design(affected=1), range(seeds))


def test_a_month_without_change_is_quiet(simulation):
    found = figures(simulation, "nothing", 12)
    assert found["alarms"] <= 1 / 12
    assert found["pass"] >= 0.97
    assert found["extra calls"] <= 0.35


def test_improvements_flag_nothing(simulation):
    assert figures(simulation, "improved", 5)["alarms"] == 0.0


def test_one_broken_case_of_a_hundred_is_found_and_named(simulation):
    found = figures(simulation, "broken-1", 6)
    assert found["found"] >= 5 / 6
    assert found["cases named"] >= 5 / 6


def test_a_slice_that_fell_is_found_and_named(simulation):
    found = figures(simulation, "slice-20", 5)
    assert found["found"] >= 4 / 5
    assert found["slice named"] >= 4 / 5


def test_ten_points_everywhere_are_found(simulation):
    assert figures(simulation, "down-10", 4)["found"] == 1.0


def test_what_broke_is_found_beside_what_was_fixed(simulation):
    assert figures(simulation, "swapped", 5)["found"] >= 4 / 5


def test_the_same_seed_gives_the_same_month(simulation):
    once, again = (simulation.month("broken-3", simulation.Design(prompts=2), 7)[1] for _ in range(2))
    assert repr(once) == repr(again)


def test_every_scenario_runs(simulation):
    small = simulation.Design(prompts=2, cases=20, affected=1)
    for scenario in simulation.SCENARIOS:
        assert simulation.month(scenario, small, 1)[1].counts.planned >= 40


def test_a_slow_slide_is_seen_against_the_anchor(simulation, years):
    found = years.row("slide", simulation.Design(prompts=2, affected=1), range(1))
    assert found["the anchor"] == (1.0, pytest.approx(4, abs=2), 0.0)
    assert found["last month"][1] > found["the anchor"][1]


def test_a_year_without_change_has_nothing_to_find_and_no_drift(simulation, years):
    found = years.row("nothing", simulation.Design(prompts=2, cases=40), range(1))
    assert found["the anchor"] == pytest.approx((math.nan, math.nan, 0.0), nan_ok=True)
    assert math.isnan(found["last month"][0])
