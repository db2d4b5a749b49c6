"""The stored run and the anchor that a run is compared with, found in a store by name and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pytest_goldenprompt.judge.anchor import apart
from pytest_goldenprompt.judge.pooling import pooled
from pytest_goldenprompt.model.pointers import Pointer
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.model.verdict import ReferenceFacts
from pytest_goldenprompt.store.codec import cases_text
from pytest_goldenprompt.store.reference import earlier_accepted, find_baseline, load_baseline
from pytest_goldenprompt.store.revision import Revision
from pytest_goldenprompt.store.store import Store

ANCHOR = "anchor"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a run is compared with: where the stored run was found, its record and facts, and those of the anchor.

    `pinned` is the anchor's record where it is another run than the baseline. All are None where there is none.
    """

    found: Pointer | Path | None = None
    baseline: RunRecord | None = None
    pinned: RunRecord | None = None
    facts: ReferenceFacts | None = None
    anchor: ReferenceFacts | None = None


def compared_with(  # noqa: PLR0913 - a name stands for another run by month, kind and policy
    store: Store, name: str, *, month: str, recording: bool, months: int, now: datetime
) -> Compared:
    """Find and read the stored run that a name stands for; one that cannot be read is an error, never an empty one.

    An accepted month is joined with earlier ones, to make `months` in all; the anchor never is.
    """
    pointers = store.pointers()
    found = find_baseline(store, name, month=month, recording=recording) if name else None
    alone = baseline = load_baseline(store, found) if found else None
    if baseline is not None and name != ANCHOR:
        baseline = pooled(baseline, [store.load(one) for one in earlier_accepted(pointers, found, months - 1)])
    pinned = _anchor(store, pointers.anchor, found, alone)
    return Compared(
        found,
        baseline,
        apart(baseline, pinned),
        reference_facts(found if isinstance(found, Pointer) else None, baseline, now),
        reference_facts(pointers.anchor, pinned, now),
    )


def fetch_compared(revision: Revision, name: str, *, month: str, recording: bool, months: int) -> None:
    """Copy from another revision all that `compared_with` reads of it."""
    pointers = revision.store.pointers()
    found = find_baseline(revision.store, name, month=month, recording=recording)
    needed = [found, pointers.anchor, *earlier_accepted(pointers, found, months - 1)]
    revision.fetch([one for one in needed if isinstance(one, Pointer)])


def _anchor(
    store: Store, anchor: Pointer | None, found: Pointer | Path | None, loaded: RunRecord | None
) -> RunRecord | None:
    """Read the anchor, unless it is the run that was `found` and `loaded` already."""
    if anchor is None:
        return None
    same = isinstance(found, Pointer) and (found.run, found.digest) == (anchor.run, anchor.digest)
    return loaded if same else store.load(anchor)


def reference_facts(pointer: Pointer | None, record: RunRecord | None, now: datetime) -> ReferenceFacts | None:
    """Describe the stored run that is compared with: month, digest, and age in days."""
    if record is None:
        return None
    digest = pointer.digest if pointer else digest_of_bytes(cases_text(record).encode())
    approved = pointer.approved if pointer else None
    age = age_in_days(record.finished, now)
    return ReferenceFacts(record.id, record.month, digest, age, approved, pooled=record.pooled)


def age_in_days(moment: str, now: datetime) -> int | None:
    """Give the whole days since a moment of a record (ISO 8601, UTC); None where the record has none."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (now - then).days
