"""What became of every waiver: said always, and a failure where it does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pytest_goldenprompt.judge.bound import least_drop
from pytest_goldenprompt.judge.figures import mean
from pytest_goldenprompt.judge.reasons import counted, names, percent
from pytest_goldenprompt.judge.states import WAIVER, WORSE, worst
from pytest_goldenprompt.judge.waivers import Met, allowed, covering, is_whole, rates, sides
from pytest_goldenprompt.judge.whole import whole
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import Change, PromptVerdict, State, Verdict, Waived, WaiverState
from pytest_goldenprompt.model.waiver import Waiver

FAILING = {WaiverState.LAPSED, WaiverState.EXCEEDED}
PARTIAL = {State.INCOMPLETE, State.ERROR, State.NO_BASELINE}
"""States of a prompt in which something is missing, so that a waiver may yet be of use."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A run beside the stored run and the anchor, on a day (YYYY-MM-DD)."""

    baseline: RunRecord | None
    anchor: RunRecord | None
    current: RunRecord
    today: str

    def covered(self, waiver: Waiver) -> list[list[Met]]:
        """Give the cases that a waiver covers, against each of the two that there is."""
        against = [one for one in (self.baseline, self.anchor) if one is not None]
        return [covered for one in against for _, covered in covering((waiver,), one, self.current)]

    def is_sure(self, prompt_id: str) -> bool:
        """Say whether a prompt has no luck, then or now."""
        facts = [one.prompts for one in (self.baseline, self.current) if one is not None]
        return all(one.deterministic for listed in facts for one in listed if one.id == prompt_id)


def with_waivers(verdict: Verdict, waivers: Sequence[Waiver], compared: Compared) -> Verdict:
    """Say of every waiver what became of it, and let one that does not hold fail its prompt.

    A waiver on a prompt that a look did not choose says nothing.
    """
    said = [one for one in waivers if verdict.prompt(one.prompt) is not None or not verdict.look]
    found = tuple(_waived(one, compared, verdict.prompt(one.prompt)) for one in said)
    prompts = [_with_told(prompt, found) for prompt in verdict.prompts]
    return _with_strays(replace(whole(compared.current, prompts, verdict.counts), waived=found))


def _waived(waiver: Waiver, compared: Compared, prompt: PromptVerdict | None) -> Waived:
    covered = compared.covered(waiver)
    first = covered[0] if covered else []
    state = _state(waiver, covered, compared, prompt)
    cases = () if is_whole(waiver) else tuple(one.key[1] for one in first)
    told = _told(waiver, state, first, final=prompt is None or prompt.state not in PARTIAL)
    return Waived(waiver, state, cases, rates(first), told)


def _state(
    waiver: Waiver, covered: Sequence[Sequence[Met]], compared: Compared, prompt: PromptVerdict | None
) -> WaiverState:
    if not waiver.holds(compared.today):
        return WaiverState.LAPSED
    sure = compared.is_sure(waiver.prompt)
    exceeded = any(least_drop(sides(one), sure=sure) > waiver.most_drop for one in covered)
    if is_whole(waiver):
        kinds, excused = (set(prompt.kinds), set(prompt.excused)) if prompt else (set[str](), set[str]())
        if exceeded and allowed(waiver) & WORSE & kinds:
            return WaiverState.EXCEEDED
        return WaiverState.USED if allowed(waiver) & excused else WaiverState.UNUSED
    if exceeded:
        return WaiverState.EXCEEDED
    worse = any(one.is_worse for listed in covered for one in listed)
    return WaiverState.USED if worse else WaiverState.UNUSED


def _told(waiver: Waiver, state: WaiverState, covered: Sequence[Met], *, final: bool) -> str:
    whose = f"the waiver of {waiver.owner} for {waiver.scope}"
    match state:
        case WaiverState.LAPSED:
            return f"{whose} lapsed on {waiver.until}: {waiver.owner} must mend what it excused, or renew or remove it"
        case WaiverState.EXCEEDED:
            return f"{whose} accepts a drop of {100 * waiver.most_drop:g} points, and it fell further{_fall(covered)}"
        case WaiverState.UNUSED:
            return f"{whose} is not used: nothing that it names is worse{'; remove it' if final else ' here'}"
        case _:
            cases = [] if is_whole(waiver) else [one.key[1] for one in covered]
            what = f"; {counted(len(cases), 'case')} set aside: {names(cases)}" if cases else ""
            return f"waived until {waiver.until} by {waiver.owner}: {waiver.reason}{what}{_fall(covered)}"


def _fall(covered: Sequence[Met]) -> str:
    """Say how passes went, or scores where no fewer passed."""
    rate = rates(covered)
    if rate.then is None or rate.now is None:
        return ""
    scores = Change(mean(one.then.mean for one in covered), mean(one.now.mean for one in covered))
    fell = (scores.now or 0.0) < (scores.then or 0.0)
    return f" (scores {percent(scores)})" if fell and rate.now >= rate.then else f" ({percent(rate)} passed)"


def _with_told(prompt: PromptVerdict, found: Iterable[Waived]) -> PromptVerdict:
    """Put what became of a prompt's waivers into its verdict."""
    mine = [one for one in found if one.waiver.prompt == prompt.id]
    failing = [f"{prompt.id}: {one.told}" for one in mine if one.state in FAILING]
    used = [f"{prompt.id}: {one.told}" for one in mine if one.state is WaiverState.USED]
    kinds = (*prompt.kinds, WAIVER) if failing and not prompt.draft else prompt.kinds
    worse = bool(WORSE & set(prompt.kinds))
    told = (*prompt.reasons, *failing, *used) if worse else (*failing, *used, *prompt.reasons)
    return replace(prompt, kinds=kinds, reasons=told)


def _with_strays(verdict: Verdict) -> Verdict:
    """Let a lapsed waiver fail the run where its prompt is not even there."""
    stray = [
        one.told for one in verdict.waived if one.state is WaiverState.LAPSED and not verdict.prompt(one.waiver.prompt)
    ]
    if not stray:
        return verdict
    return replace(verdict, state=worst([verdict.state, State.REGRESSED]), reasons=(*stray, *verdict.reasons))
