"""What a person has waived: which cases it sets aside, which findings it excuses, and when it does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pytest_goldenprompt.judge.bound import Sides
from pytest_goldenprompt.judge.figures import mean
from pytest_goldenprompt.judge.pairing import used_to_pass
from pytest_goldenprompt.judge.reading import Reading, passes_mostly, read
from pytest_goldenprompt.judge.states import WORSE
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import Change
from pytest_goldenprompt.model.waiver import Waiver

Key: TypeAlias = tuple[str, str]
"""Prompt id and case id."""

LOST = Reading(1000, 0, 0, 0.0, 0.0)
"""How a case counts that is removed, or edited so that it fails: as lost, without a doubt."""


@dataclass(frozen=True, slots=True)
class Met:
    """One stored case beside what became of it: the kind of finding it would be, and both sides to compare."""

    key: Key
    kind: str
    tags: tuple[str, ...]
    then: Reading
    now: Reading
    lost: bool = False

    @property
    def is_worse(self) -> bool:
        """Say whether less of it passes, or its scores fell."""
        fewer = self.now.passes * self.then.k < self.then.passes * self.now.k
        return self.lost or fewer or self.now.mean < self.then.mean


def in_force(waivers: Iterable[Waiver], today: str) -> tuple[Waiver, ...]:
    """Give the waivers that hold on a day."""
    return tuple(waiver for waiver in waivers if waiver.holds(today))


def is_whole(waiver: Waiver) -> bool:
    """Say whether a waiver excuses what is found of a whole prompt, and sets no case aside."""
    return waiver.case is None and waiver.slice is None


def allowed(waiver: Waiver) -> set[str]:
    """Give the kinds of finding that a waiver for a whole prompt excuses."""
    return {waiver.kind} if waiver.kind else WORSE


def set_aside(waivers: Iterable[Waiver], baseline: RunRecord | None, current: RunRecord) -> dict[Key, Waiver]:
    """Say which cases have no say, each with the first waiver that covers it."""
    aside: dict[Key, Waiver] = {}
    parts = [waiver for waiver in waivers if not is_whole(waiver)]
    for waiver, covered in covering(parts, baseline, current):
        for one in covered:
            aside.setdefault(one.key, waiver)
    return aside


def covering(
    waivers: Sequence[Waiver], baseline: RunRecord | None, current: RunRecord
) -> Iterator[tuple[Waiver, list[Met]]]:
    """Give every waiver with the cases that it covers: for a whole prompt those that are compared."""
    met = _meetings(waivers, baseline, current) if waivers and baseline else {}
    for waiver in waivers:
        yield waiver, [one for one in met.get(waiver.prompt, ()) if covers(waiver, one)]


def _meetings(waivers: Iterable[Waiver], baseline: RunRecord, current: RunRecord) -> Mapping[str, Sequence[Met]]:
    """Put the stored cases of the waived prompts beside what became of them, by prompt."""
    wanted = {waiver.prompt for waiver in waivers}
    now = {(case.prompt_id, case.case_id): case for case in current.cases if case.prompt_id in wanted}
    met: dict[str, list[Met]] = defaultdict(list)
    for case in sorted(baseline.cases, key=lambda case: case.case_id):
        if case.prompt_id in wanted:
            found = _met(case, now.get((case.prompt_id, case.case_id)))
            met[case.prompt_id] += [found] if found else []
    return met


def _met(stored: CaseResult, now: CaseResult | None) -> Met | None:
    """Set one case beside itself; None where one side was never observed, which no waiver is for.

    The tags are the stored run's: tagging a case anew brings it under no waiver.
    """
    key, then = (stored.prompt_id, stored.case_id), read(stored)
    if now is None:
        return Met(key, "removed", stored.tags, then, LOST, used_to_pass(stored)) if then.k else None
    after = read(now)
    if not (then.k and after.k):
        return None
    if stored.digest != now.digest:
        fails = used_to_pass(stored) and not passes_mostly(after)
        return Met(key, "changed", stored.tags, then, LOST if fails else then, fails)
    return Met(key, "case", stored.tags, then, after)


def covers(waiver: Waiver, met: Met) -> bool:
    """Say whether a waiver covers a case; one for a slice or a whole prompt is no leave to remove or edit cases."""
    if waiver.case is not None:
        return waiver.case == met.key[1] and waiver.kind in {None, met.kind}
    return met.kind == "case" and (waiver.slice is None or waiver.slice in met.tags)


def alone(waivers: Iterable[Waiver], stored: CaseResult | None, result: CaseResult) -> tuple[bool, bool]:
    """Say of one case whether a waiver sets it aside, and whether one may excuse what is found of its whole prompt.

    What must always pass is excused by its own name alone.
    """
    met = _met(stored, result) if stored else None
    mine = [waiver for waiver in waivers if waiver.prompt == result.prompt_id]
    excused = any(is_whole(waiver) and "case" in allowed(waiver) for waiver in mine) and not result.must_pass
    return met is not None and any(covers(waiver, met) for waiver in mine if not is_whole(waiver)), excused


def over(waivers: Sequence[Waiver], baseline: RunRecord | None, current: RunRecord) -> set[Key]:
    """Give the waived cases that seem to fall by more than is accepted, to be run again before that is said."""
    parts = [waiver for waiver in waivers if not is_whole(waiver)]
    found: set[Key] = set()
    for waiver, covered in covering(parts, baseline, current):
        rate = rates(covered)
        if rate.then is not None and rate.now is not None and rate.then - rate.now > waiver.most_drop:
            found |= {one.key for one in covered}
    return found


def sides(covered: Iterable[Met]) -> Sides:
    """Give both sides of some cases."""
    return [(one.then, one.now) for one in covered]


def rates(covered: Sequence[Met]) -> Change:
    """Give the pass rates of some cases, then and now."""
    then = mean(one.then.passes / one.then.k for one in covered)
    return Change(then, mean(one.now.passes / one.now.k for one in covered))
