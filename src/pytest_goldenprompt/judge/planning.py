"""What it takes to find a drop of a wished size: repeats of the cases there are, or more cases like them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from pytest_goldenprompt.judge.certain import PromptYardstick, yardstick
from pytest_goldenprompt.judge.injection import ENOUGH
from pytest_goldenprompt.judge.mixture import RATES, Weights
from pytest_goldenprompt.judge.pairing import pair
from pytest_goldenprompt.judge.power import Levels, power
from pytest_goldenprompt.judge.splitting import Ground, LeftOut, Parts, asked_parts, ground_of
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord

MOST_REPEATS = 1000
MOST_CASES = 100_000
MORE = (1.0, 1.1, 1.25, 1.5, 2.0)
"""Multiples of the fewest repeats that are weighed against each other by their calls."""

STEPS = 1000
"""Steps from no drop to one of all, on which the smallest drop that is found is told."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Repeats of a library's policy, and the number of cases they are of.

    `check` and `recording` are the calls of a run before suspects are run again, which is up to `parts.now` a case.
    """

    cases: int
    parts: Parts

    @property
    def check(self) -> int:
        """Count the calls of a check run."""
        return self.cases * self.parts.look

    @property
    def recording(self) -> int:
        """Count the calls of a recording run."""
        return self.cases * self.parts.then


@dataclass(frozen=True, slots=True)
class PromptPlan:
    """What one prompt needs: `repeats` of its cases or, at the present repeats, `cases` like them.

    `found` is the probability (0..1) of finding the wished drop as things are, `smallest` the smallest drop that is
    found with the wished probability. None stands for what cannot be had within 1,000 repeats, 100,000 cases or what
    there is to lose.
    """

    prompt_id: str
    present: Settings
    found: float
    smallest: float | None
    repeats: Settings | None
    cases: Settings | None

    @property
    def already(self) -> bool:
        """Say whether the present settings do."""
        return self.repeats == self.present


@dataclass(frozen=True, slots=True)
class Plan:
    """What a library needs to find `drop` (points of 0..1) with the probability `power` in a check run.

    `repeats` are those that do for every prompt, since the policy sets them for all, and `cases` is the sum over
    prompts; None where one of the prompts cannot have them. Without a prompt to plan for, `prompts` is empty.
    """

    drop: float
    power: float
    present: Settings
    prompts: tuple[PromptPlan, ...]
    repeats: Settings | None
    cases: Settings | None
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class _Prompt:
    """What finding a drop in one prompt depends on."""

    prompt_id: str
    law: Weights
    cases: int
    levels: Levels

    def can_lose(self, drop: float) -> bool:
        """Say whether the cases pass often enough to lose a drop, half of it at least."""
        lost = math.fsum(part * min(drop, rate) for part, rate in zip(self.law, RATES, strict=True))
        return lost >= ENOUGH * drop

    def finds(self, parts: Parts, drop: float, cases: int | None = None) -> float:
        """Give the probability of finding a drop; one that cannot be lost is never found."""
        return power(self.law, cases or self.cases, parts, drop, self.levels) if self.can_lose(drop) else 0.0


def plan(record: RunRecord, policy: Policy, *, drop: float, wished: float) -> Plan:
    """Plan for a drop of `drop` (points of 0..1) in every case of a prompt, found with the probability `wished`."""
    ground = ground_of(record, policy)
    parts = asked_parts(policy)
    prompts = tuple(_plan(prompt, parts, drop, wished) for prompt in _prompts(ground, policy))
    present = Settings(len(ground.cases), parts)
    return Plan(drop, wished, present, prompts, _shared(present, prompts), _summed(present, prompts), ground.left_out)


def _prompts(ground: Ground, policy: Policy) -> list[_Prompt]:
    """Describe each prompt by the library's own mixture: the mean of what it says of the prompt's cases.

    The mean's test has its share of alpha, of which the one prompt that fell gets its part among all; where scores are
    graded, half of it.
    """
    measure = yardstick(ground.record, policy, len(ground.cases))
    level = policy.alpha * policy.weight_mean / max(1, len(ground.facts))
    found = []
    for pairing in pair(ground.record, ground.record):
        prompt = measure.prompts[pairing.facts.id]
        share = 0.5 if pairing.graded else 1.0
        levels = Levels(share * policy.suspect_prompt, share * level)
        found.append(_Prompt(pairing.facts.id, _law(prompt), len(prompt.cases), levels))
    return found


def _law(prompt: PromptYardstick) -> Weights:
    known = [prompt.mixture.posterior(case.reading.passes, case.reading.k) for case in prompt.cases.values()]
    return tuple(math.fsum(parts) / len(known) for parts in zip(*known, strict=True))


def _plan(prompt: _Prompt, parts: Parts, drop: float, wished: float) -> PromptPlan:
    present = Settings(prompt.cases, parts)
    found = prompt.finds(parts, drop)
    repeats = parts if found >= wished else _repeats(parts, lambda tried: prompt.finds(tried, drop) >= wished)
    cases = _first(prompt.cases, MOST_CASES, lambda number: prompt.finds(parts, drop, number) >= wished)
    return PromptPlan(
        prompt_id=prompt.prompt_id,
        present=present,
        found=found,
        smallest=_smallest(prompt, parts, wished),
        repeats=None if repeats is None else Settings(prompt.cases, repeats),
        cases=None if cases is None else Settings(cases, parts),
    )


def _smallest(prompt: _Prompt, parts: Parts, wished: float) -> float | None:
    """Find the smallest drop that is found; greater ones are, as long as they can be lost."""
    end = _first(1, STEPS, lambda step: not prompt.can_lose(step / STEPS)) or STEPS + 1
    found = _first(1, end - 1, lambda step: prompt.finds(parts, step / STEPS) >= wished)
    return None if found is None else found / STEPS


def _repeats(parts: Parts, does: Callable[[Parts], bool]) -> Parts | None:
    """Find repeats that do, with few calls in a check and a recording run together.

    The fewest that do when every case gets all of them at once, or some more that let the first look do with less.
    """
    fewest = _first(1, MOST_REPEATS, lambda number: does(_wide(parts, number)))
    if fewest is None:
        return None
    tried = [_narrowed(_wide(parts, min(MOST_REPEATS, math.ceil(fewest * more))), parts.look, does) for more in MORE]
    return min(tried, key=lambda found: (found.then + found.look, found.then))


def _wide(parts: Parts, number: int) -> Parts:
    """Raise all repeats to a number, none under what it is."""
    now = max(parts.now, number)
    return Parts(max(parts.then, number), now, now)


def _narrowed(wide: Parts, least: int, does: Callable[[Parts], bool]) -> Parts:
    """Make the first look as short as still does."""
    look = _first(least, wide.now, lambda look: does(Parts(wide.then, look, wide.now)))
    return wide if look is None else Parts(wide.then, look, wide.now)


def _first(low: int, high: int, does: Callable[[int], bool]) -> int | None:
    """Find the smallest number in a range that does, if greater ones do too."""
    numbers = range(low, high + 1)
    place = bisect_left(numbers, True, key=does)
    return numbers[place] if place < len(numbers) else None


def _shared(present: Settings, prompts: tuple[PromptPlan, ...]) -> Settings | None:
    needs = [prompt.repeats.parts for prompt in prompts if prompt.repeats]
    if not needs or len(needs) < len(prompts):
        return None
    return Settings(present.cases, Parts(*(max(place) for place in zip(*needs, strict=True))))


def _summed(present: Settings, prompts: tuple[PromptPlan, ...]) -> Settings | None:
    needs = [prompt.cases.cases for prompt in prompts if prompt.cases]
    return Settings(sum(needs), present.parts) if needs and len(needs) == len(prompts) else None
