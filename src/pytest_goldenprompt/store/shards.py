"""The shards of a run: each a folder of its own, so that it can be carried to where all are merged."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.store.archive import FILES
from pytest_goldenprompt.store.files import read_text, write_folder
from pytest_goldenprompt.store.folder import files_in, read_run
from pytest_goldenprompt.store.run_files import load_object, load_texts
from pytest_goldenprompt.store.store import Store
from pytest_goldenprompt.store.volatile import with_volatile


def shards_of(store: Store) -> Path:
    """Give the folder below which a store's shards are."""
    return store.cache / "shards"


def place_of(store: Store, shard: tuple[int, int]) -> Path:
    """Give the folder of one shard."""
    number, of = shard
    return shards_of(store) / f"{number}-of-{of}"


def forget_shard(store: Store, shard: tuple[int, int]) -> None:
    """Remove what an earlier run left: it must not be merged for this one's, however this one ends."""
    try:
        shutil.rmtree(place_of(store, shard))
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{place_of(store, shard)}: an earlier shard cannot be removed: {error.strerror}") from None


def put_shard(store: Store, run_id: str, shard: tuple[int, int]) -> Path:
    """Copy a run that was stored among the checks to its shard's folder."""
    home, place = store.cache / "runs" / run_id, place_of(store, shard)
    write_folder(place, {name: read_text(home / name) for name in FILES})
    return place


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard as it was stored: the record with its volatile fields, its texts, and its verdict record."""

    record: RunRecord
    texts: Mapping[str, str]
    verdict: Mapping[str, Any]


def find_shards(folders: Iterable[Path]) -> list[Path]:
    """Find the folders of runs in, or below, some folders, sorted; a folder without any is an InputError."""
    found = []
    for folder in folders:
        below = sorted(path.parent for path in folder.rglob("run.json"))
        if not below:
            raise InputError(f"no shard of a run is there, found {str(folder)!r}; a folder that has one is accepted")
        found += below
    return sorted(set(found))


def read_shard(home: Path) -> Shard:
    """Read what `put_shard` put."""
    record, files = read_run(home), files_in(home)
    return Shard(with_volatile(record, files), load_texts(files), load_object(files, "verdict.json"))
