"""The shards of a run: each a folder of its own, so that it can be carried to where all are merged."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.store.files import read_text, write_folder
from pytest_goldenprompt.store.folder import FILES, FolderStore


def shards_of(store: FolderStore) -> Path:
    """Give the folder below which a store's shards are."""
    return store.cache / "shards"


def place_of(store: FolderStore, shard: tuple[int, int]) -> Path:
    """Give the folder of one shard."""
    number, of = shard
    return shards_of(store) / f"{number}-of-{of}"


def forget_shard(store: FolderStore, shard: tuple[int, int]) -> None:
    """Remove what an earlier run left: it must not be merged for this one's, however this one ends."""
    try:
        shutil.rmtree(place_of(store, shard))
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{place_of(store, shard)}: an earlier shard cannot be removed: {error.strerror}") from None


def put_shard(store: FolderStore, run_id: str, shard: tuple[int, int]) -> Path:
    """Copy a run that was stored among the checks to its shard's folder."""
    home, place = store.cache / "runs" / run_id, place_of(store, shard)
    write_folder(place, {name: read_text(home / name) for name in FILES})
    return place
