"""The three one-sided tests of a prompt: its mean, its slices, its cases."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pytest_goldenprompt.judge.exact import Stratum, counted_law, hypergeometric, lower_tail
from pytest_goldenprompt.judge.mixture import Mixture
from pytest_goldenprompt.judge.noise import collapsed, is_frozen, noise_factor, scale_of, weight_of
from pytest_goldenprompt.judge.pairing import Pairing
from pytest_goldenprompt.judge.pairs import Pair, Tally, summed, tagged, tally, untagged
from pytest_goldenprompt.judge.saddlepoint import lower_tail_approximate
from pytest_goldenprompt.judge.signflip import on_grid, sign_flip_tail
from pytest_goldenprompt.model.policy import Policy

EXACT_SUM = 20_000
"""Greatest sum over cases of the smaller number of repeats that is convolved exactly."""


Counts: TypeAlias = tuple[int, int, int, int]
"""k0, k1, x and y of a case."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """P-values of "worse" for one prompt, each 0..1 and before any weight.

    `mean` is the whole prompt's, `slices` those of every tag with enough cases, `cases` those of the pairs in order.
    `slice` and `case` are the smallest of theirs times their number. `phi` is the noise factor.
    """

    mean: float
    slices: Mapping[str, float]
    cases: tuple[float, ...]
    slice: float
    case: float
    phi: float
    frozen: bool

    def weighted(self, policy: Policy) -> dict[str, float]:
        """Give each kind's p-value divided by its share of alpha; a kind without a share says nothing."""
        shares = {"mean": policy.weight_mean, "slice": policy.weight_slice, "case": policy.weight_case}
        found = {"mean": self.mean, "slice": self.slice, "case": self.case}
        return {kind: min(1.0, found[kind] / share) if share > 0 else 1.0 for kind, share in shares.items()}

    def p(self, policy: Policy) -> float:
        """Give the prompt's p-value."""
        return min(self.weighted(policy).values())


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all tests of one prompt share."""

    mixture: Mixture
    phi: float
    frozen: bool
    graded: bool


def weigh(pairing: Pairing, worst: tuple[Pair, ...], mixture: Mixture, policy: Policy) -> Evidence:
    """Test a prompt by the pairs of its pairing, and by stand-ins for its removed cases where they are given.

    Which slices there are and how many cases may break is read from the stored run alone, so that taking a case away
    changes neither. Graded scores are tested beside the passes, each at half the level.
    """
    counted = [*pairing.alike, *tally(worst)]
    alike = untagged(counted)
    phi = noise_factor(alike, mixture, policy.phi_floor)
    ground = _Ground(mixture, phi, pairing.copies and is_frozen(alike), pairing.graded)
    slices = {tag: _group(tagged(counted, tag), ground) for tag in pairing.slices(policy.smallest_slice)}
    cases = {(pair.then, pair.now): _case(pair, ground) for pair, _ in alike}
    passed_then = [p for (then, _), p in cases.items() if then.passes]
    return Evidence(
        mean=_group(alike, ground),
        slices=slices,
        cases=tuple([cases[pair.then, pair.now] for pair in pairing.pairs + worst]),
        slice=_smallest(slices.values(), len(slices)),
        case=_smallest(passed_then, pairing.ever_passed),
        phi=phi,
        frozen=ground.frozen,
    )


def _smallest(p_values: Iterable[float], number: int) -> float:
    """Correct the smallest of some p-values for the number of tests (Bonferroni); 1 without any."""
    return min(1.0, min(p_values, default=1.0) * max(1, number))


def _case(pair: Pair, ground: _Ground) -> float:
    then, now = pair.then, pair.now
    p = ground.mixture.p_value(then.passes, then.k, now.passes, now.k)
    if ground.frozen:
        before, after = collapsed(then), collapsed(now)
        p = max(p, ground.mixture.p_value(before.passes, before.k, after.passes, after.k))
    return float(p ** (1.0 / ground.phi))


def _group(pairs: Tally, ground: _Ground) -> float:
    """Test whether a group of cases passes less: given each case's total, its passes now are a draw by luck.

    A guard only ever raises the p-value of the plain test, so that switching one off cannot excuse a worse result.
    """
    p = _tail((_counts(pair, ground), times) for pair, times in pairs)
    if ground.phi > 1.0:
        p = max(p, _widened(pairs, ground))
    if ground.frozen:
        p = max(p, _tail((_collapsed_counts(pair, ground), times) for pair, times in pairs))
    if ground.graded:
        drops = [drop for pair, times in pairs for drop in [on_grid(pair.then.mean - pair.now.mean)] * times]
        p = min(1.0, 2.0 * min(p, sign_flip_tail(drops)))
    return p


def _successes(pair: Pair, ground: _Ground) -> int:
    """Count the repeats as good as a pass then: where all passes then had the full score, only such count now."""
    return pair.now.passes if ground.graded else pair.now.full


def _counts(pair: Pair, ground: _Ground) -> Counts:
    return pair.then.k, pair.now.k, pair.then.passes, _successes(pair, ground)


def _gap(pair: Pair, ground: _Ground) -> float:
    return _successes(pair, ground) / pair.now.k - pair.then.passes / pair.then.k


def _collapsed_counts(pair: Pair, ground: _Ground) -> Counts:
    after = collapsed(pair.now)
    return 1, 1, collapsed(pair.then).passes, after.passes if ground.graded else after.full


def counts_tail(counts: Iterable[Counts]) -> float:
    """Give P(sum of y <= observed) for cases, given every x + y: exact, or a saddlepoint's.

    The method depends on repeats alone, never on results.
    """
    return _tail((one, 1) for one in counts)


def _tail(counts: Iterable[tuple[Counts, int]]) -> float:
    observed, size, strata = 0, 0, dict[Stratum, int]()
    for (k0, k1, x, y), times in counts:
        observed += y * times
        size += min(k0, k1) * times
        stratum = k0, k1, x + y
        strata[stratum] = strata.get(stratum, 0) + times
    if size <= EXACT_SUM:
        return lower_tail(counted_law(strata), observed)
    laws = [(hypergeometric(*stratum), times) for stratum, times in sorted(strata.items())]
    groups = [(tuple(enumerate(weights, low)), times) for (low, weights), times in laws]
    return lower_tail_approximate(groups, observed)


def _widened(pairs: Tally, ground: _Ground) -> float:
    """Give the normal tail of the drop in passes, its predicted variance times phi; 0 where nothing may vary.

    A removed case adds to the drop and not to the variance.
    """
    total = summed((weight_of(pair) * _gap(pair, ground), times) for pair, times in pairs)
    here = [(pair, times) for pair, times in pairs if not pair.removed]
    variance = summed((weight_of(pair) ** 2 * scale_of(pair, ground.mixture).square, times) for pair, times in here)
    return 0.5 * math.erfc(-total / math.sqrt(2.0 * variance * ground.phi)) if variance else 0.0
