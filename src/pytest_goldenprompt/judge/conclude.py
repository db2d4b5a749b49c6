"""From one prompt's findings to its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass

from pytest_goldenprompt.judge.bound import least_drop, settles
from pytest_goldenprompt.judge.examine import Examined, not_compared
from pytest_goldenprompt.judge.fields import field_rates
from pytest_goldenprompt.judge.figures import changes, is_missing, majority_rate
from pytest_goldenprompt.judge.form import moves
from pytest_goldenprompt.judge.naming import Family, named_cases, named_slices, worst_first
from pytest_goldenprompt.judge.pairing import Pairing
from pytest_goldenprompt.judge.pairs import untagged
from pytest_goldenprompt.judge.reading import passes_mostly, usable
from pytest_goldenprompt.judge.reasons import ACCEPT, counted, names, sentences
from pytest_goldenprompt.judge.states import BAR, WORSE
from pytest_goldenprompt.judge.waivers import allowed
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import CaseOutcome, PromptVerdict, State
from pytest_goldenprompt.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Standing:
    """What applies to every prompt of a run.

    Whether one without history is new, the prompts' weighing, the policy, and the waivers in force for whole prompts.
    """

    may_be_new: bool
    family: Family
    policy: Policy
    waivers: tuple[Waiver, ...] = ()

    def of(self, pairing: Pairing) -> Excuse:
        """Give what waivers excuse of a prompt: those that accept as much as was surely lost."""
        mine = [waiver for waiver in self.waivers if waiver.prompt == pairing.facts.id]
        sides = [(pair.then, pair.now) for pair in pairing.pairs] if mine else []
        lost = least_drop(sides, sure=pairing.deterministic)
        holding = [waiver for waiver in mine if lost <= waiver.most_drop]
        kinds = {kind for waiver in holding for kind in allowed(waiver)}
        accepted = min((waiver.most_drop for waiver in holding), default=0.0)
        return Excuse(frozenset(kinds), max(self.policy.margin, accepted))


@dataclass(frozen=True, slots=True)
class Excuse:
    """The kinds of finding that waivers excuse in a prompt, and the greatest drop that then counts as not worse."""

    kinds: frozenset[str]
    margin: float


def conclude(examined: Examined, standing: Standing) -> PromptVerdict:
    """Give one prompt's verdict."""
    pairing, policy = examined.pairing, standing.policy
    flagged = _flagged(examined, standing)
    named = named_cases(examined, standing.family.level, flagged=flagged)
    slices = named_slices(examined, standing.family.level) if flagged else ()
    found = _kinds(examined, standing, named, slices, flagged=flagged)
    excuse = standing.of(pairing)
    kinds = _unexcused(found, excuse, named)
    worse = (flagged or bool(examined.certain)) and (kinds == found)
    state = _state(examined, standing, kinds, excuse, flagged=flagged, worse=worse)
    excused = _excused(examined, standing, found, kinds, state)
    figures = changes(pairing)
    verdict = PromptVerdict(
        id=pairing.facts.id,
        dataset=pairing.facts.dataset,
        state=state,
        kinds=kinds,
        p=examined.evidence.p(policy) if examined.evidence else None,
        drop=examined.bound.drop if examined.bound else None,
        drop_upper=examined.bound.upper if examined.bound else None,
        rate=figures.rate,
        format_compliance=figures.form,
        content=figures.content,
        moved=moves(pairing, figures, policy.alpha),
        fields=field_rates(pairing),
        tokens=figures.tokens,
        cases=worst_first(named),
        slices=slices,
        outcomes=tuple(named.get(found.case_id, found) for found in examined.outcomes),
        removed=tuple(result.case_id for result in pairing.removed),
        needs=_needs(examined, policy) if state is State.INCONCLUSIVE else "",
        planned=len(pairing.results),
        compared=len(pairing.pairs),
        owner=pairing.facts.owner,
        excused=excused,
        draft=pairing.facts.draft,
    )
    return sentences(verdict, examined)


def _flagged(examined: Examined, standing: Standing) -> bool:
    """Say whether the prompt is worse than luck explains, removed cases counted as failed."""
    if examined.full_evidence:
        return examined.full_evidence.p(standing.policy) <= standing.family.threshold
    return examined.pairing.deterministic and examined.full_drop >= standing.policy.margin


def _kinds(examined: Examined, standing: Standing, named: Sized, slices: Sized, *, flagged: bool) -> tuple[str, ...]:
    """List what speaks against the prompt, in one order: mean, slice, case, removed, changed, missing, bar."""
    pairing, found = examined.pairing, set[str]()
    if flagged and examined.evidence:
        weighted = examined.evidence.weighted(standing.policy)
        found |= {kind for kind, p in weighted.items() if p <= standing.family.threshold}
    elif flagged and examined.bound and examined.bound.drop >= standing.policy.margin:
        found.add("mean")
    found |= {kind for kind, there in (("slice", slices), ("case", named)) if there}
    if examined.removal_matters or pairing.gone:
        found.add("removed")
    if pairing.edited and pairing.pairs:
        found.add("changed")
    if any(is_missing(result) for result in pairing.gaps):
        found.add("missing")
    if standing.may_be_new and not pairing.known and under_bar(pairing):
        found.add(BAR)
    return tuple(kind for kind in ("mean", "slice", "case", "removed", "changed", "missing", BAR) if kind in found)


def under_bar(pairing: Pairing) -> bool:
    """Say whether fewer of a prompt's cases pass than its own bar asks, where it has one."""
    rate, bar = majority_rate(pairing.results), pairing.facts.min_pass_rate
    return bar is not None and (rate or 0.0) < bar


def _unexcused(found: tuple[str, ...], excuse: Excuse, named: Mapping[str, CaseOutcome]) -> tuple[str, ...]:
    """Take out what is excused: all that got worse or nothing, and never a case that must always pass."""
    worse = WORSE & set(found)
    must = any(case.must_pass and not case.passed for case in named.values())
    return found if must or not worse <= excuse.kinds else tuple(kind for kind in found if kind not in worse)


def _excused(
    examined: Examined, standing: Standing, found: tuple[str, ...], kinds: tuple[str, ...], state: State
) -> tuple[str, ...]:
    """Say what passes by a waiver alone: kinds of findings, or the mean where only the wider margin lets it pass."""
    taken = tuple(kind for kind in found if kind not in kinds)
    wider = state is State.PASS and bool(examined.pairing.pairs) and not _shown(examined, standing.policy.margin)
    return taken or (("mean",) if wider else ())


def _state(  # noqa: PLR0913 - everything that a state follows from
    examined: Examined, standing: Standing, kinds: tuple[str, ...], excuse: Excuse, *, flagged: bool, worse: bool
) -> State:
    pairing = examined.pairing
    if pairing.facts.error:
        return State.ERROR
    if _incomplete(examined, kinds) or (flagged and _may_hide(examined.pairing)):
        return State.INCOMPLETE
    if worse:
        return State.REGRESSED
    if not pairing.known and standing.may_be_new:
        return State.NEW
    if not pairing.pairs:
        return State.PASS if pairing.is_wholly_waived else State.NO_BASELINE
    return State.PASS if _shown(examined, excuse.margin) else State.INCONCLUSIVE


def _incomplete(examined: Examined, kinds: tuple[str, ...]) -> bool:
    pairing = examined.pairing
    partial = any(result.missing for result in pairing.gaps) or not pairing.results
    return partial or bool(pairing.twice) or bool({"removed", "changed", "missing"} & set(kinds))


def _may_hide(pairing: Pairing) -> bool:
    """Say whether removed cases may take part in what flags a prompt: one that scored at times can have got worse."""
    return any(repeat.passed or repeat.score for result in pairing.removed for repeat in usable(result))


def _shown(examined: Examined, margin: float) -> bool:
    """Say whether the prompt is shown to be no worse than the margin, and on what is stored.

    No case may be gone, not even one that failed: deleting it is no fix. Nor may one that passed fail now where its
    repeats are copies: whether that is one unlucky answer or a loss, nothing tells.
    """
    below = examined.bound is not None and examined.bound.upper < margin
    return below and not _too_few(examined.pairing) and not _cut(examined.pairing) and not _copied(examined.pairing)


def _copied(pairing: Pairing) -> tuple[str, ...]:
    """Name the cases that passed then and fail now by copies of one answer."""
    if not pairing.facts.copied:
        return ()
    return tuple(pair.case_id for pair in pairing.pairs if passes_mostly(pair.then) and not passes_mostly(pair.now))


def _cut(pairing: Pairing) -> bool:
    """Say whether a case that was observed then is gone."""
    return any(usable(result) for result in pairing.removed)


def _too_few(pairing: Pairing) -> bool:
    return not_compared(pairing) > len(pairing.pairs)


def _needs(examined: Examined, policy: Policy) -> str:
    pairing = examined.pairing
    if _too_few(pairing):
        return (
            f"only {len(pairing.pairs)} of {len(pairing.stored)} stored cases could be compared; "
            "accept the changed dataset with `goldenprompt accept`"
        )
    if _cut(pairing):
        removed = names(result.case_id for result in pairing.removed)
        return f"{counted(len(pairing.removed), 'stored case')} removed ({removed}); {ACCEPT}"
    if flips := _copied(pairing):
        return (
            f"{counted(len(flips), 'case')} that passed failed now by copies of one answer ({names(flips)}); "
            "switch off what hands them out, and run again"
        )
    return settles(untagged(pairing.alike), examined.mixture, examined.bound, policy.margin) if examined.bound else ""
