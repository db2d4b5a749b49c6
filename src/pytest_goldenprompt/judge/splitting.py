"""A stored run split at random in two, so that the gate can be tried where nothing changed.

The gate compares many repeats then with a first look now, and tops suspects up. A split does the same in small: of the
repeats that a case has, a part stands for "then", the first few of the others are the first look, and the rest is all
that may be topped up. Nothing is drawn twice and nothing is made up, so the parts shrink where fewer repeats are stored
than the gate would use in all: in the proportion of `baseline_repeats` to `confirm_repeats`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pytest_goldenprompt.judge.pairing import Pairing, pair
from pytest_goldenprompt.judge.reading import usable
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult

FEWEST = 2
"""Repeats without which a case cannot stand on both sides."""


class Parts(NamedTuple):
    """Repeats of a case: then, at first look, and now in all, where the case is a suspect."""

    then: int
    look: int
    now: int


class LeftOut(NamedTuple):
    """A prompt that cannot be split, and why."""

    prompt_id: str
    why: str


class Halves(NamedTuple):
    """One split: the run that stands for the stored one, the first look, and what the look may be topped up from."""

    then: RunRecord
    look: RunRecord
    more: RunRecord


@dataclass(frozen=True, slots=True)
class Ground:
    """What of a run can be split: prompts, their cases with independent repeats alone, and the parts of each case.

    `left_out` names the other prompts, `cases_left_out` counts the cases of these prompts that have too few repeats.
    `unvaried` are prompts of which every case got one and the same answer each time, though none is declared
    deterministic: luck that was never seen cannot raise an alarm.
    """

    facts: tuple[PromptFacts, ...]
    cases: tuple[CaseResult, ...]
    parts: tuple[Parts, ...]
    left_out: tuple[LeftOut, ...]
    cases_left_out: int = 0
    unvaried: tuple[str, ...] = ()

    @property
    def record(self) -> RunRecord:
        """Give the run with nothing but what can be split."""
        return RunRecord("stored", prompts=self.facts, cases=self.cases)

    @property
    def designs(self) -> tuple[tuple[Parts, int], ...]:
        """Count the cases that are split in the same way, the most common first."""
        return tuple(sorted(Counter(self.parts).items(), key=lambda item: (-item[1], item[0])))


def asked_parts(policy: Policy) -> Parts:
    """Give the parts that the policy asks for."""
    return Parts(policy.baseline_repeats, policy.repeats, max(policy.repeats, policy.confirm_repeats))


def parts_of(repeats: int, policy: Policy) -> Parts:
    """Divide the repeats of a case, two or more, as the policy would if it had no more."""
    asked = asked_parts(policy)
    if repeats >= asked.then + asked.now:
        return asked
    share = asked.then / (asked.then + asked.now)
    then = min(repeats - 1, max(1, round(repeats * share)))
    return Parts(then, min(asked.look, repeats - then), repeats - then)


def ground_of(record: RunRecord, policy: Policy) -> Ground:
    """Find what of a run can be split.

    Left out: drafts, prompts that are declared deterministic, and those of which no case has two independent repeats.
    Errors, and copies of an answer, are no repeats.
    """
    candidates = [(pairing, _splittable(pairing)) for pairing in pair(record, record)]
    reasons = {pairing.facts.id: _why_not(pairing, several) for pairing, several in candidates}
    kept = [(pairing, several) for pairing, several in candidates if not reasons[pairing.facts.id]]
    cases = tuple(case for _, several in kept for case in several)
    return Ground(
        facts=tuple(pairing.facts for pairing, _ in kept),
        cases=cases,
        parts=tuple(parts_of(len(case.repeats), policy) for case in cases),
        left_out=tuple(LeftOut(prompt_id, why) for prompt_id, why in reasons.items() if why),
        cases_left_out=sum(len(pairing.results) - len(several) for pairing, several in kept),
        unvaried=tuple(pairing.facts.id for pairing, _ in kept if pairing.deterministic),
    )


def _splittable(pairing: Pairing) -> list[CaseResult]:
    independent = (replace(case, repeats=usable(case), missing="") for case, _ in pairing.results)
    return [case for case in independent if len(case.repeats) >= FEWEST]


def _why_not(pairing: Pairing, several: Sequence[CaseResult]) -> str:
    facts = pairing.facts
    if facts.error:
        return "it could not be read"
    if facts.draft:
        return "a draft, which has no say"
    if facts.deterministic:
        return "deterministic, so that there is no luck to test"
    if pairing.twice:
        return f"the case id {pairing.twice[0]!r} stands there twice"
    return "" if several else "no case of it has two independent repeats"


def split(ground: Ground, luck: random.Random) -> Halves:
    """Deal the repeats of every case at random."""
    then: list[CaseResult] = []
    look: list[CaseResult] = []
    more: list[CaseResult] = []
    for case, parts in zip(ground.cases, ground.parts, strict=True):
        dealt = tuple(luck.sample(case.repeats, len(case.repeats)))
        seen, end = parts.then + parts.look, parts.then + parts.now
        then.append(replace(case, repeats=dealt[: parts.then]))
        look.append(replace(case, repeats=dealt[parts.then : seen]))
        more.append(replace(case, repeats=dealt[seen:end]))
    return Halves(*(RunRecord("half", prompts=ground.facts, cases=tuple(cases)) for cases in (then, look, more)))
