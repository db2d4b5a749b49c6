"""Everything the gate looks at in one prompt, before prompts are weighed against each other."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_goldenprompt.judge.bound import Bound, bound, exactly, worst_drop
from pytest_goldenprompt.judge.certain import Yardstick, is_certain, outcome
from pytest_goldenprompt.judge.evidence import Evidence, weigh
from pytest_goldenprompt.judge.mixture import EVEN, Mixture
from pytest_goldenprompt.judge.pairing import Pairing, used_to_pass
from pytest_goldenprompt.judge.pairs import Pair, stand_ins, untagged
from pytest_goldenprompt.judge.reading import read
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome

UNKNOWN = Mixture(EVEN)
"""What is known of success rates when nothing is stored."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One prompt's findings.

    `evidence` and `bound` are those of the compared cases; `full_evidence`, and for a deterministic prompt
    `full_drop`, count removed cases as failed and decide whether it is flagged. None where there is nothing to test.
    """

    pairing: Pairing
    outcomes: tuple[CaseOutcome, ...]
    mixture: Mixture = UNKNOWN
    evidence: Evidence | None = None
    full_evidence: Evidence | None = None
    bound: Bound | None = None
    full_drop: float = 0.0
    removal_matters: bool = False

    @property
    def certain(self) -> tuple[CaseOutcome, ...]:
        """Give the cases whose regression is certain by themselves."""
        return tuple(found for found in self.outcomes if found.outcome is Outcome.REGRESSED)


def most_repeats(current: RunRecord, policy: Policy) -> int:
    """Give how many failed repeats stand in for a removed case: as many as any case has or may get."""
    most = max(policy.confirm_repeats, policy.repeats, 1)
    for result in current.cases:
        if len(result.repeats) > most:
            most = max(most, read(result).k)
    return most


def examine(pairing: Pairing, measure: Yardstick, policy: Policy, repeats: int) -> Examined:
    """Look at one prompt; `repeats` failed ones stand in for a removed case."""
    outcomes = tuple(
        [
            outcome(measure, pairing.facts, result, now, waived=result.case_id in pairing.waived)
            for result, now in pairing.results
        ]
    )
    yard = measure.prompts.get(pairing.facts.id)
    worst = stand_ins(pairing.removed, repeats)
    if yard is None or not (pairing.pairs or worst):
        return Examined(pairing, outcomes, removal_matters=_acknowledged(pairing))
    evidence = _evidence(pairing, (), yard.mixture, policy)
    return Examined(
        pairing,
        outcomes,
        mixture=yard.mixture,
        evidence=evidence,
        full_evidence=_evidence(pairing, worst, yard.mixture, policy) if worst else evidence,
        bound=_bound(pairing, yard.mixture),
        full_drop=worst_drop(pairing.pairs, worst) if pairing.deterministic else 0.0,
        removal_matters=_acknowledged(pairing)
        or any(is_certain(_p(pair, yard.mixture), yard, measure) for pair in worst),
    )


def _acknowledged(pairing: Pairing) -> bool:
    return any(used_to_pass(result) for result in pairing.removed)


def _p(pair: Pair, mixture: Mixture) -> float:
    return mixture.p_value(pair.then.passes, pair.then.k, pair.now.passes, pair.now.k)


def _evidence(pairing: Pairing, worst: tuple[Pair, ...], mixture: Mixture, policy: Policy) -> Evidence | None:
    """Weigh a prompt that luck plays a part in."""
    if pairing.deterministic or not (pairing.pairs or worst):
        return None
    return weigh(pairing, worst, mixture, policy)


def _bound(pairing: Pairing, mixture: Mixture) -> Bound | None:
    if not pairing.pairs:
        return None
    if pairing.deterministic:
        return exactly(pairing.pairs)
    return bound(untagged(pairing.alike), mixture, graded=pairing.graded)


def not_compared(pairing: Pairing) -> int:
    """Count the baseline's cases that have no counterpart with the same definition and a result."""
    return len(pairing.stored) - len(pairing.pairs)
