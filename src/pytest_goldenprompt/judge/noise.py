"""How flaky the cases are beyond luck: the predicted scale of each case, frozen repeats, and the yardstick phi.

Every scale is predicted from the baseline alone. A scale read from the current results could be widened by a worse
result, and worse results would then excuse each other.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from pytest_goldenprompt.judge.mixture import RATES, Mixture, Weights
from pytest_goldenprompt.judge.pairs import Pair, Tally, summed
from pytest_goldenprompt.judge.reading import Reading

SET_ASIDE = 0.01
"""Share of cases whose improvements, the greatest, do not count as noise: they may be real."""

CAP = 9.0
"""A case's squared improvement counts up to this many times its predicted mean square, for the same reason."""

FROZEN_CASES = 3
FROZEN_SHARE = 0.5


class Scale(NamedTuple):
    """Mean square predicted for an unchanged case's difference of rates, and for its gains alone, capped."""

    square: float
    gain: float


def scale_of(pair: Pair, mixture: Mixture) -> Scale:
    """Predict the scale of one pair's difference."""
    return _scale(mixture.weights, pair.then.passes, pair.then.k, pair.now.k)


@lru_cache(maxsize=65536)
def _scale(weights: Weights, x: int, k0: int, k1: int) -> Scale:
    chances = Mixture(weights).predict(x, k0, k1)
    gaps = [y / k1 - x / k0 for y in range(k1 + 1)]
    square = math.fsum(chance * gap * gap for chance, gap in zip(chances, gaps, strict=True))
    gains = (chance * min(gap * gap, CAP * square) for chance, gap in zip(chances, gaps, strict=True) if gap > 0.0)
    return Scale(square, math.fsum(gains))


@lru_cache(maxsize=4096)
def parts_of_square(mixture: Mixture, x: int, k0: int) -> tuple[float, float]:
    """Give a and b of an unchanged case's predicted mean square, which is a / k1 + b for k1 repeats now.

    Of each rate p that the case may have, a is the part p (1 - p), and b the part (p - x/k0)^2.
    """
    posterior = mixture.posterior(x, k0)
    luck = math.fsum(part * rate * (1.0 - rate) for part, rate in zip(posterior, RATES, strict=True))
    return luck, math.fsum(part * (rate - x / k0) ** 2 for part, rate in zip(posterior, RATES, strict=True))


def weight_of(pair: Pair) -> float:
    """Give the factor from a difference of rates to one of counts around their expectation, k0 k1 / N."""
    return pair.then.k * pair.now.k / (pair.then.k + pair.now.k)


def noise_factor(pairs: Tally, mixture: Mixture, floor: float) -> float:
    """Give phi, how many times wider than luck the improvements scatter; under the floor it is 1.

    phi = sum of squared improvements, the greatest hundredth of cases set aside, over what the mixture predicts. Only
    cases with mixed repeats then take part: a case that never passed and now does was fixed.
    """
    mixed = [(pair, times) for pair, times in pairs if 0 < pair.then.passes < pair.then.k]
    scaled = [(pair, times, scale_of(pair, mixture)) for pair, times in mixed]
    gains = sorted(gain for pair, times, scale in scaled for gain in [_gain(pair, scale)] * times)
    kept = gains[: len(gains) - math.ceil(SET_ASIDE * len(gains))]
    expected = summed((weight_of(pair) ** 2 * scale.gain, times) for pair, times, scale in scaled)
    phi = math.fsum(kept) / expected if expected else 1.0
    return phi if phi >= floor else 1.0


def _gain(pair: Pair, scale: Scale) -> float:
    gap = max(0.0, pair.now.passes / pair.now.k - pair.then.passes / pair.then.k)
    return weight_of(pair) ** 2 * min(gap * gap, CAP * scale.square)


def is_frozen(pairs: Tally) -> bool:
    """Say whether repeats look like copies of one answer: cases that never passed then always pass now.

    Three cases or more, and more than there are cases with mixed repeats then, which copies cannot have. A smaller
    share would take five real fixes among flaky cases for copies, and hide what broke beside them.
    """
    jumps = sum(times for pair, times in pairs if _jumps(pair))
    mixed = sum(times for pair, times in pairs if 0 < pair.then.passes < pair.then.k)
    return jumps >= FROZEN_CASES and jumps > FROZEN_SHARE * (jumps + mixed)


def _jumps(pair: Pair) -> bool:
    several = min(pair.then.k, pair.now.k) > 1
    return several and pair.then.passes == 0 and pair.now.passes == pair.now.k


def collapsed(reading: Reading) -> Reading:
    """Count all repeats of a case as one observation, that of the majority."""
    passed = int(2 * reading.passes > reading.k)
    full = int(2 * reading.full > reading.k)
    return Reading(1, passed, full, reading.mean, reading.variance)
