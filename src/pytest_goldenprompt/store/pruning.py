"""Which stored runs nobody needs any more, and how they are taken away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointers
from pytest_goldenprompt.store.store import Store

KEPT_MONTHS = 24
"""The twelve months that reports show, each with the same month of the year before."""

ACCEPT, PRUNE = "accept", "prune"
"""Words of the log."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored run as pruning sees it: `compared` are the runs that its verdict names; a `check` goes by itself."""

    id: str
    month: str
    compared: tuple[str, ...] = ()
    check: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A run that is to go, or one that would go and is held, and why, as a sentence's end."""

    run: str
    month: str
    why: str


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is to go, and what would go but is needed; sorted by month and id."""

    remove: tuple[Row, ...] = ()
    hold: tuple[Row, ...] = ()


def plan_pruning(
    runs: Sequence[Stored],
    pointers: Pointers,
    log: Sequence[LogEntry],
    keep: int,
    needed: Mapping[str, str] = MappingProxyType({}),
) -> Pruning:
    """Choose the runs to remove: accepted months but for the newest `keep`, what was replaced, and what never counted.

    A run that was not accepted is left to wait for a person until a later month is accepted. The anchor, the newest
    accepted run, what is `needed` (with the reason), and whatever a run that stays was compared with are never chosen.
    """
    newest = pointers.newest()
    if newest is None:
        return Pruning()
    safe = {newest.run, *([pointers.anchor.run] if pointers.anchor else [])}
    oldest = _months_before(max(pointers.months), keep - 1)
    logged = {action: {entry.run for entry in log if entry.action == action} for action in (ACCEPT, PRUNE)}
    why = {run.id: _why(run, pointers, logged, oldest) for run in runs if run.id not in safe}
    found = {run_id: told for run_id, told in why.items() if told}
    staying = [run for run in runs if run.id not in found or run.id in needed]
    held = {name: f"run {run.id} was compared with it" for run in staying for name in run.compared} | dict(needed)
    ordered = sorted((run for run in runs if run.id in found), key=lambda run: (run.month, run.id))
    return Pruning(
        tuple(Row(run.id, run.month, found[run.id]) for run in ordered if run.id not in held),
        tuple(Row(run.id, run.month, held[run.id]) for run in ordered if run.id in held),
    )


def _why(run: Stored, pointers: Pointers, logged: Mapping[str, set[str]], oldest: str) -> str:
    """Say why a run may go; nothing of one that stays. `logged` are the runs of the log by action."""
    newest = max(pointers.months)
    if run.check:
        return ""
    if run.id in {pointer.run for pointer in pointers.all()}:
        return "" if run.month >= oldest else f"older than {oldest}, the first month that is kept"
    if run.id in logged[PRUNE]:
        return "its removal was begun and not ended"
    instead = pointers.months.get(run.month)
    if run.id in logged[ACCEPT] and instead:
        return f"replaced by run {instead.run}"
    never = "no longer" if run.id in logged[ACCEPT] else "never"
    return "" if run.month >= newest else f"{never} accepted, while {newest} is"


def _months_before(month: str, number: int) -> str:
    year, nth = divmod(12 * int(month[:4]) + int(month[5:]) - 1 - number, 12)
    return f"{year:04}-{nth + 1:02}"


def survey(store: Store) -> list[Stored]:
    """Read what pruning must know of every run. One that cannot be read is a StoreError: it may need any other."""
    try:
        return [_stored(store, run_id) for run_id in store.runs()]
    except StoreError as error:
        raise StoreError(f"nothing was removed, as a run that cannot be read may need another one: {error}") from None


def _stored(store: Store, run_id: str) -> Stored:
    verdict = store.verdict(run_id)
    try:
        compared = tuple(name for which in ("baseline", "anchor") for name in _named(verdict.get(which)))
    except (KeyError, TypeError):
        raise StoreError(f"run {run_id}: its verdict does not name what it was compared with") from None
    return Stored(run_id, store.facts(run_id).month, compared, check=not store.is_kept(run_id))


def _named(reference: Mapping[str, Any] | None) -> Iterator[str]:
    """Name the runs that make up a reference of a verdict."""
    if reference is not None:
        yield reference["id"]
        yield from reference["pooled"]


def prune(store: Store, before: Pointers, rows: Collection[Row], *, who: str, time: str) -> None:
    """Remove runs with the pointers to them, and log each; the pointers go first, so that none ever leads nowhere.

    `before` are the pointers by which the runs were chosen; where they were moved since, nothing is removed.
    """
    gone = {row.run for row in rows}
    months = {month: pointer for month, pointer in before.months.items() if pointer.run not in gone}
    entries = [LogEntry(time, PRUNE, row.run, row.month, who, row.why) for row in rows]
    store.remove(before, Pointers(months, before.anchor), *entries)
