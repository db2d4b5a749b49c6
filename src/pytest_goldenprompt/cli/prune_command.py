"""`goldenprompt prune`: remove stored runs that nobody needs any more, and say which and why."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from pytest_goldenprompt.cli.place import now, root_of, store_of, who
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.triage import read_ledger
from pytest_goldenprompt.formats.upkeep import read_upkeep
from pytest_goldenprompt.judge.triage import last_witnesses, track
from pytest_goldenprompt.model.pointers import Pointers
from pytest_goldenprompt.reports.runs_table import pruned_table
from pytest_goldenprompt.store.past import kept_sightings
from pytest_goldenprompt.store.pruning import KEPT_MONTHS, Pruning, plan_pruning, prune, survey
from pytest_goldenprompt.store.store import FolderStore, Store

MOST_MONTHS = 1200


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--keep",
        metavar="MONTHS",
        default=str(KEPT_MONTHS),
        help=f"how many months to keep, counted back from the newest accepted one ({KEPT_MONTHS})",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")


def run(options: argparse.Namespace) -> int:
    """Remove, and print a row for each run that went, and for each that would have but is needed."""
    keep, store = _months(options.keep), store_of(options)
    before = store.pointers()
    plan = _plan(root_of(options), store, before, keep)
    if plan.remove and not options.dry_run:
        prune(store, before, plan.remove, who=who(), time=now())
    if plan.remove or plan.hold:
        held = [("kept", one.run, one.month, one.why) for one in plan.hold]
        print(pruned_table([*(("removed", one.run, one.month, one.why) for one in plan.remove), *held]))
    print(_told(plan, dry=options.dry_run, in_git=isinstance(store, FolderStore)))
    return 0


def _plan(root: Path, store: Store, before: Pointers, keep: int) -> Pruning:
    """Choose what goes; the one run that knows of a finding about which nobody has decided yet is kept."""
    runs, log = survey(store), store.log()
    plan = plan_pruning(runs, before, log, keep)
    if not plan.remove:
        return plan
    today = date.fromisoformat(now()[: len("YYYY-MM-DD")])
    every = track(kept_sightings(store), read_ledger(root)[0], read_upkeep(root), today)
    found = last_witnesses(every, {row.run for row in plan.remove})
    needed = {run: f"nobody decided about its finding {name}: goldenprompt triage list" for run, name in found.items()}
    return plan_pruning(runs, before, log, keep, needed)


def _months(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= MOST_MONTHS):
        raise InputError(f"a whole number from 1 to {MOST_MONTHS:,} is accepted, found {text!r}", where="--keep")
    return int(text)


def _told(plan: Pruning, *, dry: bool, in_git: bool) -> str:
    if not plan.remove:
        return "nothing to remove"
    number = f"{len(plan.remove)} run{'s' * (len(plan.remove) != 1)}"
    if dry:
        return f"{number} would be removed; nothing was, as this is a dry run"
    return f"{number} removed" + "; commit the store, whose history in git still has them" * in_git
