"""What a run is compared with and judged by: the stored run, the anchor and the policy, here or in another revision."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pytest_goldenprompt.formats.policy import POLICY_FILE, read_policy
from pytest_goldenprompt.model.pointers import Pointer
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.plugin.conclusion import reference_facts
from pytest_goldenprompt.plugin.library import Reference
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.store.folder import FolderStore
from pytest_goldenprompt.store.history import history
from pytest_goldenprompt.store.reference import find_baseline, load_baseline
from pytest_goldenprompt.store.revision import PREFIX, SHORT, Revision, moved, open_revision

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


def find_ground(
    settings: Settings, store: FolderStore, month: str, now: datetime, at_end: Callable[[Callable[[], None]], None]
) -> Ground:
    """Find what to compare with; `at_end` is told what to tidy up when the run is over."""
    if not settings.baseline.startswith(PREFIX):
        reference = find_reference(store, settings.baseline, month, record=settings.record, now=now)
        return Ground(reference, read_policy(settings.root), settings.root)
    folder = Path(tempfile.mkdtemp(prefix="goldenprompt-"))
    at_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    revision = open_revision(settings.root, settings.baseline.removeprefix(PREFIX), store, POLICY_FILE, folder)
    reference = _of_revision(revision, settings, month, now)
    reference.pointers = store.pointers()
    reference.moved = moved(revision.store.pointers(), reference.pointers)
    return Ground(reference, read_policy(folder), folder, proposed=read_policy(settings.root))


def _of_revision(revision: Revision, settings: Settings, month: str, now: datetime) -> Reference:
    found = find_baseline(revision.store, LAST_MONTH, month=month, recording=settings.record)
    pinned = revision.store.pointers().anchor
    revision.fetch([one for one in (found, pinned) if isinstance(one, Pointer)])
    reference = find_reference(revision.store, LAST_MONTH, month, record=settings.record, now=now)
    if reference.name:
        reference.name = str(revision.store.folder / "runs" / reference.name)
    name = f"{PREFIX}{revision.name} at {revision.commit[:SHORT]}"
    if reference.facts:
        reference.facts = replace(reference.facts, revision=name)
    if reference.anchor:
        reference.anchor = replace(reference.anchor, revision=name)
    reference.revision = name
    return reference


def told_ground(told: dict[str, Any], settings: Settings, store: FolderStore, now: datetime) -> Ground:
    """Find in a worker what the controller found."""
    reference = find_reference(store, told["baseline"], told["month"], record=settings.record, now=now)
    folder = Path(told["policy"])
    return Ground(reference, read_policy(folder), folder)


def find_reference(store: FolderStore, name: str, month: str, *, record: bool, now: datetime) -> Reference:
    """Find and read the stored run to compare with; one that cannot be read is an error, never an empty one."""
    pointers = store.pointers()
    found = find_baseline(store, name, month=month, recording=record) if name else None
    baseline = load_baseline(store, found) if found else None
    pointer = found if isinstance(found, Pointer) else None
    anchor = pointers.anchor
    pinned = store.load(anchor) if anchor else None
    return Reference(
        baseline,
        name=_pinned(found),
        first=record and not store.has_history(),
        facts=reference_facts(pointer, baseline, now),
        anchor=reference_facts(anchor, pinned, now),
        pinned=pinned if pinned and baseline and pinned.id != baseline.id else None,
        then=lambda: store.texts(baseline.id) if pointer and baseline else {},
        history=history(store, until=month),
        pointers=pointers,
    )


def _pinned(found: Pointer | Path | None) -> str:
    """Name the run that was found so that every worker finds the same."""
    if found is None:
        return ""
    return found.run if isinstance(found, Pointer) else str(found.resolve())
