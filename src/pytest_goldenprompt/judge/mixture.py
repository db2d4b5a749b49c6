"""The library's own mixture of success rates, fitted to the baseline's totals, and what it predicts for a case."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from pytest_goldenprompt.judge.exact import cumulated

Weights = tuple[float, ...]
Total = tuple[int, int]
"""Passes and repeats of one case then."""

LOGITS = tuple(0.38 * step for step in range(-20, 21))
RATES = tuple(1.0 / (1.0 + math.exp(-logit)) for logit in LOGITS)
_LOG_PASS = tuple(math.log(rate) for rate in RATES)
_LOG_FAIL = tuple(math.log(1.0 - rate) for rate in RATES)

UNSEEN = 3.0
"""Cases of any rate, evenly, that are added to those seen, so that a few solid cases do not prove all rates solid."""

BORROWED = 20.0
"""Cases of the whole library that are added to each prompt's own."""

LIBRARY_ROUNDS = 100
PROMPT_ROUNDS = 30


def _scaled(values: Iterable[float]) -> Weights:
    weights = tuple(values)
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights)


EVEN = _scaled(rate * (1.0 - rate) for rate in RATES)
"""The even law over rates 0..1, as seen on a grid that is even in the logit."""


@lru_cache(maxsize=65536)
def _likelihood(x: int, k: int) -> Weights:
    logs = [x * ok + (k - x) * fail for ok, fail in zip(_LOG_PASS, _LOG_FAIL, strict=True)]
    top = max(logs)
    return tuple(math.exp(value - top) for value in logs)


@lru_cache(maxsize=4096)
def fit(
    totals: tuple[tuple[Total, int], ...], prior: Weights, prior_cases: float, start: Weights, rounds: int
) -> Weights:
    """Fit weights of the grid's rates to grouped totals by EM, `prior_cases` cases of the prior added to those seen."""
    weights = start
    cases = math.fsum(times for _, times in totals) + prior_cases
    for _ in range(rounds):
        gained = [prior_cases * part for part in prior]
        for (x, k), times in totals:
            joint = list(map(mul, weights, _likelihood(x, k)))
            scale = times / math.fsum(joint)
            gained = [have + scale * part for have, part in zip(gained, joint, strict=True)]
        weights = tuple(value / cases for value in gained)
    return weights


def grouped(totals: Iterable[Total]) -> tuple[tuple[Total, int], ...]:
    """Count equal totals, sorted, without the cases that were never observed."""
    return tuple(sorted(Counter(total for total in totals if total[1]).items()))


def fit_library(totals: Iterable[Total]) -> Weights:
    """Fit the mixture of a whole library."""
    even = (1.0 / len(RATES),) * len(RATES)
    return fit(grouped(totals), EVEN, UNSEEN, even, LIBRARY_ROUNDS)


def fit_prompt(totals: Iterable[Total], library: Weights) -> Mixture:
    """Fit one prompt's mixture, leaning on the library's where the prompt has few cases."""
    return Mixture(fit(grouped(totals), _prior(library), BORROWED + UNSEEN, library, PROMPT_ROUNDS))


@lru_cache(maxsize=16)
def _prior(library: Weights) -> Weights:
    return _scaled(BORROWED * part + UNSEEN * even for part, even in zip(library, EVEN, strict=True))


@dataclass(frozen=True)
class Mixture:
    """Weights over the grid's success rates, one prompt's."""

    weights: Weights

    def posterior(self, x: int, k0: int) -> Weights:
        """Give the weights of the grid's rates for a case with x passes of k0."""
        return _scaled(map(mul, self.weights, _likelihood(x, k0)))

    def predict(self, x: int, k0: int, k1: int) -> Weights:
        """Give P(y passes of k1 now | x of k0 then) for an unchanged case, y from 0 to k1."""
        return _predict(self, x, k0, k1)

    def p_value(self, x: int, k0: int, y: int, k1: int) -> float:
        """Give P(Y <= y | x of k0 then) for an unchanged case."""
        return _running(self, x, k0, k1)[y]


@lru_cache(maxsize=65536)
def _predict(mixture: Mixture, x: int, k0: int, k1: int) -> Weights:
    posterior = mixture.posterior(x, k0)
    return tuple(math.fsum(map(mul, posterior, _binomial(y, k1))) for y in range(k1 + 1))


@lru_cache(maxsize=65536)
def _running(mixture: Mixture, x: int, k0: int, k1: int) -> Sequence[float]:
    return cumulated(mixture.predict(x, k0, k1))


@lru_cache(maxsize=65536)
def _binomial(y: int, k: int) -> Weights:
    ways = math.log(math.comb(k, y))
    return tuple(math.exp(ways + y * ok + (k - y) * fail) for ok, fail in zip(_LOG_PASS, _LOG_FAIL, strict=True))
