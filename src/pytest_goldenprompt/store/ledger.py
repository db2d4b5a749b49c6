"""The pointers of a store and the log of their moves, as texts that any archive keeps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.store import codec

POINTERS, LOG = "baselines.json", "log.jsonl"


def pointers_text(pointers: Pointers, entries: Iterable[LogEntry]) -> str:
    """Write the pointers, with the entries of the move that set them.

    Where pointers and log are two files, both change as one: who is killed between them leaves the lines here.
    """
    plain = {
        "anchor": codec.without_defaults(pointers.anchor) if pointers.anchor else None,
        "months": {month: codec.without_defaults(pointer) for month, pointer in pointers.months.items()},
        "last": [codec.without_defaults(entry) for entry in entries],
    }
    return f"{json.dumps(codec.sealed(plain), indent=2, sort_keys=True)}\n"


def read_pointers(text: str | None, where: str) -> Pointers:
    """Read the named pointers; none in a store that is not there yet."""
    plain = _read(text, where)
    months = {month: _pointer(item, where) for month, item in plain["months"].items()}
    return Pointers(months, None if plain["anchor"] is None else _pointer(plain["anchor"], where))


def last_entries(text: str | None, where: str) -> list[LogEntry]:
    """Read the entries of the move that set the pointers."""
    return [codec.build(LogEntry, plain, where) for plain in _read(text, where)["last"]]


def log_line(entry: LogEntry) -> str:
    """Write a line of the log, sealed: nothing else vouches for it."""
    return codec.line_of(codec.sealed(codec.without_defaults(entry)))


def read_log(lines: Sequence[str], where: str) -> list[LogEntry]:
    """Read the log; a line that was changed is a StoreError with its number."""
    found = []
    for number, line in enumerate(lines, start=1):
        place = f"{where}:{number}"
        found.append(codec.build(LogEntry, codec.unsealed(codec.read_object(line, place), place), place))
    return found


def unlogged(text: str | None, lines: Sequence[str], where: tuple[str, str]) -> list[str]:
    """Give the lines of the last move that are not in the log: its process was killed before it wrote them there.

    `where` names the pointers and the log.
    """
    logged = read_log(lines, where[1])
    return [log_line(entry) for entry in last_entries(text, where[0]) if entry not in logged]


def _read(text: str | None, where: str) -> dict[str, Any]:
    if text is None:
        return {"months": {}, "anchor": None, "last": []}
    plain = {"last": [], **codec.unsealed(codec.read_object(text, where), where)}
    shapes = {"months": dict, "last": list, "anchor": dict | None}
    if plain.keys() != shapes.keys() or not all(isinstance(plain[name], shape) for name, shape in shapes.items()):
        raise StoreError(f"{where}: not a map of pointers: {codec.RESTORE}")
    return plain


def _pointer(plain: Any, where: str) -> Pointer:
    pointer = codec.build(Pointer, plain, where)
    if not (isinstance(pointer.run, str) and isinstance(pointer.digest, str)):
        raise StoreError(f"{where}: not a map of pointers: {codec.RESTORE}")
    return pointer
