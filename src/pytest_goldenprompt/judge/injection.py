"""Drops that are put into a run on purpose, to see whether the gate finds them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pytest_goldenprompt.judge.figures import mean
from pytest_goldenprompt.judge.pairing import pair
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

BROKEN = 0.98
"""Share of the passes of a broken case that become fails."""

ENOUGH = 0.5
"""A place is fit for a drop if it can lose at least this share of it: a case that never passes can lose nothing."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A kind of drop in one prompt.

    Either `points` (0..1) off the success rate of every case, or of every case of one slice where `sliced`; or `broken`
    of the cases that always passed.
    """

    what: str
    points: float = 0.0
    sliced: bool = False
    broken: int = 0


DROPS = (
    Drop("every case of a prompt down by 5 points", points=0.05),
    Drop("every case of a prompt down by 10 points", points=0.10),
    Drop("one slice down by 20 points", points=0.20, sliced=True),
    Drop("one solid case broken", broken=1),
    Drop("five solid cases broken", broken=5),
)


class Place(NamedTuple):
    """Where a drop can be put: a prompt, or one slice of it, with its cases."""

    prompt_id: str
    tag: str
    cases: tuple[CaseResult, ...]


def places(drop: Drop, record: RunRecord, policy: Policy) -> tuple[Place, ...]:
    """List the places of a run, whole by construction, that are fit for a drop."""
    found = [
        Place(pairing.facts.id, tag, tuple(case for case, _ in pairing.results if not tag or tag in case.tags))
        for pairing in pair(record, record)
        for tag in (pairing.slices(policy.smallest_slice) if drop.sliced else ("",))
    ]
    return tuple(place for place in found if _is_fit(drop, place))


def _is_fit(drop: Drop, place: Place) -> bool:
    if drop.broken:
        return len(_solid(place)) >= drop.broken
    lost = mean(min(drop.points, _rate(case)) for case in place.cases)
    return (lost or 0.0) >= ENOUGH * drop.points


def _rate(case: CaseResult) -> float:
    return sum(repeat.passed for repeat in case.repeats) / len(case.repeats)


def _solid(place: Place) -> list[CaseResult]:
    return [case for case in place.cases if all(repeat.passed for repeat in case.repeats)]


def chances(drop: Drop, place: Place, luck: random.Random) -> dict[str, float]:
    """Give by case id how likely each pass becomes a fail, so that the rates fall as the drop says."""
    if drop.broken:
        return dict.fromkeys(sorted(case.case_id for case in luck.sample(_solid(place), drop.broken)), BROKEN)
    rates = {case.case_id: _rate(case) for case in place.cases}
    return {case_id: min(1.0, drop.points / rate) for case_id, rate in rates.items() if rate}


def inject(record: RunRecord, prompt_id: str, fails: Mapping[str, float], luck: random.Random) -> RunRecord:
    """Turn passes of one prompt's cases into fails, each with its case's chance."""
    return replace(
        record,
        cases=tuple(
            replace(case, repeats=_fallen(case.repeats, fails[case.case_id], luck))
            if case.prompt_id == prompt_id and case.case_id in fails
            else case
            for case in record.cases
        ),
    )


def _fallen(repeats: Sequence[Repeat], chance: float, luck: random.Random) -> tuple[Repeat, ...]:
    """Let passes fail, without a score, by an output that nobody knows."""
    return tuple(
        replace(repeat, passed=False, score=0.0, output=None) if luck.random() < chance and repeat.passed else repeat
        for repeat in repeats
    )
