"""Where a library lives: the folder that holds its store or its policy, and the store that a URL names."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.store.archive import Archive
from pytest_goldenprompt.store.memory import MemoryArchive
from pytest_goldenprompt.store.store import FolderStore, Store
from pytest_goldenprompt.store.url import shown_url

MARKS = (".goldenprompt", "goldenprompt.toml")
GROUP = "pytest_goldenprompt.stores"
KINDS = "dir:FOLDER, sqlite:///FILE, postgresql://HOST/DATABASE, s3://BUCKET, gs://BUCKET, az://CONTAINER or memory:"


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
    """Open the store that a URL names, relative to the library's root directory. Nothing is connected to yet."""
    kind, separator, place = url.partition(":")
    if kind == "dir" and place:
        return FolderStore(root / place)
    build = ARCHIVES.get(kind) or _of_a_package(kind)
    if not separator or build is None:
        raise InputError(
            f"no such store, found {shown_url(url)!r}; accepted is {KINDS}", remedy="such as dir:.goldenprompt"
        )
    return Store(build(root, url), root / MARKS[0])


def _of_a_package(kind: str) -> Callable[[Path, str], Archive] | None:
    """Find who makes the archive of a scheme that an installed package brings."""
    found = entry_points(group=GROUP, name=kind)
    return next((entry.load() for entry in found), None)


def _memory(_: Path, url: str) -> Archive:
    if url != "memory:":
        raise InputError(f"memory: is accepted, found {url!r}")
    return MemoryArchive()


def _sqlite(root: Path, url: str) -> Archive:
    parts = urlsplit(url)
    path = url.partition("#")[0].removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or not path or "?" in path:
        raise InputError(f"sqlite:///FILE is accepted, found {url!r}", remedy="such as sqlite:///golden.db")
    database = _late("database", "sql", "sqlalchemy").Database("", shown_url(url), root / path)
    return _of_library(database, parts)


def _postgresql(_: Path, url: str) -> Archive:
    parts = urlsplit(url)
    if not url.startswith("postgresql://") or not parts.path.strip("/"):
        raise InputError(f"postgresql://HOST/DATABASE is accepted, found {shown_url(url)!r}")
    database = _late("database", "sql", "psycopg").Database(url.partition("#")[0], shown_url(url))
    return _of_library(database, parts)


def _bucket(_: Path, url: str) -> Archive:
    parts = urlsplit(url)
    if not parts.netloc or parts.query or parts.fragment:
        raise InputError(f"{parts.scheme}://BUCKET/FOLDER is accepted, found {shown_url(url)!r}")
    made: Archive = _late("bucket", "bucket", "obstore").BucketArchive(url, shown_url(url))
    return made


def _of_library(database: Any, parts: SplitResult) -> Archive:
    made: Archive = _late("sql", "sql", "sqlalchemy").SqlArchive(database, parts.fragment)
    return made


def _late(module: str, extra: str, package: str) -> Any:
    """Import what needs an extra; where that is not installed, say what to install."""
    try:
        importlib.import_module(package)
        return importlib.import_module(f"pytest_goldenprompt.store.{module}")
    except ImportError:
        raise InputError(
            f"this kind of store needs {package}, which is not installed",
            remedy=f'pip install "pytest-goldenprompt[{extra}]"',
        ) from None


ARCHIVES: Mapping[str, Callable[[Path, str], Archive]] = {
    "az": _bucket,
    "gs": _bucket,
    "memory": _memory,
    "postgresql": _postgresql,
    "s3": _bucket,
    "sqlite": _sqlite,
}
"""Who makes the archive of a URL, by its scheme; a folder is its own working folder, and apart."""
