from __future__ import annotations

from dataclasses import replace

import pytest
from scipy import stats

from pytest_goldenprompt.judge.evidence import counts_tail
from pytest_goldenprompt.judge.evidence import weigh as weigh_all
from pytest_goldenprompt.judge.mixture import Mixture, fit_library
from pytest_goldenprompt.judge.pairs import tagged, tally
from pytest_goldenprompt.judge.signflip import on_grid, sign_flip_tail
from unit.judge.records import POLICY, STEADY, pair, pairing


def weigh(pairs, mixture, **more):
    return weigh_all(pairing(pairs, **more), (), mixture, POLICY)


MIXTURE = Mixture(fit_library([(x, 10) for x in STEADY]))


def test_the_mean_is_the_exact_conditional_test():
    pairs = [pair(x, 10, max(0, x // 4), 3) for x in STEADY]
    counts = [(10, 3, one.then.passes, one.now.passes) for one in pairs]
    assert weigh(pairs, MIXTURE, graded=False).mean == counts_tail(counts)


def test_the_case_test_counts_only_cases_that_ever_passed():
    pairs = [pair(10, 10, 2, 10)] + [pair(10, 10, 10, 10)] * 3 + [pair(0, 10, 0, 10)] * 6
    evidence = weigh(pairs, MIXTURE, graded=False)
    assert evidence.cases[0] == MIXTURE.p_value(10, 10, 2, 10)
    assert evidence.case == pytest.approx(4 * evidence.cases[0])


def test_slices_need_enough_cases_and_are_corrected_for_their_number():
    many = [pair(10, 10, 1, 3, tags=("a", "all"))] * 5 + [pair(10, 10, 3, 3, tags=("b", "all"))] * 5
    few = [pair(10, 10, 0, 3, tags=("few", "all"))] * 4
    evidence = weigh(many + few, MIXTURE, graded=False)
    assert list(evidence.slices) == ["a", "b"]
    assert evidence.slices["a"] == counts_tail([(10, 3, 10, 1)] * 5)
    assert evidence.slice == pytest.approx(2 * evidence.slices["a"])


def test_without_slices_or_passes_there_is_no_evidence():
    evidence = weigh([pair(0, 10, 0, 10)] * 3, MIXTURE, graded=False)
    assert (evidence.mean, evidence.slice, evidence.case, evidence.p(POLICY)) == (1.0, 1.0, 1.0, 1.0)


def test_slices_that_all_or_too_few_cases_carry_are_left_out():
    pairs = [pair(1, 1, 1, 1, tags=("all", "one"))] + [pair(1, 1, 1, 1, tags=("all", "two"))] * 2
    assert pairing(pairs).slices(2) == ("two",)
    assert [sum(times for _, times in tagged(tally(pairs), tag)) for tag in ("all", "one", "two")] == [3, 1, 2]


def test_slices_and_the_number_of_cases_are_those_of_the_stored_run():
    stored = [pair(10, 10, 1, 3, tags=("a",))] * 6 + [pair(10, 10, 3, 3)] * 6
    evidence = weigh_all(pairing(stored, stored[3:]), (), MIXTURE, POLICY)
    assert evidence.slices == {"a": counts_tail([(10, 3, 10, 1)] * 3)}
    assert evidence.case == pytest.approx(12 * evidence.cases[0])


def test_an_empty_slice_says_nothing_even_among_noise():
    flaky = Mixture(fit_library([(5, 10)] * 200))
    wild = [pair(5, 10, 10, 10)] * 20
    sliced = wild + [pair(5, 10, 5, 10, tags=("a",))] * 5
    evidence = weigh_all(pairing(sliced, wild), (), flaky, POLICY)
    assert (evidence.phi > 1.0, evidence.slices) == (True, {"a": 1.0})


def test_each_kind_is_weighed_by_its_share_of_alpha():
    evidence = weigh([pair(10, 10, 4, 10)] * 2, MIXTURE, graded=False)
    found = evidence.weighted(replace(POLICY, weight_mean=0.5, weight_slice=0.0))
    assert found["mean"] == pytest.approx(evidence.mean / 0.5)
    assert found["slice"] == 1.0
    assert evidence.p(POLICY) == min(evidence.weighted(POLICY).values())


def test_noise_widens_every_test():
    flaky = Mixture(fit_library([(5, 10)] * 200))
    quiet = [pair(5, 10, 1, 10)] * 10
    wild = quiet + [pair(5, 10, 10, 10)] * 10
    calm = weigh(quiet, flaky, graded=False)
    noisy = weigh(wild, flaky, graded=False)
    assert (calm.phi, noisy.phi > 1.25) == (1.0, True)
    assert noisy.cases[0] == pytest.approx(calm.cases[0] ** (1 / noisy.phi))
    assert noisy.mean >= counts_tail([(10, 10, one.then.passes, one.now.passes) for one in wild])


def test_the_widened_mean_is_a_normal_tail_of_the_predicted_scatter():
    flaky = Mixture(fit_library([(5, 10)] * 200))
    pairs = [pair(5, 10, 0, 10)] * 20 + [pair(5, 10, 10, 10)] * 18
    evidence = weigh(pairs, flaky, graded=False)
    square = sum(chance * (y / 10 - 0.5) ** 2 for y, chance in enumerate(flaky.predict(5, 10, 10)))
    z = (18 - 20) * 5 * 0.5 / (38 * 25 * square * evidence.phi) ** 0.5
    assert evidence.mean == pytest.approx(stats.norm.cdf(z), rel=1e-9)


def test_a_removed_case_widens_nothing_and_weighs_most():
    flaky = Mixture(fit_library([(5, 10)] * 200))
    wild = [pair(5, 10, 0, 10)] * 9 + [pair(5, 10, 10, 10)] * 9
    here = weigh([*wild, pair(5, 10, 0, 10)], flaky, graded=False)
    gone = weigh([*wild, pair(5, 10, 0, 10, removed=True)], flaky, graded=False)
    assert here.phi == gone.phi > 1.0
    assert gone.mean < here.mean


def test_frozen_repeats_count_once():
    frozen = [pair(0, 5, 5, 5)] * 3 + [pair(5, 5, 0, 5)] * 6 + [pair(5, 5, 5, 5)] * 20
    evidence = weigh(frozen, MIXTURE, graded=False)
    assert evidence.frozen
    assert evidence.mean == pytest.approx(stats.binomtest(3, 9, 0.5, "less").pvalue)
    assert evidence.cases[3] == pytest.approx(MIXTURE.p_value(1, 1, 0, 1))
    assert not weigh(frozen, MIXTURE, graded=False, copies=False).frozen


def test_graded_scores_are_tested_beside_the_passes():
    soft = pair(10, 10, 10, 10)
    fallen = [soft._replace(now=soft.now._replace(mean=0.8))] * 9
    evidence = weigh(fallen, MIXTURE, graded=True)
    assert evidence.mean == pytest.approx(2 * sign_flip_tail([on_grid(0.2)] * 9))
    assert weigh([pair(10, 10, 1, 10)] * 9, MIXTURE, graded=True).mean == pytest.approx(
        2 * counts_tail([(10, 10, 10, 1)] * 9)
    )


def test_passes_that_lost_their_full_score_are_losses_where_there_was_none_then():
    half = [pair(3, 3, 3, 3, full=0)] * 9
    assert weigh(half, MIXTURE, graded=False).mean == counts_tail([(3, 3, 3, 0)] * 9)
    assert weigh(half, MIXTURE, graded=False).case > 0.5
