"""Findings and what became of them, as a table, as one line beside a run, and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tabulate import tabulate

from pytest_goldenprompt.model.triage import Choice, Decision, Standing, Tracked
from pytest_goldenprompt.reports.inert import one_line

SCHEMA = "goldenprompt.triage/1"
HEADERS = ("finding", "age", "prompt", "what", "runs", "owner", "state")
KINDS = {"mean": "pass rate"}
"""What a kind is called where people read it, if not by its name in records."""


def triage_table(shown: Sequence[Tracked], every: Sequence[Tracked]) -> str:
    """Lay out one row a finding that is shown, and a last line that counts all of them."""
    rows = [_row(one) for one in shown]
    table = tabulate(rows, HEADERS, tablefmt="simple", disable_numparse=True) + "\n" if rows else ""
    return f"{table}{_conclusion(every)}"


def triage_line(every: Sequence[Tracked]) -> str:
    """Say in one line how many findings are open, and how old the oldest is; empty where none is."""
    opened = [one for one in every if one.standing.is_open]
    if not opened:
        return ""
    oldest = max(one.age_days for one in opened)
    unowned = sum(one.owner is None for one in opened)
    told = f"{len(opened)} finding{'s are' if len(opened) > 1 else ' is'} open, "
    told += f"{'the oldest ' * (len(opened) > 1)}{f'for {_days(oldest)}' if oldest else 'since today'}"
    return told + f" ({unowned} without an owner)" * bool(unowned)


def triage_record(every: Sequence[Tracked], today: date) -> dict[str, Any]:
    """Give all of it for programs."""
    return {
        "schema": SCHEMA,
        "today": today.isoformat(),
        "counts": {one.name.lower(): sum(found.standing is one for found in every) for one in Standing},
        "findings": [_plain(one) for one in every],
    }


def _plain(one: Tracked) -> dict[str, Any]:
    return {
        "id": one.subject.id,
        "prompt": one.subject.prompt,
        "kind": one.subject.kind,
        "part": one.subject.part or None,
        "state": one.standing.name.lower(),
        "owner": one.owner,
        "since": one.since.isoformat(),
        "age_days": one.age_days,
        "runs": [seen.run for seen in one.sightings],
        "what": one.sightings[-1].what if one.sightings else None,
        "decisions": [_decided(decision) for decision in one.decisions],
    }


def _decided(decision: Decision) -> dict[str, str | None]:
    return {
        "decision": decision.choice.value,
        "who": decision.who,
        "time": decision.time,
        "owner": decision.owner,
        "reason": decision.reason,
        "link": decision.link,
        "due": decision.due.isoformat() if decision.due else None,
    }


def _row(one: Tracked) -> tuple[str, ...]:
    subject = one.subject
    kind = KINDS.get(subject.kind, subject.kind)
    what = f"{kind} {subject.part}" if subject.part else kind
    cells = one_line(subject.prompt, 60), one_line(what, 50), str(len(one.sightings)), one_line(one.owner or "-", 30)
    return subject.id, _days(one.age_days) if one.age_days else "today", *cells, one_line(_state(one), 90)


def _state(one: Tracked) -> str:
    last = one.last
    if last is None:
        return one.standing.value
    why = last.link or last.reason or ""
    if one.standing is Standing.ACTION:
        return f"in work until {last.due}: {why}"
    if one.standing is Standing.AGAIN:
        closed = "as a false positive" if last.choice is Choice.FALSE_POSITIVE else "by an action"
        return f"seen again after it was closed {closed}: {why}"
    if one.standing is Standing.CLOSED:
        return f"{'false positive' if last.choice is Choice.FALSE_POSITIVE else 'done'}: {why}"
    due = f" until {last.due}" if last.due else ""
    return f"{last.choice.value}{due}{f': {why}' if why else ''}"


def _conclusion(every: Sequence[Tracked]) -> str:
    if not every:
        return "no stored run found anything"
    counts = {one: sum(found.standing is one for found in every) for one in (Standing.ACTION, Standing.CLOSED)}
    others = [f"{number} {standing.value}" for standing, number in counts.items() if number]
    return ", ".join([triage_line(every) or "no finding is open", *others])


def _days(days: int) -> str:
    return f"{days} day{'s' * (days != 1)}"
