"""One process at a time: a lock that the system takes back from a process that was killed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pytest_goldenprompt.errors import StoreError

PATIENCE = 30.0
"""Seconds to wait for another process; it holds the lock for as long as a few small files take to write."""

PAUSE = 0.02

if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _give_back(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _give_back(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


def hold(path: Path, who: str, told: str) -> Callable[[], None]:
    """Keep other processes out until the function is called that is given back, or until this process ends.

    Nobody is waited for: where another is in, a StoreError says `told` of it, with the `who` that it left in the file.
    """
    handle = _opened(path)
    try:
        mine = _taken(handle)
        if mine:
            os.ftruncate(handle, 0)
            os.write(handle, who.encode("utf-8"))
    except OSError as error:
        os.close(handle)
        raise StoreError(f"{path}: cannot be locked: {error.strerror}") from None
    if not mine:
        os.close(handle)
        raise StoreError(told.format(_left(path)))
    return _letting_go(handle)


def _letting_go(handle: int) -> Callable[[], None]:
    """Make what gives a lock back, once; what is forked meanwhile must not hold it when its parent is gone."""
    held = [handle]

    def let_go() -> None:
        while held:
            os.close(held.pop())

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=let_go)
    return let_go


def _left(path: Path) -> str:
    """Give what the holder of a lock wrote; where it cannot be read, that it is another process."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or "another process"
    except OSError:
        return "another process"


@contextmanager
def alone(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep other processes out of the block, waiting at most `patience` seconds for the one that is in it.

    The file stays behind, empty, and says nothing: the lock is on the open file, and ends with its process.
    """
    handle = _opened(path)
    try:
        _wait(handle, path, patience)
        try:
            yield
        finally:
            _give_back(handle)
    finally:
        os.close(handle)


@contextmanager
def alone_in(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep other processes out of the block as `alone` does, by a lock on a folder, in which no file is left behind.

    Windows has no such lock and goes without.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _wait(handle, folder, patience)
        yield
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened: {error.strerror}") from None


def _wait(handle: int, path: Path, patience: float) -> None:
    end = time.monotonic() + patience
    try:
        while not _taken(handle):
            if time.monotonic() >= end:
                raise StoreError(f"{path}: another process has been writing here for {patience:g} s: retry")
            time.sleep(PAUSE)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {error.strerror}") from None
