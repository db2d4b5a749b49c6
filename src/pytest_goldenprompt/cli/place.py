"""The library and the store that a command works on."""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import UTC, datetime
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.store.place import find_root, open_store
from pytest_goldenprompt.store.store import Store
from pytest_goldenprompt.store.url import choose_store

UNREADABLE = 4
"""Exit code where a file that people write beside the library, such as the ledger, cannot be read."""


def root_of(options: argparse.Namespace) -> Path:
    """Give the root directory of the library that a command was started in or told of."""
    folder = Path(options.folder).resolve()
    if not folder.is_dir():
        raise InputError(f"no such folder, found {options.folder!r}", where="-C")
    return find_root(folder)


def paths_of(options: argparse.Namespace, root: Path) -> tuple[Path, ...]:
    """Give the folders or files that were named, relative to the root; all of the library where none was."""
    start = Path(options.folder).resolve()
    named = [Path(os.path.normpath(start / name)) for name in options.paths]
    for path in named:
        if not path.is_relative_to(root) or not path.exists():
            raise InputError(f"a path in the library is accepted, found {os.fspath(path)!r}", where="PATH")
    return tuple(path.relative_to(root) for path in named) or (Path(),)


def store_of(options: argparse.Namespace) -> Store:
    """Open the store that a command works on."""
    return open_store(root_of(options), choose_store(options.store, None, os.environ))


def now() -> str:
    """Give the time for the log, ISO 8601 in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment() -> str:
    """Give the time to the millisecond, for what may follow one another within a second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def who() -> str:
    """Name the person for the log: git's author where it is set, else the account."""
    name = os.environ.get("GIT_AUTHOR_NAME") or os.environ.get("GITHUB_ACTOR")
    if name:
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
