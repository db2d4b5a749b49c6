"""The gate measured on a library's own stored repeats: how often it is wrong, and what it finds.

A run is split at random into a "then" and a "now", many times. Nothing changed between the two, so every flag is a
false alarm; then drops are injected into "now", and every flag of that prompt is a find. Both go the whole way of a
live run: first look, suspects, top-up, verdict, by the library's own policy.

What this cannot show: luck that differs from day to day, or that the cases of one run share, since all repeats are
of one run and dealt at random; and the gate at its full number of repeats, where fewer are stored (see `splitting`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.injection import DROPS, Drop, Place, chances, inject, places
from pytest_goldenprompt.judge.intervals import Counted
from pytest_goldenprompt.judge.splitting import Ground, Halves, LeftOut, Parts, asked_parts, ground_of, split
from pytest_goldenprompt.judge.topup import top_up
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict

TRIED = 4
"""Drops are injected into every fourth split: they cost a comparison each."""


@dataclass(frozen=True, slots=True)
class PromptAlarms:
    """How often one unchanged prompt of so many cases was flagged."""

    prompt_id: str
    cases: int
    flagged: Counted


@dataclass(frozen=True, slots=True)
class Power:
    """How often a kind of drop was found, tried by turns on the places that are fit for it.

    `named` counts the broken cases, or slices, that were named; None where every case of a prompt fell.
    """

    what: str
    places: int
    found: Counted
    named: Counted | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was measured on one run.

    `alarms` counts comparisons in which any prompt was flagged though nothing changed; in `must_pass` of them only
    since a case that must always pass failed, and `failing_musts` names such cases that fail at times. `designs` counts
    cases by how their repeats were divided, `asked` is how the policy would. Without anything to split there are no
    tries.
    """

    alpha: float
    alarms: Counted
    must_pass: int
    failing_musts: tuple[str, ...]
    prompts: tuple[PromptAlarms, ...]
    power: tuple[Power, ...]
    asked: Parts
    designs: tuple[tuple[Parts, int], ...]
    left_out: tuple[LeftOut, ...]
    cases_left_out: int
    unvaried: tuple[str, ...]

    @property
    def within_aim(self) -> bool:
        """Say whether the measured rate of false alarms does not speak against `alpha`."""
        return self.alarms.interval.low <= self.alpha


@dataclass(frozen=True, slots=True)
class _Try:
    """One injected drop: whether its prompt was flagged, how many cases or slices should have been named, and were."""

    what: str
    found: bool
    wanted: int
    named: int


def calibrate(record: RunRecord, policy: Policy, *, seed: str, splits: int) -> Certificate:
    """Measure the gate; the same record, policy, seed and number of splits give the same certificate.

    Waivers take no part: what is excused for a while is measured like anything else.
    """
    policy = replace(policy, waivers=())
    ground = ground_of(record, policy)
    targets = [(drop, places(drop, ground.record, policy)) for drop in DROPS]
    flags: list[list[PromptVerdict]] = []
    tries: list[_Try] = []
    for number in range(splits if ground.cases else 0):
        halves = split(ground, _luck(seed, number))
        flags.append(_flagged(_gate(halves, policy)))
        if number % TRIED == 0:
            tries += _tries(halves, targets, policy, f"{seed}/{number}", number // TRIED)
    return Certificate(
        alpha=policy.alpha,
        alarms=Counted(sum(map(bool, flags)), len(flags)),
        must_pass=sum(bool(flagged) and all(map(_must_pass, flagged)) for flagged in flags),
        failing_musts=tuple(_failing_musts(ground)),
        prompts=_by_prompt(ground, flags),
        power=tuple(_power(drop, len(fit), tries) for drop, fit in targets if fit),
        asked=asked_parts(policy),
        designs=ground.designs,
        left_out=ground.left_out,
        cases_left_out=ground.cases_left_out,
        unvaried=ground.unvaried,
    )


def _luck(*parts: object) -> random.Random:
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - a simulation, the same for the same record


def _gate(halves: Halves, policy: Policy) -> Verdict:
    """Judge as a live run does: a first look, more repeats for the suspects, the verdict on all of them."""
    current, drawn = top_up(halves.then, halves.look, halves.more, policy)
    return judge(halves.then, current, policy, extra_calls=drawn)


def _flagged(verdict: Verdict) -> list[PromptVerdict]:
    return [prompt for prompt in verdict.prompts if prompt.state is State.REGRESSED]


def _must_pass(prompt: PromptVerdict) -> bool:
    return any(case.must_pass and not case.passed for case in prompt.cases)


def _failing_musts(ground: Ground) -> Iterator[str]:
    for case in ground.cases:
        if case.must_pass and not all(repeat.passed for repeat in case.repeats):
            yield f"{case.prompt_id}/{case.case_id}"


def _by_prompt(ground: Ground, flags: Sequence[Sequence[PromptVerdict]]) -> tuple[PromptAlarms, ...]:
    counts = Counter(prompt.id for flagged in flags for prompt in flagged)
    cases = Counter(case.prompt_id for case in ground.cases)
    return tuple(
        PromptAlarms(facts.id, cases[facts.id], Counted(counts[facts.id], len(flags))) for facts in ground.facts
    )


def _tries(
    halves: Halves, targets: Sequence[tuple[Drop, Sequence[Place]]], policy: Policy, seed: str, turn: int
) -> Iterator[_Try]:
    """Inject each kind of drop into the place whose turn it is."""
    for drop, fit in targets:
        if fit:
            yield _try(halves, drop, fit[turn % len(fit)], policy, _luck(seed, drop.what))


def _try(halves: Halves, drop: Drop, place: Place, policy: Policy, luck: random.Random) -> _Try:
    fails = chances(drop, place, luck)
    look, more = (inject(half, place.prompt_id, fails, luck) for half in (halves.look, halves.more))
    verdict = _gate(Halves(halves.then, look, more), policy)
    found = next((prompt for prompt in _flagged(verdict) if prompt.id == place.prompt_id), None)
    if drop.broken:
        wanted, names = set(fails), {case.case_id for case in found.cases} if found else set()
    else:
        wanted, names = {place.tag} - {""}, {part.tag for part in found.slices} if found else set()
    return _Try(drop.what, found is not None, len(wanted), len(wanted & names))


def _power(drop: Drop, fit: int, tries: Sequence[_Try]) -> Power:
    own = [one for one in tries if one.what == drop.what]
    named = Counted(sum(one.named for one in own), sum(one.wanted for one in own))
    found = Counted(sum(one.found for one in own), len(own))
    return Power(drop.what, fit, found, named if named.tries else None)
