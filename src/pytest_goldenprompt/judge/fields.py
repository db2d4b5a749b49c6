"""Which fields of JSON answers are wrong in how many cases, then and now."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from pytest_goldenprompt.judge.pairing import Pairing
from pytest_goldenprompt.judge.reading import usable
from pytest_goldenprompt.model.fault import FieldRate
from pytest_goldenprompt.model.result import CaseResult

MOST_FIELDS = 50
"""Fields of a prompt that are told, those with the greatest rise first."""

MOST_CASES = 5
"""Cases that are named of a field."""

Shares = Mapping[str, Mapping[str, float]]
"""For each fault, by case id, the share of repeats that have it."""


def field_rates(pairing: Pairing) -> tuple[FieldRate, ...]:
    """Compare the compared cases place by place, the greatest rise first; nothing where no place is wrong.

    A stored run in which answers fail and no place is named does not tell: its rates are None.
    """
    compared = {pair.case_id for pair in pairing.pairs}
    now = _shares(result for result, _ in pairing.results if result.case_id in compared)
    stored = [result for result, _ in pairing.stored if result.case_id in compared]
    then = _shares(stored)
    if not then and not now:
        return ()
    tells = bool(then) or all(repeat.passed for result in stored for repeat in usable(result))
    rates = [_rate(name, then.get(name, {}), now.get(name, {}), len(compared), tells) for name in {*then, *now}]
    return tuple(sorted(rates, key=lambda one: (-one.rise, one.path, one.what))[:MOST_FIELDS])


def _shares(results: Iterable[CaseResult]) -> Shares:
    shares: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for result in results:
        if any(repeat.faults for repeat in result.repeats):
            seen = usable(result)
            counted = Counter(name for repeat in seen for name in repeat.faults)
            for name, times in counted.items():
                shares[name][result.case_id] = times / len(seen)
    return shares


def _rate(name: str, then: Mapping[str, float], now: Mapping[str, float], cases: int, tells: bool) -> FieldRate:  # noqa: FBT001 - of the stored run
    what, _, path = name.partition(" ")
    worse = {case: share - then.get(case, 0.0) for case, share in now.items() if share > then.get(case, 0.0)}
    ordered = sorted(worse, key=lambda case: (-worse[case], case))
    if not tells:
        return FieldRate(path, what, None, _mean(now, cases))
    return FieldRate(path, what, _mean(then, cases), _mean(now, cases), tuple(ordered[:MOST_CASES]), len(worse))


def _mean(shares: Mapping[str, float], cases: int) -> float:
    return math.fsum(shares.values()) / cases
