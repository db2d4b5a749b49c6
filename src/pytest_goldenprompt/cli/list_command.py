"""`goldenprompt list`: the stored runs, newest last, with the pointers to them."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli.judged import stored_state
from pytest_goldenprompt.cli.place import store_of
from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.model.pointers import Pointers
from pytest_goldenprompt.reports.runs_table import runs_table
from pytest_goldenprompt.store.store import Store


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: none."""


def run(options: argparse.Namespace) -> int:
    """Print the table; a run that cannot be read has its row too, and its error comes last."""
    store = store_of(options)
    pointers = store.pointers()
    rows, damaged = [], []
    for run_id in store.runs():
        try:
            rows.append(_row(store, run_id, pointers))
        except StoreError as error:
            damaged.append(str(error))
            rows.append((run_id, "", "", "unreadable", "", ""))
    print(runs_table(rows) if rows else f"no runs are stored in {store.name}; `pytest --golden --golden-record` does")
    if damaged:
        raise StoreError("; ".join(damaged))
    return 0


def _row(store: Store, run_id: str, pointers: Pointers) -> tuple[str, ...]:
    record = store.load(run_id)
    state = stored_state(store, run_id).value
    names = [f"baseline {month}" for month, pointer in sorted(pointers.months.items()) if pointer.run == run_id]
    if pointers.anchor and pointers.anchor.run == run_id:
        names.append("anchor" if pointers.anchor.approved else "anchor (not yet approved)")
    state += " (partial)" if record.narrowed else ""
    counts = f"{counted(len(record.prompts), 'prompt')}, {counted(len(record.cases), 'case')}"
    return run_id, record.month, record.kind.value, state, counts, ", ".join(names)
