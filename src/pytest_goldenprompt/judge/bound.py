"""How great the drop may be at most, and what would settle an open question."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from pytest_goldenprompt.judge.mixture import Mixture
from pytest_goldenprompt.judge.noise import scale_of
from pytest_goldenprompt.judge.pairing import Pair
from pytest_goldenprompt.judge.reading import GRID, Reading

Z = 1.645
"""The standard normal's 95 % point."""

MOST_REPEATS = 100


class Bound(NamedTuple):
    """The mean drop, its standard error and its upper 95 % bound, in points of 0..1 (positive is worse)."""

    drop: float
    error: float
    upper: float


def bound(pairs: Sequence[Pair], mixture: Mixture, *, graded: bool) -> Bound:
    """Bound the drop of one prompt: of passes, of scores, whichever may be worse.

    upper = drop + 1.645 SE with SE^2 = max(V, V/2 + D) / n^2; V is the predicted sum of squared differences of
    unchanged cases, D the observed sum over the cases that got worse. Unchanged, D is about V/2; cases that differ in
    how much they lost raise D. Improvements take no part, so that losing one can never narrow the bound (the usual
    paired standard error would).
    """
    passes = _bound([_pass_drop(pair) for pair in pairs], _pass_variance(pairs, mixture))
    scores = _bound([pair.then.mean - pair.now.mean for pair in pairs], _score_variance(pairs, mixture, graded=graded))
    return max(passes, scores, key=lambda one: one.upper)


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


def _bound(drops: Sequence[float], variance: float) -> Bound:
    drop = math.fsum(drops) / len(drops)
    losses = math.fsum(loss * loss for loss in drops if loss > 0.0)
    error = math.sqrt(max(variance, variance / 2.0 + losses)) / len(drops)
    return Bound(drop, error, drop + Z * error)


def _pass_drop(pair: Pair) -> float:
    return pair.then.passes / pair.then.k - pair.now.passes / pair.now.k


def _pass_variance(pairs: Sequence[Pair], mixture: Mixture, k1: int | None = None) -> float:
    return math.fsum(scale_of(pair, mixture, k1).square for pair in pairs)


def _score_variance(pairs: Sequence[Pair], mixture: Mixture, *, graded: bool) -> float:
    if not graded:
        return _pass_variance(pairs, mixture)
    return math.fsum(pair.then.variance * (1.0 / pair.then.k + 1.0 / pair.now.k) for pair in pairs)


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


def settles(pairs: Sequence[Pair], mixture: Mixture, found: Bound, margin: float) -> str:
    """Say in one sentence what would settle whether the drop is under the margin."""
    room = margin - found.drop
    if room <= 0.0:
        return (
            f"the drop is {100 * found.drop:.1f} points, over the margin of {100 * margin:g}; "
            "more repeats of every case, or more cases, will show whether it is luck"
        )
    stays = ", if the drop stays as it is" if found.drop > 0 else ""
    most = max(pair.now.k for pair in pairs)
    now = _pass_variance(pairs, mixture)
    wider = range(most + 1, MOST_REPEATS + 1)
    place = bisect_left(
        wider,
        True,
        key=lambda k1: Z * found.error * math.sqrt(_pass_variance(pairs, mixture, k1) / now) < room,
    )
    if place < len(wider):
        return f"about {wider[place]} repeats of every case would settle it{stays}"
    cases = math.ceil(len(pairs) * (Z * found.error / room) ** 2)
    return f"about {cases} cases like these would settle it{stays}"
