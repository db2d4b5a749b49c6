from __future__ import annotations

import pytest

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.model.fault import LONGEST, FieldRate, What, fault
from pytest_goldenprompt.model.result import Repeat
from unit.judge.records import POLICY, case, run

GOOD = Repeat(1.0, passed=True)
UNTOLD = Repeat(0.0, passed=False)


def bad(*faults):
    return Repeat(0.0, passed=False, faults=faults)


def fields(then, now):
    """Judge cases given by their repeats."""
    records = [run(*(case(name, repeats=repeats) for name, repeats in side.items())) for side in (then, now)]
    return judge(*records, POLICY).prompts[0].fields


def test_a_field_that_is_missing_in_one_case_of_a_hundred_is_named_by_its_path():
    then = {f"c{number:03}": (GOOD,) for number in range(100)}
    now = {**then, "c017": (bad("missing $.due"),)}
    assert fields(then, now) == (FieldRate("$.due", "missing", 0.0, 0.01, ("c017",), 1),)


def test_rates_are_shares_of_cases_and_the_greatest_rise_stands_first():
    then = {"a": (GOOD, bad("wrong $.total")), "b": (GOOD,), "c": (bad("extra $.x"),), "d": (GOOD,)}
    now = {"a": (bad("wrong $.total"),), "b": (bad("missing $.id", "wrong $.total"),), "c": (GOOD,), "d": (GOOD,)}
    assert fields(then, now) == (
        FieldRate("$.total", "wrong", 0.125, 0.5, ("b", "a"), 2),
        FieldRate("$.id", "missing", 0.0, 0.25, ("b",), 1),
        FieldRate("$.x", "extra", 0.25, 0.0, (), 0),
    )


def test_five_cases_are_named_and_the_others_counted():
    then = {f"c{number}": (GOOD,) for number in range(9)}
    (found,) = fields(then, {name: (bad("wrong $.a"),) for name in then})
    assert (found.cases, found.number, found.rise) == (("c0", "c1", "c2", "c3", "c4"), 9, 1.0)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"a": (GOOD,)}, {"a": (GOOD,)}),
        ({}, {"a": (bad("wrong $.a"),)}),
        ({"gone": (bad("wrong $.a"),)}, {"a": (bad("wrong $.a"),)}),
        ({"a": (GOOD,)}, {"a": (Repeat(error="429", faults=("wrong $.a",)),)}),
    ],
)
def test_what_is_not_compared_or_not_wrong_is_not_told(then, now):
    assert fields(then, now) == ()


def test_a_stored_run_that_names_no_place_is_not_taken_for_one_without_faults():
    (found,) = fields({"a": (UNTOLD,), "b": (GOOD,)}, {"a": (bad("wrong $.a"),), "b": (GOOD,)})
    assert (found.then, found.now, found.cases, found.rise) == (None, 0.5, (), 0.0)


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("$.items[12].price", "wrong $.items[*].price"),
        ("$['a[1]'][0]", "wrong $['a[1]'][*]"),
        ('$["it\'s"][3]', 'wrong $["it\'s"][*]'),
        ("$['a\x1b\ud800b']", "wrong $['a??b']"),
    ],
)
def test_a_fault_names_a_place_whatever_the_item(path, written):
    assert fault(What.WRONG, path) == written


def test_the_place_of_a_fault_is_bounded():
    assert len(fault(What.EXTRA, "$." + "k" * 5000)) == len("extra ") + LONGEST
