"""From stored verdicts and people's decisions to what is open today. Today is an argument."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pytest_goldenprompt.model.triage import KINDS, Choice, Decision, Sighting, Standing, Subject, Tracked
from pytest_goldenprompt.model.upkeep import Upkeep

_SECOND = len("YYYY-MM-DDTHH:MM:SS")
_PARTS = {"case": ("cases", "id"), "slice": ("slices", "tag"), "removed": ("removed", None)}
"""Where a verdict record names the parts of a finding's kind, and by which key."""


def sightings(verdict: Mapping[str, Any], run: str, began: str, day: date) -> Iterator[Sighting]:
    """Give what a run's verdict record holds against its prompts, drafts aside; one for each case and slice named."""
    for prompt in verdict.get("prompts", ()):
        if prompt.get("draft"):
            continue
        owner, reasons = prompt.get("owner"), prompt.get("reasons", ())
        for kind in prompt.get("kinds", ()):
            if kind in KINDS:
                what = reasons[0].removeprefix(f"{prompt['id']}: ") if reasons else ""
                for part in _parts(prompt, kind):
                    yield Sighting(Subject(prompt["id"], kind, part), run, began, day, owner, what)


def _parts(prompt: Mapping[str, Any], kind: str) -> Iterable[str]:
    where, key = _PARTS.get(kind, ("", None))
    named = prompt.get(where, ())
    return [one if key is None else one[key] for one in named] or ("",)


def track(seen: Iterable[Sighting], decisions: Iterable[Decision], upkeep: Upkeep, today: date) -> tuple[Tracked, ...]:
    """Say how every finding stands: the open ones first, the oldest first.

    A finding stays open until a person decides, whether or not later runs see it. A false positive is closed until a
    later run sees it again; an action until a run sees it that is later than the action's last day.
    """
    sights: dict[Subject, list[Sighting]] = defaultdict(list)
    said: dict[Subject, list[Decision]] = defaultdict(list)
    for sighting in seen:
        sights[sighting.subject].append(sighting)
    for decision in decisions:
        said[decision.subject].append(decision)
    found = (_tracked(one, sights[one], said[one], upkeep, today) for one in {**sights, **said})
    return tuple(sorted(found, key=lambda one: (not one.standing.is_open, one.since, one.subject)))


def last_witnesses(every: Iterable[Tracked], gone: Collection[str]) -> Mapping[str, str]:
    """Name, of the runs that are to go, those without which an open finding would be forgotten; each with its id.

    One run a finding is enough, the first that saw it (again). What a person opened is in the ledger.
    """
    found: dict[str, str] = {}
    for one in every:
        seen = _since(one.last, list(one.sightings)) if one.standing is Standing.AGAIN else one.sightings
        kept = one.standing is Standing.OPEN and one.last is not None
        if one.standing.is_open and not kept and all(sight.run in gone for sight in seen):
            found.setdefault(seen[0].run, one.subject.id)
    return found


def _tracked(subject: Subject, seen: list[Sighting], said: list[Decision], upkeep: Upkeep, today: date) -> Tracked:
    seen = sorted(seen, key=lambda one: (one.day, one.run))
    said = sorted(said, key=lambda one: (one.time, one.choice, one.who))
    last = said[-1] if said else None
    again = _since(last, seen)
    standing = _standing(last, bool(again), today)
    days = [one.day for one in (again if standing is Standing.AGAIN else seen)]
    days += [one.seen for one in said if one.seen and standing is not Standing.AGAIN]
    since = min(days, default=today)
    owner = next((one.owner for one in reversed(said) if one.owner), None)
    named = owner or upkeep.owner_of(subject.prompt, seen[-1].owner if seen else None)
    return Tracked(subject, standing, since, max((today - since).days, 0), named, tuple(seen), tuple(said))


def _since(last: Decision | None, seen: list[Sighting]) -> list[Sighting]:
    """Give the sightings that a closing decision does not cover."""
    if last is None:
        return []
    later = [one for one in seen if one.began[:_SECOND] > last.time[:_SECOND]]
    return (
        later if last.due is None or last.choice is not Choice.ACTION else [one for one in later if one.day > last.due]
    )


def _standing(last: Decision | None, again: bool, today: date) -> Standing:  # noqa: FBT001 - the one fact beside it
    if last is None or last.choice in {Choice.ASSIGNED, Choice.REOPENED}:
        return Standing.OPEN
    if again:
        return Standing.AGAIN
    in_work = last.choice is Choice.ACTION and last.due is not None and today <= last.due
    return Standing.ACTION if in_work else Standing.CLOSED
