"""When a library is to be run again, and whether its last run had all of it. Today is an argument."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.upkeep import Coverage, Due, Dues, Listed, Period, Ran, Upkeep

_DAY = len("YYYY-MM-DD")
_YEAR = 12


def later(day: date, period: Period) -> date:
    """Give the day after a period; what a shorter month has not becomes its last day."""
    months = day.year * _YEAR + day.month - 1 + period.months
    year, month = months // _YEAR, months % _YEAR + 1
    moved = day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))
    return moved + timedelta(days=period.days)


def ran(record: RunRecord) -> Ran | None:
    """Give what a stored run says of the cadence, from its facts alone; None where it was no whole run."""
    day = day_of(record)
    if record.narrowed or record.stopped or record.shard is not None or day is None:
        return None
    asked = {facts.id: facts.owner for facts in record.prompts if not facts.error and not facts.retired}
    return Ran(record.id, day, asked)


def day_of(record: RunRecord) -> date | None:
    """Give the day that a run counts for; None where its record has no day.

    That is the day of its start. A run that was made later for an earlier month counts for the last day of that month.
    """
    try:
        began = date.fromisoformat((record.started or record.finished)[:_DAY])
        ends = later(date.fromisoformat(f"{record.month}-01"), Period(months=1)) - timedelta(days=1)
    except ValueError:
        return None
    return min(began, ends)


def dues(listed: Iterable[Listed], runs: Sequence[Ran], upkeep: Upkeep, today: date) -> Dues:
    """Say for each prompt of a library when it is due, and whether the newest of the runs had it.

    Runs of days to come do not count: a clock that was wrong once must not put off what is due.
    """
    ordered = sorted((run for run in runs if run.day <= today), key=lambda run: (run.day, run.id))
    newest = ordered[-1] if ordered else None
    last = {name: run for run in ordered for name in run.prompts}
    prompts = tuple(
        _due(one, last.get(one.id), newest, upkeep, today) for one in sorted(listed, key=lambda one: one.id)
    )
    return Dues(today, prompts, newest.id if newest else "", newest.day if newest else None, upkeep.notice)


def of_the_last(runs: Sequence[Ran]) -> tuple[Listed, ...]:
    """List the prompts of the newest run, where the library's files have not been looked at."""
    newest = max(runs, key=lambda run: (run.day, run.id), default=None)
    return tuple(Listed(name, "", owner=owner) for name, owner in newest.prompts.items()) if newest else ()


def _due(one: Listed, run: Ran | None, newest: Ran | None, upkeep: Upkeep, today: date) -> Due:
    coverage = _coverage(one, run, newest)
    owner = upkeep.owner_of(one.id, one.owner or (run.prompts[one.id] if run else None))
    if run is None:
        return Due(one.id, coverage, owner, error=one.error or "")
    asked = coverage not in {Coverage.DRAFT, Coverage.RETIRED}
    due = later(run.day, upkeep.period_of(one.id)) if asked else None
    days = (due - today).days if due else None
    return Due(one.id, coverage, owner, run.id, run.day, due, days, one.error or "")


def _coverage(one: Listed, run: Ran | None, newest: Ran | None) -> Coverage:
    if one.error:
        return Coverage.UNREADABLE
    if one.status is not Status.ACTIVE:
        return Coverage.DRAFT if one.status is Status.DRAFT else Coverage.RETIRED
    if run is None:
        return Coverage.NEVER
    return Coverage.COVERED if run is newest else Coverage.MISSING
