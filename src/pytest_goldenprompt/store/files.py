"""Files that are either the old ones or the new ones, never half."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.store.archive import TakenError

GONE = ".gone"
"""How the hidden name of a folder ends that is being removed."""


def read_lines(path: Path) -> Iterator[bytes]:
    """Read a stored file line by line, each with its end; whatever hinders is a StoreError that names the file."""
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from None


def read_text(path: Path) -> str:
    """Read a stored file as UTF-8; whatever hinders is a StoreError that names the file."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StoreError(f"{path}: damaged: not UTF-8 text") from None


def write_file(path: Path, content: str) -> None:
    """Replace a file in one step: the new bytes are on the disk before the name points at them."""
    draft = _draft(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)  # of a process that was killed and had the same number
        _write_synced(draft, content)
        draft.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from None


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Make a folder with these files in one step; TakenError where one of that name is there already."""
    draft = _draft(path)
    shutil.rmtree(draft, ignore_errors=True)  # of a process that was killed and had the same number
    try:
        draft.mkdir(parents=True)
        for name, content in files.items():
            _write_synced(draft / name, content)
        _sync_folder(draft)
        draft.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
            raise TakenError(str(path)) from None
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from None


def write_files(folder: Path, files: Mapping[str, str], *, replace: bool) -> None:
    """Write several files into a folder, all of them or none; one that is there is refused unless `replace`.

    All bytes are on the disk before the first name points at any. A file that appears at the last moment is never
    written over.
    """
    drafts = {folder / name: folder / f".{name}.{os.getpid()}" for name in files}
    placed: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, draft in drafts.items():
            draft.unlink(missing_ok=True)  # of a process that was killed and had the same number
            _write_synced(draft, files[path.name])
        for path, draft in drafts.items():
            if replace:
                draft.replace(path)
            else:
                path.hardlink_to(draft)
                placed.append(path)
        _sync_folder(folder)
    except OSError as error:
        for one in placed:
            one.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)


def remove_folders(paths: Sequence[Path]) -> None:
    """Remove folders that stand side by side, each in one step: its name goes first, then what was in it.

    What a process left that was killed in between goes too.
    """
    try:
        for path in paths:
            path.rename(path.with_name(f".{path.name}{GONE}"))
            _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: cannot be removed: {error.strerror}") from None
    finally:
        for left in {remains for path in paths for remains in path.parent.glob(f".*{GONE}")}:
            shutil.rmtree(left, ignore_errors=True)


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Add lines to a log in one step: a full disk must not leave half a line, which nobody could read past."""
    before = read_text(path) if path.exists() else ""
    write_file(path, before + "".join(f"{line}\n" for line in lines))


def _draft(path: Path) -> Path:
    """Name what is being written; two threads of a process have two names."""
    beside = "" if threading.current_thread() is threading.main_thread() else f".{threading.get_ident()}"
    return path.with_name(f".{path.name}.{os.getpid()}{beside}")


def _write_synced(path: Path, content: str) -> None:
    with path.open("xb") as file:
        file.write(content.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
