"""Where a library lives: the folder that holds its store or its policy."""

from __future__ import annotations

from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.store.store import FolderStore, Store

MARKS = (".goldenprompt", "goldenprompt.toml")


def find_root(start: Path) -> Path:
    """Give the nearest folder, from `start` upwards, that holds a store or a policy; else `start` itself."""
    for folder in (start, *start.parents):
        if is_root(folder):
            return folder
    return start


def is_root(folder: Path) -> bool:
    """Say whether a folder holds a store or a policy."""
    return any((folder / mark).exists() for mark in MARKS)


def open_store(root: Path, url: str) -> Store:
    """Open the store that a URL names, relative to the library's root directory."""
    kind, separator, place = url.partition(":")
    if kind != "dir" or not separator or not place:
        raise InputError(f"no such store, found {url!r}; accepted is dir:FOLDER", remedy="such as dir:.goldenprompt")
    return FolderStore(root / place)
