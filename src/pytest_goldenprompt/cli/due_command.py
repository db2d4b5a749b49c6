"""`goldenprompt due`: how long until each prompt is to be run again, and which active ones the last run left out."""

from __future__ import annotations

import argparse
from datetime import date

from pytest_goldenprompt.cli.place import now, paths_of, root_of, store_of
from pytest_goldenprompt.cli.repeated import to_json
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.headers import read_library
from pytest_goldenprompt.formats.upkeep import read_upkeep
from pytest_goldenprompt.judge.due import dues
from pytest_goldenprompt.reports.due import due_record, due_table
from pytest_goldenprompt.store.past import kept_runs


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folders or datasets to look at (the whole library)")
    declare_day(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def declare_day(parser: argparse.ArgumentParser) -> None:
    """Declare the day that a command takes for today."""
    parser.add_argument("--day", metavar="YYYY-MM-DD", help="say it for another day (today, in UTC)")


def run(options: argparse.Namespace) -> int:
    """Print; 1 where a prompt is overdue or was left out, or there is none."""
    root = root_of(options)
    library = read_library(root, paths_of(options, root))
    found = dues(library, kept_runs(store_of(options)), read_upkeep(root), today(options))
    print(to_json(due_record(found)) if options.json else due_table(found))
    return 0 if found.is_fine else 1


def today(options: argparse.Namespace) -> date:
    """Give the day that was named, or today's in UTC."""
    return read_day(now()[: len("YYYY-MM-DD")] if options.day is None else options.day, "--day")


def read_day(text: str, where: str) -> date:
    """Read a day as an option `where` gives it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InputError(f"a day as YYYY-MM-DD is accepted, found {text!r}", where=where)
    return day
