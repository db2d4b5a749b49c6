"""When a library is due, as a table, as one line beside a run, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from tabulate import tabulate

from pytest_goldenprompt.model.upkeep import Coverage, Due, Dues
from pytest_goldenprompt.reports.inert import one_line

SCHEMA = "goldenprompt.due/1"
HEADERS = ("prompt", "last run", "due", "days left", "what", "owner")
SHOWN = 3


def due_table(dues: Dues) -> str:
    """Lay out one row a prompt, those that need somebody first, and a last line that says it all."""
    rows = [_row(one) for one in sorted(dues.prompts, key=_urgency)]
    table = tabulate(rows, HEADERS, tablefmt="simple", disable_numparse=True) + "\n" if rows else ""
    errors = "".join(f"{one_line(one.error)}\n" for one in dues.prompts if one.error)
    return f"{table}{errors}{_conclusion(dues)}"


def due_line(dues: Dues) -> str:
    """Say in one line what is overdue, left out or nearly due; empty where there is nothing to say."""
    return "; ".join([*_late(dues), *_left_out(dues), *(() if dues.overdue else _near(dues))])


def due_record(dues: Dues) -> dict[str, Any]:
    """Give all of it for programs."""
    return {
        "schema": SCHEMA,
        "today": dues.today.isoformat(),
        "fine": dues.is_fine,
        "run": dues.run or None,
        "last": _day(dues.last),
        "counts": {
            "active": len(dues.active),
            "covered": sum(one.coverage is Coverage.COVERED for one in dues.prompts),
            "left_out": len(dues.gaps),
            "overdue": len(dues.overdue),
        },
        "prompts": [_plain(one) for one in dues.prompts],
    }


def _plain(one: Due) -> dict[str, Any]:
    return {
        "id": one.id,
        "coverage": one.coverage.name.lower(),
        "owner": one.owner,
        "run": one.run or None,
        "last": _day(one.last),
        "due": _day(one.due),
        "days_left": one.days,
        "error": one.error or None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _row(one: Due) -> tuple[str, ...]:
    what = [f"{-(one.days or 0)} day{'s' * (one.days != -1)} overdue"] if one.is_overdue else []
    what += [one.coverage.value] if one.coverage is not Coverage.COVERED else []
    days = "" if one.days is None else str(one.days)
    last, due = (_day(day) or "-" for day in (one.last, one.due))
    return one_line(one.id, 80), last, due, days, ", ".join(what), one_line(one.owner or "", 40)


def _urgency(one: Due) -> tuple[bool, bool, int, str]:
    return not one.is_overdue, not one.coverage.is_gap, one.days if one.days is not None else 10**6, one.id


def _conclusion(dues: Dues) -> str:
    if not dues.active:
        return "NOTHING TO RUN: no active prompt with a golden dataset was found"
    covered = sum(one.coverage is Coverage.COVERED for one in dues.prompts)
    said = f"the last run, of {_day(dues.last)}, had {covered} of {len(dues.active)} active prompts"
    if dues.is_fine:
        first = min(one.days for one in dues.active if one.days is not None)
        return f"FINE: {said}; the next run is due in {first} day{'s' * (first != 1)}"
    why = [*_late(dues), *_left_out(dues), *([said] if dues.last else [])]
    return f"DUE: {'; '.join(why)}\nnext    pytest --golden --golden-record"


def _late(dues: Dues) -> Iterator[str]:
    late = dues.overdue
    if late:
        worst = -(late[0].days or 0)
        yield f"{_many(late, dues)} overdue, by {worst} day{'s' * (worst != 1)} at most ({_names(late)})"


def _left_out(dues: Dues) -> Iterator[str]:
    for coverage in Coverage:
        found = [one for one in dues.gaps if one.coverage is coverage]
        if found:
            yield f"{_many(found, dues)} {coverage.value} ({_names(found)})"


def _near(dues: Dues) -> Iterator[str]:
    near = dues.soon
    if near:
        day = "today" if near[0].days == 0 else f"in {near[0].days} day{'s' * (near[0].days != 1)}"
        yield f"{_many(near, dues)} due {day}, on {_day(near[0].due)}"


def _many(found: Sequence[Due], dues: Dues) -> str:
    return f"{len(found)} of {len(dues.active)} prompts {'is' if len(found) == 1 else 'are'}"


def _names(found: Sequence[Due]) -> str:
    names = ", ".join(one_line(one.id, 40) for one in found[:SHOWN])
    return names if len(found) <= SHOWN else f"{names} and {len(found) - SHOWN} more"
