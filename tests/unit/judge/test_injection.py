from __future__ import annotations

import random

import pytest

from pytest_goldenprompt.judge.injection import DROPS, chances, inject, places
from unit.judge.records import POLICY, PROMPT, case, cases, run

DOWN_5, DOWN_10, SLICE, ONE, FIVE = DROPS


def tagged(passes, tag, start):
    return [case(f"c{start + n:03}", x, 10, tags=(tag,)) for n, x in enumerate(passes)]


def test_a_drop_goes_where_something_can_be_lost():
    record = run(
        *cases([10] * 4 + [0] * 4, prompt="four-solid"),
        *cases([9] * 6, prompt="flaky"),
        *cases([0] * 6, prompt="dead"),
        *cases([10] * 6, prompt="solid"),
    )
    found = {drop: [place.prompt_id for place in places(drop, record, POLICY)] for drop in DROPS}
    assert found == {
        DOWN_5: ["flaky", "four-solid", "solid"],
        DOWN_10: ["flaky", "four-solid", "solid"],
        SLICE: [],
        ONE: ["four-solid", "solid"],
        FIVE: ["solid"],
    }


def test_slices_are_those_of_the_gate():
    record = run(*tagged([10] * 5, "a", 0), *tagged([10] * 4, "few", 10), *tagged([0] * 6, "dead", 20))
    assert [(place.prompt_id, place.tag, len(place.cases)) for place in places(SLICE, record, POLICY)] == [
        (PROMPT, "a", 5)
    ]


def test_rates_fall_by_the_points_of_the_drop():
    record = run(*cases([10, 5, 1, 0]))
    (place,) = places(DOWN_10, record, POLICY)
    fails = chances(DOWN_10, place, random.Random(1))
    assert fails == {"c000": pytest.approx(0.1), "c001": pytest.approx(0.2), "c002": 1.0}
    many = run(
        *(case(one.case_id, passes * 400, 4000) for one, passes in zip(record.cases, (10, 5, 1, 0), strict=True))
    )
    fallen = inject(many, PROMPT, fails, random.Random(1))
    rates = [sum(repeat.passed for repeat in one.repeats) / 4000 for one in fallen.cases]
    assert rates == pytest.approx([0.9, 0.4, 0.0, 0.0], abs=0.02)


def test_only_solid_cases_break_and_nearly_all_their_passes_fail():
    record = run(*cases([10] * 7 + [9] * 20))
    (place,) = places(FIVE, record, POLICY)
    drawn = [chances(FIVE, place, random.Random(seed)) for seed in range(20)]
    assert all(len(fails) == 5 and set(fails.values()) == {0.98} for fails in drawn)
    assert {name for fails in drawn for name in fails} == {f"c{number:03}" for number in range(7)}


def test_what_is_not_meant_stays_as_it_is():
    record = run(*cases([10] * 3), *cases([10] * 3, prompt="other"))
    fallen = inject(record, PROMPT, {"c001": 1.0}, random.Random(1))
    changed = [one for one, before in zip(fallen.cases, record.cases, strict=True) if one != before]
    assert [(one.prompt_id, one.case_id) for one in changed] == [(PROMPT, "c001")]
    assert {(repeat.passed, repeat.score, repeat.output) for repeat in changed[0].repeats} == {(False, 0.0, None)}
    assert inject(record, PROMPT, {}, random.Random(1)) == record
