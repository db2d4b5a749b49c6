"""Cases in both runs; and those that did alike counted together, so that a test works out once what they share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from pytest_goldenprompt.judge.reading import Reading, read
from pytest_goldenprompt.model.result import CaseResult


class Pair(NamedTuple):
    """One case in both runs, by the same definition; `removed` marks one whose `now` only stands for the worst.

    `tags` are the stored run's: tagging a case anew cannot take it out of a slice that got worse.
    """

    case_id: str
    then: Reading
    now: Reading
    tags: tuple[str, ...] = ()
    must_pass: bool = False
    removed: bool = False


Tally: TypeAlias = Sequence[tuple[Pair, int]]
"""Pairs that are alike, as one without a case's name, with their number."""

_WITHOUT_NAME = itemgetter(*(Pair._fields.index(name) for name in ("then", "now", "tags", "removed")))


def tally(pairs: Iterable[Pair]) -> Tally:
    """Count the pairs that are alike but for the case."""
    counted = Counter(map(_WITHOUT_NAME, pairs)).items()
    return [(Pair("", then, now, tags, removed=removed), times) for (then, now, tags, removed), times in counted]


def untagged(pairs: Tally) -> Tally:
    """Count the pairs that are alike but for the case and its tags."""
    counted: dict[tuple[Reading, Reading, bool], int] = {}
    for pair, times in pairs:
        key = pair.then, pair.now, pair.removed
        counted[key] = counted.get(key, 0) + times
    return [(Pair("", then, now, removed=removed), times) for (then, now, removed), times in counted.items()]


def tagged(pairs: Tally, tag: str) -> Tally:
    """Give the pairs that carry a tag."""
    return [counted for counted in pairs if tag in counted[0].tags]


def summed(terms: Iterable[tuple[float, int]]) -> float:
    """Sum terms that stand several times each, exactly as if they were added one by one."""
    return math.fsum(chain.from_iterable(repeat(term, times) for term, times in terms))


def stand_ins(removed: Iterable[CaseResult], k: int) -> tuple[Pair, ...]:
    """Let removed cases that were observed then stand as if each of `k` repeats failed now.

    Whatever a case would have shown, removing it can then not make its prompt look better.
    """
    failed = Reading(k, 0, 0, 0.0, 0.0)
    readings = ((result, read(result)) for result in removed)
    return tuple(
        Pair(result.case_id, before, failed, result.tags, result.must_pass, removed=True)
        for result, before in readings
        if before.k
    )
