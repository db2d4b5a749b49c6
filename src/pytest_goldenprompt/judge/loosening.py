"""What was made easier to pass: levels of the policy, waivers, and the marks of datasets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pytest_goldenprompt.judge.pairing import pair
from pytest_goldenprompt.judge.reasons import counted, names
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.values import JSON, canonical
from pytest_goldenprompt.model.verdict import Loosening
from pytest_goldenprompt.model.waiver import Waiver

LOOSER_WHEN_LOWER = (
    "alpha",
    "case_fdr",
    "suspect_prompt",
    "suspect_case",
    "baseline_repeats",
    "repeats",
    "confirm_repeats",
    "anchor_share",
    "phi_floor",
)
LOOSER_WHEN_HIGHER = ("margin", "smallest_slice", "max_age_hours")
LOOSER_EITHER_WAY = ("weight_mean", "weight_slice", "weight_case", "pool_months")
"""Of weights, whichever way they move, one of the tests gets less. With fewer months in the baseline there is less to
tell a loss by; with more, months from before an improvement may weigh in."""


def loosened(baseline: RunRecord | None, current: RunRecord) -> tuple[Loosening, ...]:
    """List what passes more easily than in the stored run, or than in the revision that the run was judged by.

    A run that was judged by another revision's policy holds the checkout's own as `proposed`.
    """
    then = current.policy if current.proposed else baseline.policy if baseline else {}
    now = current.proposed or current.policy
    levels = tuple(looser(then, now)) if then and now else ()
    pointers = tuple(Loosening(*one) for one in current.moved)
    return pointers + levels + (tuple(_datasets(baseline, current)) if baseline else ())


def looser(then: Mapping[str, JSON], now: Mapping[str, JSON]) -> Iterator[Loosening]:
    """List the levels and waivers of a policy, as plain data, that let more pass than those of another."""
    defaults = Policy().plain()
    before, after = {**defaults, **then}, {**defaults, **now}
    for name in defaults:
        if name != "waivers" and _is_looser(name, before[name], after[name]):
            yield Loosening(name, _shown(before[name]), _shown(after[name]))
    yield from _waivers(before["waivers"], after["waivers"])


def _is_looser(name: str, then: Any, now: Any) -> bool:
    if name in LOOSER_WHEN_LOWER:
        return bool(now < then)
    if name in LOOSER_WHEN_HIGHER:
        return bool(now > then)
    return bool(now != then) if name in LOOSER_EITHER_WAY else (then, now) == ("fail", "warn")


def _waivers(then: Any, now: Any) -> Iterator[Loosening]:
    """List waivers that are new, last longer, or accept more."""
    known = {_reach(plain): plain for plain in then}
    for plain in now:
        former = known.get(_reach(plain))
        scope = Waiver(**plain).scope
        told = f"until {plain['until']}, a drop of {100 * plain['most_drop']:g} points, by {plain['owner']}"
        if former is None:
            yield Loosening(f"waiver for {scope}", "none", told)
        elif plain["until"] > former["until"] or plain["most_drop"] > former["most_drop"]:
            before = f"until {former['until']}, a drop of {100 * former['most_drop']:g} points, by {former['owner']}"
            yield Loosening(f"waiver for {scope}", before, told)


def _reach(plain: Mapping[str, JSON]) -> str:
    return canonical({name: plain[name] for name in ("prompt", "case", "slice", "kind")})


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _datasets(baseline: RunRecord, current: RunRecord) -> Iterator[Loosening]:
    facts = {one.id: one for one in baseline.prompts}
    for one in current.prompts:
        if one.id in facts:
            yield from _header(facts[one.id], one)
    stored = {(case.prompt_id, case.case_id): case for case in baseline.cases if case.must_pass}
    for case in current.cases:
        if _is_unmarked(stored, case):
            yield Loosening(f"{case.prompt_id} {case.case_id}: must_pass", "true", "false")
    for pairing in pair(*_with_changes(baseline, current)):
        if pairing.changed:
            what = f"{pairing.facts.id}: {counted(len(pairing.changed), 'case')} with another definition"
            yield Loosening(f"{what} ({names(pairing.changed)})", "compared", "not compared")


def _with_changes(baseline: RunRecord, current: RunRecord) -> tuple[RunRecord, RunRecord]:
    """Give both runs with nothing but the prompts of which some case is defined otherwise now: most have none."""
    stored = {(case.prompt_id, case.case_id): case.digest for case in baseline.cases}
    changed = {
        case.prompt_id
        for case in current.cases
        if stored.get((case.prompt_id, case.case_id), case.digest) != case.digest
    }
    return _only(baseline, changed), _only(current, changed)


def _only(record: RunRecord, prompts: Collection[str]) -> RunRecord:
    return replace(
        record,
        prompts=tuple(facts for facts in record.prompts if facts.id in prompts),
        cases=tuple(case for case in record.cases if case.prompt_id in prompts),
    )


def _is_unmarked(stored: Mapping[tuple[str, str], CaseResult], case: CaseResult) -> bool:
    return bool(stored) and not case.must_pass and (case.prompt_id, case.case_id) in stored


def _header(then: PromptFacts, now: PromptFacts) -> Iterator[Loosening]:
    statuses = _status(then), _status(now)
    if statuses[0] == "active" != statuses[1]:
        yield Loosening(f"{now.id}: status", *statuses)
    if now.provider not in {then.provider, "replay"} and then.provider:
        yield Loosening(f"{now.id}: provider", then.provider, now.provider or "none")
    if then.deterministic and not (now.deterministic or now.retired):
        yield Loosening(f"{now.id}: deterministic", "true", "false")
    before, after = then.min_pass_rate, now.min_pass_rate
    if before is not None and (after is None or after < before):
        yield Loosening(f"{now.id}: min_pass_rate", f"{before:g}", "none" if after is None else f"{after:g}")


def _status(facts: PromptFacts) -> str:
    return "retired" if facts.retired else "draft" if facts.draft else "active"
