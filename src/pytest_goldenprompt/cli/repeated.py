"""The stored run whose repeats a command looks at."""

from __future__ import annotations

import argparse
import json

from pytest_goldenprompt.cli.place import store_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.store.reference import match_run

NOTHING = 3
"""Exit code where no stored repeats tell anything."""


def declare_run(parser: argparse.ArgumentParser) -> None:
    """Declare the run, and the form of what is printed."""
    parser.add_argument(
        "name", nargs="?", metavar="RUN", help="a run's id, its beginning, or `last` (the newest accepted run)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def repeated_run(options: argparse.Namespace) -> RunRecord:
    """Read the run that was named, or the newest accepted one."""
    store = store_of(options)
    if options.name is not None:
        return store.load(match_run(store.runs(), options.name))
    pointer = store.pointers().newest()
    if pointer is None:
        raise InputError("no run was accepted yet", remedy="`pytest --golden --golden-record` stores one")
    return store.load(pointer)


def to_json(record: dict[str, JSON]) -> str:
    """Write a record for programs."""
    return json.dumps(record, indent=1, sort_keys=True, allow_nan=False)
