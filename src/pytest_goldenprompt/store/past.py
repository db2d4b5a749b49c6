"""The runs that a store keeps for good, by what their records and verdicts say; no result of a case is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.judge.due import day_of, ran
from pytest_goldenprompt.judge.triage import sightings
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.triage import Sighting
from pytest_goldenprompt.model.upkeep import Ran
from pytest_goldenprompt.store.store import Store


def kept_runs(store: Store) -> list[Ran]:
    """Give the whole runs that are kept, oldest first; one that cannot be read is a StoreError."""
    found = [ran(store.facts(run_id)) for run_id in store.runs() if store.is_kept(run_id)]
    return sorted((one for one in found if one is not None), key=lambda one: (one.day, one.id))


def kept_sightings(store: Store) -> list[Sighting]:
    """Give what the verdicts of all kept runs hold against their prompts; an unreadable one is a StoreError."""
    found: list[Sighting] = []
    for record, verdict in kept_verdicts(store):
        day = day_of(record)
        if day is not None:
            try:
                found += sightings(verdict, record.id, record.started or record.finished, day)
            except (KeyError, TypeError, AttributeError):
                raise StoreError(
                    f"run {record.id}: its verdict names no findings: restore it from version control"
                ) from None
    return found


def whole_verdicts(store: Store) -> Iterator[tuple[Ran, str, dict[str, Any]]]:
    """Give every whole run that is kept, and the last checks of committed files, with its month and verdict record.

    A check of an edit that was never committed is somebody's try, and says nothing of the library.
    """
    for run_id in store.runs():
        record = store.facts(run_id)
        made = ran(record)
        if made is not None and (store.is_kept(run_id) or not record.dirty):
            yield made, record.month, store.verdict(run_id)


def kept_verdicts(store: Store) -> Iterator[tuple[RunRecord, dict[str, Any]]]:
    """Give the facts and the verdict record of every run that is kept, oldest first."""
    return ((store.facts(run_id), store.verdict(run_id)) for run_id in store.runs() if store.is_kept(run_id))
