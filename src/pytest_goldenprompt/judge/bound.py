"""How great the drop may be at most, and what would settle an open question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pytest_goldenprompt.judge.mixture import Mixture
from pytest_goldenprompt.judge.noise import parts_of_square, scale_of
from pytest_goldenprompt.judge.pairs import Pair, Tally, summed
from pytest_goldenprompt.judge.reading import GRID, Reading

Z = 1.645
"""The standard normal's 95 % point."""

MOST_REPEATS = 100


class Bound(NamedTuple):
    """The mean drop, its standard error and its upper 95 % bound, in points of 0..1 (positive is worse)."""

    drop: float
    error: float
    upper: float


def bound(pairs: Tally, mixture: Mixture, *, graded: bool) -> Bound:
    """Bound the drop of one prompt: of passes, of scores, whichever may be worse.

    upper = drop + 1.645 SE with SE^2 = max(V, V/2 + D) / n^2; V is the predicted sum of squared differences of
    unchanged cases, D the observed sum over the cases that got worse. Unchanged, D is about V/2; cases that differ in
    how much they lost raise D. Improvements take no part, so that losing one can never narrow the bound (the usual
    paired standard error would).
    """
    scores = [(pair.then.mean - pair.now.mean, times) for pair, times in pairs]
    passes = [(_pass_drop(pair), times) for pair, times in pairs]
    variance = _pass_variance(pairs, mixture)
    found = _bound(passes, variance), _bound(scores, _score_variance(pairs) if graded else variance)
    return max(found, key=lambda one: one.upper)


def exactly(pairs: Sequence[Pair]) -> Bound:
    """Give the drop of a deterministic prompt, which has no error."""
    drop = math.fsum(_exact_drop(pair) for pair in pairs) / len(pairs)
    return Bound(drop, 0.0, drop)


def worst_drop(pairs: Sequence[Pair], removed: Sequence[Pair]) -> float:
    """Give the greatest mean drop that counting some of the removed cases as failed may give."""
    total, number = math.fsum(_exact_drop(pair) for pair in pairs), len(pairs)
    for drop in sorted((_exact_drop(pair) for pair in removed), reverse=True):
        if not number or drop * number > total:
            total, number = total + drop, number + 1
    return total / max(1, number)


def _exact_drop(pair: Pair) -> float:
    return max(_pass_drop(pair), pair.then.mean - pair.now.mean)


def _bound(drops: Sequence[tuple[float, int]], variance: float) -> Bound:
    cases = sum(times for _, times in drops)
    drop = summed(drops) / cases
    losses = summed((loss * loss, times) for loss, times in drops if loss > 0.0)
    error = math.sqrt(max(variance, variance / 2.0 + losses)) / cases
    return Bound(drop, error, drop + Z * error)


def _pass_drop(pair: Pair) -> float:
    return pair.then.passes / pair.then.k - pair.now.passes / pair.now.k


def _pass_variance(pairs: Tally, mixture: Mixture) -> float:
    return summed((scale_of(pair, mixture).square, times) for pair, times in pairs)


def _score_variance(pairs: Tally) -> float:
    return summed((pair.then.variance * (1.0 / pair.then.k + 1.0 / pair.now.k), times) for pair, times in pairs)


Sides = Sequence[tuple[Reading, Reading]]
"""Cases as they were then and are now."""


def least_drop(sides: Sides, *, sure: bool) -> float:
    """Give the lower 95 % bound of the mean drop, of passes or of scores, whichever fell more; the drop itself if sure.

    A rate's variance counts half a pass and half a fail more than were seen (Agresti and Coull 1998, halved).
    """
    if not sides:
        return 0.0
    passes = [then.passes / then.k - now.passes / now.k for then, now in sides]
    scores = [then.mean - now.mean for then, now in sides]
    if sure:
        return max(math.fsum(passes), math.fsum(scores)) / len(sides)
    of_passes = math.fsum(_smoothed(then) + _smoothed(now) for then, now in sides)
    graded = any(abs(side.mean - side.passes / side.k) > GRID for pair in sides for side in pair)
    of_scores = math.fsum(then.variance / then.k + now.variance / now.k for then, now in sides) if graded else of_passes
    return max(_least(passes, of_passes), _least(scores, of_scores))


def _least(drops: Sequence[float], variance: float) -> float:
    return (math.fsum(drops) - Z * math.sqrt(variance)) / len(drops)


def _smoothed(side: Reading) -> float:
    rate = (side.passes + 0.5) / (side.k + 1.0)
    return rate * (1.0 - rate) / side.k


def settles(pairs: Tally, mixture: Mixture, found: Bound, margin: float) -> str:
    """Say in one sentence what would settle whether the drop is under the margin."""
    room = margin - found.drop
    if room <= 0.0:
        return (
            f"the drop is {100 * found.drop:.1f} points, over the margin of {100 * margin:g}; "
            "more repeats of every case, or more cases, will show whether it is luck"
        )
    stays = ", if the drop stays as it is" if found.drop > 0 else ""
    most = max(pair.now.k for pair, _ in pairs)
    variance = _pass_variance(pairs, mixture)
    parts = [(parts_of_square(mixture, pair.then.passes, pair.then.k), times) for pair, times in pairs]
    luck, rest = (summed((part[side], times) for part, times in parts) for side in (0, 1))
    for k1 in range(most + 1, MOST_REPEATS + 1):
        error = found.error * math.sqrt((luck / k1 + rest) / variance)
        if found.drop + Z * error < margin:
            return f"about {k1} repeats of every case would settle it{stays}"
    cases = math.ceil(sum(times for _, times in pairs) * (Z * found.error / room) ** 2)
    return f"about {cases} cases like these would settle it{stays}"
