from __future__ import annotations

import statistics

import pytest

from pytest_goldenprompt.judge.reading import Reading, Seen, differs, passes_mostly, read, usable, varies
from pytest_goldenprompt.model.result import Repeat
from unit.judge.records import case, graded, repeats


def test_errors_copies_and_impossible_scores_are_no_observations():
    odd = (
        Repeat(score=1.0, passed=True),
        Repeat(error="429"),
        Repeat(score=1.0, passed=True, copy=True),
        Repeat(score=float("nan"), passed=True),
        Repeat(score=1.3, passed=True),
    )
    result = case("c", repeats=odd)
    assert usable(result) == odd[:1]
    assert read(result) == Reading(1, 1, 1, 1.0, 0.0)


def test_nothing_observed_reads_as_zeros():
    assert read(case("c", repeats=())) == Reading(0, 0, 0, 0.0, 0.0)


def test_a_single_score_has_the_greatest_variance_of_its_mean():
    assert read(case("c", repeats=graded(0.3))).variance == pytest.approx(0.3 * 0.7)


def test_several_scores_have_the_samples_variance():
    scores = (0.2, 0.9, 0.4)
    reading = read(case("c", repeats=graded(*scores)))
    assert reading.mean == pytest.approx(statistics.mean(scores))
    assert reading.variance == pytest.approx(statistics.variance(scores))


def test_the_order_of_repeats_does_not_matter():
    assert read(case("c", repeats=graded(0.1, 0.7, 0.3))) == read(case("c", repeats=graded(0.7, 0.3, 0.1)))


def test_a_pass_with_less_than_the_full_score_is_told_apart():
    reading = read(case("c", repeats=graded(1.0, 0.998, 0.99, 0.2)))
    assert (reading.passes, reading.full) == (3, 2)


@pytest.mark.parametrize(
    ("score", "passed", "expected"),
    [
        (1.0, True, False),
        (0.0, False, False),
        (0.5, True, True),
        (0.5, False, True),
        (0.0, True, True),
        (1.0, False, True),
    ],
)
def test_scores_are_graded_unless_they_say_the_same_as_passed(score, passed, expected):
    assert read(case("c", repeats=(Repeat(score=score, passed=passed),))).graded is expected


def test_half_of_the_repeats_is_no_majority():
    assert not passes_mostly(read(case("c", 1, 2)))
    assert passes_mostly(read(case("c", 2, 3)))


def changing(repeats):
    result = case("c", repeats=repeats)
    return varies(Seen(result, read(result)))


def test_repeats_vary_by_result_or_by_output():
    same = (Repeat(passed=True, output="a"),) * 3
    assert not changing(same)
    assert not changing(())
    assert changing((*same, Repeat(passed=True, output="b")))
    assert changing(repeats(1, 2))


def test_outputs_differ_only_where_they_are_known():
    known = (Repeat(output="a"), Repeat(output="b"))
    assert differs(case("c", repeats=known))
    assert not differs(case("c", repeats=(Repeat(output="a"), Repeat())))
