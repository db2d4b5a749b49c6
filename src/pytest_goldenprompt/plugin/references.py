"""What a run is compared with and judged by: the stored run, the anchor and the policy, here or in another revision."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_goldenprompt.formats.policy import POLICY_FILE, policy_from, read_policy
from pytest_goldenprompt.git import blob, resolve
from pytest_goldenprompt.judge.loosening import looser
from pytest_goldenprompt.judge.pooling import pooled
from pytest_goldenprompt.model.pointers import Pointer
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.plugin.ini import changed_settings
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.plugin.stored_run import Reference
from pytest_goldenprompt.store.compared import compared_with, fetch_compared, reference_facts
from pytest_goldenprompt.store.folder import read_run
from pytest_goldenprompt.store.history import history
from pytest_goldenprompt.store.reference import find_baseline, load_baseline
from pytest_goldenprompt.store.revision import PREFIX, SHORT, Revision, moved, open_revision
from pytest_goldenprompt.store.store import Store

LAST_MONTH = "last-month"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a process judges by.

    `folder` is where the policy was read; `proposed` is the checkout's own, where another revision's is judged by.
    """

    reference: Reference
    policy: Policy
    folder: Path
    proposed: Policy | None = None


def find_ground(config: pytest.Config, settings: Settings, store: Store, month: str, now: datetime) -> Ground:
    """Find what to compare with. What another revision has is copied, and tidied up when the run is over."""
    if not settings.baseline.startswith(PREFIX):
        policy = read_policy(settings.root)
        return Ground(find_reference(store, settings, month, now, policy.pool_months), policy, settings.root)
    folder = Path(tempfile.mkdtemp(prefix="goldenprompt-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    revision = open_revision(settings.root, settings.baseline.removeprefix(PREFIX), store, POLICY_FILE, folder)
    policy, root = read_policy(folder), settings.root
    reference = _of_revision(revision, replace(settings, baseline=LAST_MONTH), month, now, policy.pool_months)
    reference.pointers = store.pointers()
    reference.moved = (
        *moved(revision.store.pointers(), reference.pointers),
        *changed_settings(config.inipath, root, revision.commit),
        *_stricter_since(revision, root, policy),
    )
    return Ground(reference, policy, folder, proposed=read_policy(root))


def _stricter_since(revision: Revision, root: Path, policy: Policy) -> Iterator[tuple[str, str, str]]:
    """List what the revision has made stricter since the checkout left it, and does not hold here."""
    text = blob(root, resolve(root, revision.name), POLICY_FILE)
    newest = policy_from(text, f"{revision.name}:{POLICY_FILE}") if text is not None else Policy()
    for one in looser(newest.plain(), policy.plain()):
        yield f"{one.what} (stricter on {revision.name} since this branch left it)", one.then, one.now


def _of_revision(revision: Revision, settings: Settings, month: str, now: datetime, months: int) -> Reference:
    fetch_compared(revision, settings.baseline, month=month, recording=settings.record, months=months)
    reference = find_reference(revision.store, settings, month, now, months)
    name = f"{PREFIX}{revision.name} at {revision.commit[:SHORT]}"
    reference.revision = name
    if not revision.is_copied:
        return reference
    if reference.name:
        runs = revision.store.folder / "runs"
        reference.name = str(runs / reference.name)
        reference.joined = tuple(str(runs / run_id) for run_id in reference.joined)
    if reference.facts:
        reference.facts = replace(reference.facts, revision=name)
    if reference.anchor:
        reference.anchor = replace(reference.anchor, revision=name)
    return reference


def told_ground(told: dict[str, Any], store: Store, now: datetime) -> Ground:
    """Find in a worker what the controller found; a worker judges no run, and needs no anchor."""
    found = find_baseline(store, told["baseline"], month=told["month"], recording=False) if told["baseline"] else None
    baseline = pooled(load_baseline(store, found), [_load(store, one) for one in told["joined"]]) if found else None
    pointer = found if isinstance(found, Pointer) else None
    reference = Reference(baseline, first=told["first"], facts=reference_facts(pointer, baseline, now))
    reference.then = lambda: store.texts(baseline.id, *baseline.pooled) if pointer and baseline else {}
    folder = Path(told["policy"])
    return Ground(reference, read_policy(folder), folder)


def find_reference(store: Store, settings: Settings, month: str, now: datetime, months: int = 1) -> Reference:
    """Find and read the stored run to compare with, as `compared_with` does."""
    name = settings.baseline
    compared = compared_with(store, name, month=month, recording=settings.record, months=months, now=now)
    baseline, pointer = compared.baseline, isinstance(compared.found, Pointer)
    return Reference(
        baseline,
        name=_pinned(compared.found),
        joined=baseline.pooled if baseline else (),
        first=settings.record and not store.has_history(),
        facts=compared.facts,
        anchor=compared.anchor,
        pinned=compared.pinned,
        then=lambda: store.texts(baseline.id, *baseline.pooled) if pointer and baseline else {},
        history=history(store, until=month),
        pointers=store.pointers(),
    )


def _pinned(found: Pointer | Path | None) -> str:
    """Name the run that was found so that every worker finds the same."""
    if found is None:
        return ""
    return found.run if isinstance(found, Pointer) else str(found.resolve())


def _load(store: Store, name: str) -> RunRecord:
    """Read a run by its id or the path of its folder."""
    return read_run(Path(name)) if Path(name).is_absolute() else store.load(name)
