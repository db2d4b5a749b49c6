"""The pointers of a store and the log of their moves: two files that change as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.files import append_lines, read_text, write_file

POINTERS, LOG = "baselines.json", "log.jsonl"


class MovedError(StoreError):
    """A pointer that somebody else moved since it was read; nothing was changed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder}: the baseline was moved meanwhile by another process: look at `goldenprompt log`, then retry"
        )


def read_pointers(folder: Path) -> Pointers:
    """Read the named pointers; none in a store that is not there yet."""
    path, plain = folder / POINTERS, _read(folder)
    months = {month: _pointer(item, path) for month, item in plain["months"].items()}
    return Pointers(months, None if plain["anchor"] is None else _pointer(plain["anchor"], path))


def read_log(folder: Path) -> list[LogEntry]:
    """Read the log, oldest first, with the lines of a move whose process was killed before it wrote them there."""
    logged = _logged(folder)
    return [codec.build(LogEntry, plain, str(folder / LOG)) for plain in (*logged, *_unlogged(folder, logged))]


def write_move(folder: Path, after: Pointers, entries: Sequence[LogEntry]) -> None:
    """Set the pointers and log why, for a caller that keeps other processes out.

    The pointers' file is replaced in one step and holds the new lines of the log as well: a process that is killed
    leaves both as they were or both as they are to be.
    """
    left = _unlogged(folder, _logged(folder))
    last = [codec.without_defaults(entry) for entry in entries]
    plain = {
        "anchor": codec.without_defaults(after.anchor) if after.anchor else None,
        "months": {month: codec.without_defaults(pointer) for month, pointer in after.months.items()},
        "last": last,
    }
    if left:
        append_lines(folder / LOG, map(codec.line_of, left))
    write_file(folder / POINTERS, f"{json.dumps(codec.sealed(plain), indent=2, sort_keys=True)}\n")
    append_lines(folder / LOG, map(codec.line_of, last))


def _read(folder: Path) -> dict[str, Any]:
    path = folder / POINTERS
    if not path.exists():
        return {"months": {}, "anchor": None, "last": []}
    plain = {"last": [], **codec.unsealed(codec.read_object(read_text(path), str(path)), str(path))}
    shapes = {"months": dict, "last": list, "anchor": dict | None}
    if plain.keys() != shapes.keys() or not all(isinstance(plain[name], shape) for name, shape in shapes.items()):
        raise StoreError(f"{path}: not a map of pointers: restore it from version control")
    return plain


def _logged(folder: Path) -> list[dict[str, Any]]:
    path = folder / LOG
    return list(codec.read_lines(read_text(path), str(path))) if path.exists() else []


def _unlogged(folder: Path, logged: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [plain for plain in _read(folder)["last"] if plain not in logged]


def _pointer(plain: Any, path: Path) -> Pointer:
    pointer = codec.build(Pointer, plain, str(path))
    if not (isinstance(pointer.run, str) and isinstance(pointer.digest, str)):
        raise StoreError(f"{path}: not a map of pointers: restore it from version control")
    return pointer
