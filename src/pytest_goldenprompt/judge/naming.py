"""Which cases and slices of a flagged prompt are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pytest_goldenprompt.judge.examine import Examined
from pytest_goldenprompt.judge.figures import mean
from pytest_goldenprompt.judge.multiplicity import discoveries
from pytest_goldenprompt.judge.pairs import Pair
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import CaseOutcome, Change, Outcome, SliceOutcome

SINGLE = "; flipped: with one repeat a single case may be luck, the whole is not"


@dataclass(frozen=True, slots=True)
class Family:
    """What weighing all prompts together gave.

    `threshold` is the greatest p-value of a prompt that is flagged, `level` the rate of wrongly named cases that is
    allowed inside a flagged prompt: the policy's times the share of prompts flagged (Benjamini and Bogomolov 2014).
    """

    threshold: float
    level: float


def family(p_values: list[float], policy: Policy) -> Family:
    """Weigh the prompts' p-values against each other."""
    flagged, threshold = discoveries(p_values, policy.alpha)
    return Family(threshold, policy.case_fdr * flagged / len(p_values) if p_values else 0.0)


def named_cases(examined: Examined, level: float, *, flagged: bool) -> dict[str, CaseOutcome]:
    """Give the named cases by id: the certain ones, and in a flagged prompt those that stand out.

    Where no single case can stand out for want of repeats, those that flipped are named, and that is said.
    """
    named = {found.case_id: found for found in examined.certain}
    if flagged and examined.evidence:
        named |= _standing_out(examined, level)
        if not named and _single(examined.pairing.pairs):
            named = {found.case_id: _flipped(found) for found in examined.outcomes if found.outcome is Outcome.SUSPECT}
    return {case_id: replace(found, named=True) for case_id, found in named.items()}


def _flipped(found: CaseOutcome) -> CaseOutcome:
    return replace(found, why=found.why + SINGLE)


def _standing_out(examined: Examined, level: float) -> dict[str, CaseOutcome]:
    """Name cases by Benjamini and Hochberg among those that ever passed; a named one is suspect at least."""
    by_id = {found.case_id: found for found in examined.outcomes}
    pairs = examined.pairing.pairs
    p_values = examined.evidence.cases if examined.evidence else ()
    tested = [(p, pair) for p, pair in zip(p_values, pairs, strict=True) if pair.then.passes]
    _, threshold = discoveries((p for p, _ in tested), level)
    return {pair.case_id: _suspected(by_id[pair.case_id]) for p, pair in tested if p <= threshold}


def _suspected(found: CaseOutcome) -> CaseOutcome:
    why = f"passed {found.x} of {found.k0} then, {found.y} of {found.k1} now"
    return found if found.outcome is Outcome.REGRESSED else replace(found, outcome=Outcome.SUSPECT, why=why)


def _single(pairs: tuple[Pair, ...]) -> bool:
    return max(pair.then.k for pair in pairs) == 1 or max(pair.now.k for pair in pairs) == 1


def worst_first(found: Mapping[str, CaseOutcome]) -> tuple[CaseOutcome, ...]:
    """Sort named cases: certain ones, then by p-value, then by id."""
    order = {Outcome.REGRESSED: 0}
    return tuple(
        sorted(
            found.values(),
            key=lambda case: (order.get(case.outcome, 1), -1.0 if case.p is None else case.p, case.case_id),
        )
    )


def named_slices(examined: Examined, level: float) -> tuple[SliceOutcome, ...]:
    """Name the slices of a flagged prompt that stand out, the clearest first."""
    if not examined.evidence:
        return ()
    _, threshold = discoveries(examined.evidence.slices.values(), level)
    clear = [(tag, p) for tag, p in examined.evidence.slices.items() if p <= threshold]
    pairs = examined.pairing.pairs
    found = [_slice(tag, p, [pair for pair in pairs if tag in pair.tags]) for tag, p in clear]
    return tuple(sorted(found, key=lambda one: (one.p, one.tag)))


def _slice(tag: str, p: float, pairs: list[Pair]) -> SliceOutcome:
    then = mean(pair.then.passes / pair.then.k for pair in pairs)
    return SliceOutcome(tag, len(pairs), Change(then, mean(pair.now.passes / pair.now.k for pair in pairs)), p)
