"""From the name of a baseline to the run it stands for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.pointers import Pointer, Pointers
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.store.acceptance import never
from pytest_goldenprompt.store.folder import read_run
from pytest_goldenprompt.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = "--golden-baseline"
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def find_baseline(store: Store, name: str, *, month: str, recording: bool) -> Pointer | Path | None:
    """Find the run that a baseline's name stands for; None where nothing was accepted yet.

    `last-month`: for the recording run of a month the newest accepted run of an earlier month; for any other run, and
    where there is no earlier month, the newest accepted run. Also a month (YYYY-MM), `anchor`, a run's id, or the path
    of a run's folder.
    """
    pointers = store.pointers()
    if name == "last-month":
        return (pointers.newest(before=month) if recording else None) or pointers.newest()
    if name == "anchor":
        return pointers.anchor
    if MONTH.fullmatch(name):
        return pointers.months.get(name)
    if name in store.runs():
        return store.pointer_to(name)
    if (Path(name) / "run.json").is_file():
        return Path(name)
    raise InputError(
        f"no such baseline, found {name!r}; accepted are last-month, anchor, a month as YYYY-MM, a run id or a path",
        where=WHERE,
        remedy="`goldenprompt list` shows the stored runs",
    )


def load_baseline(store: Store, found: Pointer | Path) -> RunRecord:
    """Read the record that `find_baseline` found; one that says nothing by itself is an InputError."""
    record = read_run(found) if isinstance(found, Path) else store.load(found)
    refuse_as_baseline(record, WHERE)
    return record


def refuse_as_baseline(record: RunRecord, where: str) -> None:
    """Let a run that says nothing by itself be an InputError."""
    if why := never(record):
        raise InputError(f"run {record.id} can be no baseline: {why}; a whole run is accepted", where=where)


def earlier_accepted(pointers: Pointers, found: Pointer | Path | None, number: int) -> list[Pointer]:
    """Give up to `number` accepted months before the one that a run is the baseline of, the latest first."""
    run = found.run if isinstance(found, Pointer) else None
    month = next((month for month, pointer in pointers.months.items() if pointer.run == run), "")
    before = sorted((one for one in pointers.months if one < month), reverse=True)
    return [pointers.months[one] for one in before[:number]]


def match_run(runs: Sequence[str], name: str) -> str:
    """Complete a run's id from its beginning; `last` is the newest run."""
    if name == "last" and runs:
        return runs[-1]
    if name == "last":
        raise InputError("no run is stored yet", remedy="`pytest --golden --golden-record` stores one")
    found = [run for run in runs if run.startswith(name)] if name else []
    if len(found) == 1 or name in found:
        return name if name in found else found[0]
    what = "no run" if not found else f"{len(found)} runs"
    raise InputError(f"{what} with an id that begins with {name!r}", remedy="`goldenprompt list` shows the ids")
