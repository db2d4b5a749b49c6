"""What a person has waived: which cases it sets aside, which findings it excuses, and when it does not hold."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from pytest_goldenprompt.judge.bound import Z
from pytest_goldenprompt.judge.figures import mean
from pytest_goldenprompt.judge.reading import Reading, read
from pytest_goldenprompt.judge.reasons import counted, names, percent
from pytest_goldenprompt.judge.states import WAIVER, WORSE, worst
from pytest_goldenprompt.judge.whole import whole
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import Change, PromptVerdict, State, Verdict, Waived, WaiverState
from pytest_goldenprompt.model.waiver import Waiver

Key: TypeAlias = tuple[str, str]
"""Prompt id and case id."""

FLAGGED = {State.REGRESSED, State.DRIFTED}


@dataclass(frozen=True, slots=True)
class Met:
    """One case that a waiver may cover: the kind of finding it would be, and both sides where both were observed."""

    key: Key
    kind: str
    tags: tuple[str, ...]
    then: Reading | None = None
    now: Reading | None = None


def in_force(waivers: Iterable[Waiver], today: str) -> tuple[Waiver, ...]:
    """Give the waivers that hold on a day."""
    return tuple(waiver for waiver in waivers if waiver.holds(today))


def set_aside(waivers: Sequence[Waiver], baseline: RunRecord | None, current: RunRecord) -> dict[Key, Waiver]:
    """Say which cases have no say, each with the first waiver that covers it."""
    aside: dict[Key, Waiver] = {}
    met = meetings(waivers, baseline, current) if waivers else {}
    for waiver in waivers:
        for one in met.get(waiver.prompt, ()):
            if covers(waiver, one):
                aside.setdefault(one.key, waiver)
    return aside


def meetings(waivers: Iterable[Waiver], baseline: RunRecord | None, current: RunRecord) -> Mapping[str, Sequence[Met]]:
    """Put the cases of the waived prompts side by side, by prompt."""
    wanted = {waiver.prompt for waiver in waivers}
    then, now = _cases(baseline, wanted), _cases(current, wanted)
    met: dict[str, list[Met]] = defaultdict(list)
    for key in sorted(then | now):
        met[key[0]].append(_met(key, then.get(key), now.get(key)))
    return met


def _cases(record: RunRecord | None, wanted: set[str]) -> dict[Key, CaseResult]:
    cases = record.cases if record else ()
    return {(case.prompt_id, case.case_id): case for case in cases if case.prompt_id in wanted}


def _met(key: Key, then: CaseResult | None, now: CaseResult | None) -> Met:
    """Set one case beside itself. The tags are the stored run's: tagging a case anew brings it under no waiver."""
    tags = (then or now or CaseResult("", "", "")).tags
    if now is None:
        return Met(key, "removed", tags)
    if then is not None and then.digest != now.digest:
        return Met(key, "changed", tags)
    before, after = read(then) if then else Reading(0, 0, 0, 0.0, 0.0), read(now)
    return Met(key, "case", tags, before, after) if before.k and after.k else Met(key, "case", tags)


def covers(waiver: Waiver, met: Met) -> bool:
    """Say whether a waiver sets a case aside.

    One for a slice sets compared cases aside alone: it is no leave to remove them. One for a whole prompt sets none
    aside, unless it is for removed or changed cases: it excuses what is found.
    """
    if waiver.case is not None:
        return waiver.case == met.key[1] and waiver.kind in {None, met.kind}
    if waiver.slice is not None:
        return waiver.slice in met.tags and met.then is not None
    return waiver.kind == met.kind != "case"


def alone(waivers: Iterable[Waiver], stored: CaseResult | None, result: CaseResult) -> tuple[bool, bool]:
    """Say of one case whether a waiver sets it aside, and whether one may excuse what is found of its whole prompt."""
    met = _met((result.prompt_id, result.case_id), stored, result)
    mine = [waiver for waiver in waivers if waiver.prompt == result.prompt_id]
    excused = any(is_whole(waiver) and waiver.kind in {None, "case"} for waiver in mine)
    return any(covers(waiver, met) for waiver in mine), excused


def is_whole(waiver: Waiver) -> bool:
    """Say whether a waiver excuses what is found of a whole prompt."""
    return waiver.case is None and waiver.slice is None and waiver.kind not in {"removed", "changed"}


def over(waivers: Sequence[Waiver], baseline: RunRecord | None, current: RunRecord) -> set[Key]:
    """Give the waived cases that seem to fall by more than is accepted, to be run again before that is said."""
    found: set[Key] = set()
    for waiver, covered in _covered(waivers, baseline, current):
        then, now = _rates(covered)
        if not is_whole(waiver) and then - now > waiver.most_drop:
            found |= {one.key for one in covered}
    return found


def _covered(
    waivers: Sequence[Waiver], baseline: RunRecord | None, current: RunRecord
) -> Iterator[tuple[Waiver, list[Met]]]:
    met = meetings(waivers, baseline, current) if waivers else {}
    for waiver in waivers:
        yield waiver, [one for one in met.get(waiver.prompt, ()) if is_whole(waiver) or covers(waiver, one)]


def _rates(covered: Iterable[Met]) -> tuple[float, float]:
    sides = [(one.then, one.now) for one in covered if one.then and one.now]
    then, now = mean(then.passes / then.k for then, _ in sides), mean(now.passes / now.k for _, now in sides)
    return then or 0.0, now or 0.0


def least_drop(covered: Iterable[Met]) -> float:
    """Give the lower 95 % bound of the mean drop of passes, with Agresti and Coull's half observation a side (1998)."""
    sides = [(one.then, one.now) for one in covered if one.then and one.now]
    if not sides:
        return 0.0
    drop = math.fsum(then.passes / then.k - now.passes / now.k for then, now in sides) / len(sides)
    variance = math.fsum(_variance(then) + _variance(now) for then, now in sides)
    return drop - Z * math.sqrt(variance) / len(sides)


def _variance(side: Reading) -> float:
    rate = (side.passes + 0.5) / (side.k + 1.0)
    return rate * (1.0 - rate) / side.k


def with_waivers(
    verdict: Verdict,
    waivers: Sequence[Waiver],
    today: str,
    current: RunRecord,
    references: tuple[RunRecord | None, RunRecord | None],
) -> Verdict:
    """Say of every waiver what became of it, excuse what it excuses, and let one that does not hold fail its prompt.

    `references` are the stored run and the anchor. A waiver on a prompt that a look did not choose says nothing.
    """
    baseline, anchor = references
    drifted = {prompt.id for prompt in verdict.prompts if prompt.state is State.DRIFTED}
    found = []
    for waiver in waivers:
        prompt = verdict.prompt(waiver.prompt)
        if prompt is not None or not verdict.look:
            against = anchor if waiver.prompt in drifted and is_whole(waiver) else baseline
            [(_, covered)] = _covered((waiver,), against, current)
            found.append(_waived(waiver, covered, prompt, today))
    prompts = tuple(_judged(prompt, found) for prompt in verdict.prompts)
    return _with_strays(replace(whole(current, prompts, verdict.counts), waived=tuple(found)))


def _waived(waiver: Waiver, covered: Sequence[Met], prompt: PromptVerdict | None, today: str) -> Waived:
    then, now = _rates(covered)
    rate = Change(then, now) if any(one.then for one in covered) else Change(None, None)
    cases = () if is_whole(waiver) else tuple(one.key[1] for one in covered)
    if not waiver.holds(today):
        state = WaiverState.LAPSED
    elif not _is_worse(waiver, covered, prompt):
        state = WaiverState.UNUSED
    else:
        state = WaiverState.EXCEEDED if least_drop(covered) > waiver.most_drop else WaiverState.USED
    return Waived(waiver, state, cases, rate, _told(waiver, state, rate, cases))


def _is_worse(waiver: Waiver, covered: Sequence[Met], prompt: PromptVerdict | None) -> bool:
    """Say whether there is anything to excuse."""
    if is_whole(waiver):
        allowed = {waiver.kind} if waiver.kind else WORSE
        return prompt is not None and prompt.state in FLAGGED and WORSE & set(prompt.kinds) <= allowed
    then, now = _rates(covered)
    return then > now or any(one.kind != "case" for one in covered)


def _told(waiver: Waiver, state: WaiverState, rate: Change, cases: Sequence[str]) -> str:
    whose = f"the waiver of {waiver.owner} for {waiver.scope}"
    match state:
        case WaiverState.LAPSED:
            return f"{whose} lapsed on {waiver.until}: {waiver.owner} must mend what it excused, or renew or remove it"
        case WaiverState.EXCEEDED:
            return f"{whose} accepts a drop of {100 * waiver.most_drop:g} points, and it fell {percent(rate)} passed"
        case WaiverState.UNUSED:
            return f"{whose} is not used: nothing that it names is worse; remove it"
        case _:
            what = f"; {counted(len(cases), 'case')} set aside: {names(cases)}" if cases else ""
            fall = f" ({percent(rate)} passed)" if rate.then is not None else ""
            return f"waived until {waiver.until} by {waiver.owner}: {waiver.reason}{what}{fall}"


def _judged(prompt: PromptVerdict, found: Iterable[Waived]) -> PromptVerdict:
    """Put what became of a prompt's waivers into its verdict."""
    mine = [one for one in found if one.waiver.prompt == prompt.id]
    failing = [one.told for one in mine if one.state in {WaiverState.LAPSED, WaiverState.EXCEEDED}]
    used = [one for one in mine if one.state is WaiverState.USED]
    if any(is_whole(one.waiver) for one in used):
        prompt = replace(prompt, state=State.PASS, kinds=(), reasons=())
    if failing and not prompt.draft:
        prompt = replace(prompt, kinds=(*prompt.kinds, WAIVER))
    told = [f"{prompt.id}: {text}" for text in (*failing, *(one.told for one in used))]
    worse = prompt.state is not State.PASS
    return replace(prompt, reasons=(*prompt.reasons, *told) if worse else (*told, *prompt.reasons))


def _with_strays(verdict: Verdict) -> Verdict:
    """Let a lapsed waiver fail the run where its prompt is not even there."""
    stray = [
        one.told for one in verdict.waived if one.state is WaiverState.LAPSED and not verdict.prompt(one.waiver.prompt)
    ]
    if not stray:
        return verdict
    return replace(verdict, state=worst([verdict.state, State.REGRESSED]), reasons=(*stray, *verdict.reasons))
