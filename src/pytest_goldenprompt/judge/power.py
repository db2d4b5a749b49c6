"""How likely the gate is to find a drop that all cases of a prompt share.

A drop is found where the test of the mean is suspicious at first look and, once every case is topped up, within its
share of alpha. Both are normal approximations of the conditional tests of stratified 2 x 2 tables, with the variance
that the test expects for the tables of the alternative (Wittes and Wallenstein 1987; for two variances, of the test and
of the difference, Lachin 1981) and half a pass of continuity correction. The looks share the stored repeats and the
first repeats now, so that the difference at first look is the final one and independent noise.

The tests of slices and single cases may find what the mean's does not: the gate finds at least as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

from pytest_goldenprompt.judge.mixture import RATES, Weights
from pytest_goldenprompt.judge.splitting import Parts

NORMAL = NormalDist()
FAR = 8.0
"""Standard deviations beyond which nothing is left to integrate."""

TINY = 1e-15
"""Levels nearer to 0 or 1 than this count as never, or always, reached."""

STEPS = 128
"""Intervals of Simpson's rule."""


class Levels(NamedTuple):
    """P-values of the mean's test at which a prompt is suspicious at first look, and at which it is flagged."""

    suspect: float
    flag: float


class _Look(NamedTuple):
    """Of one case, with k0 repeats then and k1 now: the difference of rates, passed then less passed now.

    `drop` is its mean, `spread` its variance, `null` the variance that the test expects of the passes now, and `scale`
    the factor from a difference of rates to one of passes.
    """

    drop: float
    spread: float
    null: float
    scale: float

    def threshold(self, cases: int, level: float) -> float:
        """Give the sum of differences from which on the test's p-value is within a level."""
        quantile = -NORMAL.inv_cdf(min(1.0 - TINY, max(TINY, level)))
        return (quantile * math.sqrt(cases * self.null) + 0.5) / self.scale


def power(law: Weights, cases: int, parts: Parts, drop: float, levels: Levels) -> float:
    """Give the probability of finding `drop` (0..1) in each of so many cases whose success rates follow a law.

    `law` weighs the rates of the mixture's grid. A case that passes less often than it should lose loses all.
    """
    last = _look(law, parts.then, max(parts.look, parts.now), drop)
    first = _look(law, parts.then, parts.look, drop)
    middle, spread = cases * last.drop, math.sqrt(cases * last.spread)
    noise = math.sqrt(max(0.0, cases * (first.spread - last.spread)))
    suspect = first.threshold(cases, levels.suspect) - middle
    low = min(FAR, max(-FAR, (last.threshold(cases, levels.flag) - middle) / spread))
    if not noise:
        return 1.0 - NORMAL.cdf(max(low, suspect / spread))
    return _integral(low, lambda z: NORMAL.pdf(z) * NORMAL.cdf((spread * z - suspect) / noise))


def _integral(low: float, density: Callable[[float], float]) -> float:
    """Integrate a density from `low` to far out, by Simpson's rule."""
    step = (FAR - low) / STEPS
    inner = math.fsum((4.0 if number % 2 else 2.0) * density(low + number * step) for number in range(1, STEPS))
    return (density(low) + inner + density(FAR)) * step / 3.0


def _look(law: Weights, k0: int, k1: int, drop: float) -> _Look:
    moments = [(part, *_moments(rate, max(0.0, rate - drop), k0, k1)) for part, rate in zip(law, RATES, strict=True)]
    lost, spread, null = (math.fsum(moment[0] * moment[place] for moment in moments) for place in (1, 2, 3))
    return _Look(lost, spread, null, k0 * k1 / (k0 + k1))


def _moments(then: float, now: float, k0: int, k1: int) -> tuple[float, float, float]:
    """Give mean and variance of the difference of a case's rates, and the test's expected variance of its passes.

    The last is the mean over tables of the hypergeometric variance k0 k1 t (N - t) / (N^2 (N - 1)), where t (N - t)
    counts the pairs of a pass and a fail.
    """
    alone, joined = then * (1.0 - then), now * (1.0 - now)
    mixed = k0 * k1 * (then * (1.0 - now) + now * (1.0 - then))
    pairs = k0 * (k0 - 1) * alone + k1 * (k1 - 1) * joined + mixed
    total = k0 + k1
    null = k0 * k1 * pairs / (total * total * (total - 1))
    return then - now, alone / k0 + joined / k1, null
