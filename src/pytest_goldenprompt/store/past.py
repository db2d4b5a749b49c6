"""The runs that a store keeps for good, by what their records and verdicts say; no result of a case is read."""

from __future__ import annotations

from pytest_goldenprompt.judge.due import ran
from pytest_goldenprompt.model.upkeep import Ran
from pytest_goldenprompt.store.folder import FolderStore


def kept_runs(store: FolderStore) -> list[Ran]:
    """Give the whole runs that are kept, oldest first; one that cannot be read is a StoreError."""
    found = [ran(store.facts(run_id)) for run_id in store.runs() if store.is_kept(run_id)]
    return sorted((one for one in found if one is not None), key=lambda one: (one.day, one.id))
