"""What a run says of the work around it: that the next recording is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.formats.triage import read_ledger
from pytest_goldenprompt.judge.due import dues, of_the_last
from pytest_goldenprompt.judge.triage import track
from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.upkeep import Listed
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.plan_data import PlanData
from pytest_goldenprompt.reports.due import due_line
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.triage import triage_line
from pytest_goldenprompt.store.past import kept_runs, kept_sightings


def upkeep_lines(library: Library, plan: PlanData | None = None) -> list[str]:
    """Give lines on what is due, and with a plan, at the end, on what is open; none where nothing is.

    Without a plan, the prompts are those of the last run.
    """
    return [*_due(library, plan), *(_open(library) if plan else ())]


def _due(library: Library, plan: PlanData | None) -> Iterator[str]:
    """Say what is overdue, left out or nearly due, where there is a run that it could count from."""
    command = f"{library.reference.command} due"
    try:
        runs = kept_runs(library.store)
    except StoreError as error:
        yield f"due     cannot be told: {one_line(str(error))}"
        return
    readable = (facts for facts in plan.prompts.values() if not facts.error) if plan else ()
    listed = tuple(map(_listed, readable)) if plan else of_the_last(runs)
    told = due_line(dues(listed, runs, library.upkeep, date.fromisoformat(library.today))) if runs else ""
    if told:
        yield f"due     {told}: {command}"


def _open(library: Library) -> Iterator[str]:
    """Say how many findings of stored runs wait for a decision, and what is wrong with the ledger."""
    decisions, faults = read_ledger(library.settings.root)
    yield from (f"triage  {one_line(str(fault))}" for fault in faults)
    try:
        seen = kept_sightings(library.store)
    except StoreError as error:
        yield f"triage  cannot be told: {one_line(str(error))}"
        return
    told = triage_line(track(seen, decisions, library.upkeep, date.fromisoformat(library.today)))
    if told:
        yield f"triage  {told}: {library.reference.command} triage list"


def _listed(facts: PromptFacts) -> Listed:
    status = Status.RETIRED if facts.retired else Status.DRAFT if facts.draft else Status.ACTIVE
    return Listed(facts.id, facts.dataset, status, facts.owner)
