"""All that an audit looks at, read from the library's files and its store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.headers import case_ids, read_library
from pytest_goldenprompt.formats.pairing import bare_prompts, prompt_id
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.formats.reader import relative
from pytest_goldenprompt.judge.due import ran
from pytest_goldenprompt.model.audit import CaseHistory, Recorded, Shelf
from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.upkeep import Listed
from pytest_goldenprompt.store.store import Store
from pytest_goldenprompt.store.tallies import case_histories

RUNS = 3
"""Runs whose cases are looked at."""


def shelf_of(root: Path, store: Store) -> Shelf:
    """Read what an audit looks at; a policy or a store that cannot be read is an error, a dataset is a remark."""
    policy, library = read_policy(root), read_library(root)
    ids, runs = _runs(store)
    cases = case_histories(store, ids[-RUNS:])
    listed, lost = _lost(root, library, runs, cases)
    known = {one.id for one in library}
    for name, missed in _missed(store, ids, known).items():
        lost[name] = sorted({*lost.get(name, ()), *missed})
    named = {one.prompt for one in library} | {facts.path for run in runs[-1:] for facts in run.prompts.values()}
    bare = [where for path in bare_prompts(root) if (where := relative(root, path)) not in named]
    return Shelf(
        listed=listed,
        bare=[prompt_id(where) for where in bare],
        runs=runs,
        cases=cases,
        lost=lost,
        gone=sorted({name for run in runs[-1:] for name in run.prompts} - known),
        waivers=policy.waivers,
        smallest_slice=policy.smallest_slice,
    )


def _runs(store: Store) -> tuple[list[str], list[Recorded]]:
    """Give the whole runs that are kept, oldest first: their ids, and their prompts."""
    made = []
    for run_id in store.runs():
        if store.is_kept(run_id):
            record = store.facts(run_id)
            if (one := ran(record)) is not None:
                prompts = {facts.id: facts for facts in record.prompts if facts.id in one.prompts}
                made.append((one.day, run_id, prompts))
    made.sort(key=lambda one: one[:2])
    return [run_id for _, run_id, _ in made], [Recorded(day, prompts) for day, _, prompts in made]


def _lost(
    root: Path, library: Sequence[Listed], runs: Sequence[Recorded], cases: Sequence[CaseHistory]
) -> tuple[list[Listed], dict[str, list[str]]]:
    """Compare datasets that changed since the newest run with its cases; one that cannot be read says so."""
    then: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        then[case.prompt].add(case.id)
    listed, lost = [], {}
    for one in library:
        facts = runs[-1].prompts.get(one.id) if runs else None
        if facts is not None and one.status is not Status.RETIRED and not one.error:
            try:
                now = case_ids(root, one, facts.dataset_digest)
            except InputError as error:
                one, now = replace(one, error=str(error)), None  # noqa: PLW2901 - what was found of it
            if now is not None and then[one.id] - now:
                lost[one.id] = sorted(then[one.id] - now)
        listed.append(one)
    return listed, lost


def _missed(store: Store, ids: Sequence[str], known: set[str]) -> Mapping[str, list[str]]:
    """Give the cases that the newest run missed of the one that it was compared with, by its verdict."""
    prompts = store.verdict(ids[-1]).get("prompts", ()) if ids else ()
    return {one["id"]: list(one["removed"]) for one in prompts if one.get("removed") and one["id"] in known}
