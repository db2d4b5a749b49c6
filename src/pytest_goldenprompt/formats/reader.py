"""The only opener of files that people write, and the only home of yaml.

Bytes become text here under one set of rules, and text becomes a located tree (`located.Table`, `located.Series`). No
tag, alias or object is ever built from a file: the tree is made from the parser's events, not by a YAML constructor.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.csv_text import load_csv
from pytest_goldenprompt.formats.json_text import load_json, load_jsonl
from pytest_goldenprompt.formats.located import MAX_DEPTH, Series, Table, duplicate_key, shown, too_deep
from pytest_goldenprompt.formats.scalars import resolved
from pytest_goldenprompt.model.values import digest_of_bytes

__all__ = ["Source", "load_csv", "load_json", "load_jsonl", "load_yaml", "read_source", "read_text", "relative"]

SIZE_LIMIT = 32 * 1024 * 1024
YAML_VALUES = 200_000
"""Keys and values in one YAML file; parsing takes some microseconds each, and JSON Lines is the format for more."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: its name in messages, its text without byte order mark, the SHA-256 of its bytes."""

    where: str
    text: str
    digest: str


def relative(root: Path | None, path: Path) -> str:
    """Name a file in messages and records: relative to the root where it lies under it, with forward slashes."""
    name = path
    if root is not None:
        for start in (root, root.absolute(), root.resolve()):
            if (root / path).is_relative_to(start):
                name = (root / path).relative_to(start)
                break
    return os.fsencode(name.as_posix()).decode("utf-8", "backslashreplace")


def read_text(root: Path | None, path: Path, *, limit: int = SIZE_LIMIT) -> str:
    """Read a text file under the root: at most `limit` bytes of strict UTF-8, a byte order mark taken off.

    Refused: a path that leads out of the root (None: no root to keep to), what is no regular file, NUL characters.
    """
    return read_source(root, path, limit=limit).text


def read_source(root: Path | None, path: Path, *, limit: int = SIZE_LIMIT) -> Source:
    """Read a text file as `read_text` does, with its name and its digest."""
    where = relative(root, path)
    try:
        content = _content(_inside(root, path, where), where, limit)
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"the file cannot be read, found {reason}; a readable file is accepted", where=where) from None
    return Source(where, _decoded(content, where), digest_of_bytes(content))


def _inside(root: Path | None, path: Path, where: str) -> Path:
    if root is None:
        return path.resolve(strict=True)
    resolved = (root / path).resolve(strict=True)
    if not resolved.is_relative_to(root.resolve(strict=True)):
        raise InputError(
            "the file lies outside of the root directory; files under it are accepted",
            where=where,
            remedy="copy it under the root directory, links that lead out are not followed",
        )
    return resolved


def _content(path: Path, where: str, limit: int) -> bytes:
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise InputError("no regular file, found a device, pipe or folder; a file is accepted", where=where)
        size, content = status.st_size, b""
        if size <= limit:
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                content = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if max(size, len(content)) > limit:
        raise InputError(
            f"the file is too large, found {max(size, len(content)):,} bytes; at most {limit:,} are accepted",
            where=where,
        )
    return content


def _decoded(content: bytes, where: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = content[error.start : error.start + 4].hex(" ")
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"not UTF-8 text, found the bytes {found}; UTF-8 is accepted",
            where=where,
            line=line,
            remedy="save the file as UTF-8",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("found a NUL character; text is accepted", where=where, line=line)
    return text


def load_yaml(text: str, where: str, first_line: int = 1) -> Any:
    """Read one YAML document as a located tree; `first_line` is where the text starts in its file.

    Scalars are those of YAML 1.2 and as strict as JSON's: only true, false, null and decimal numbers resolve, so `no`,
    `12:30`, `010` and dates stay text, and so do all keys. Refused: duplicate keys, aliases, tags, merge keys, numbers
    that are not finite, a second document, too many values, too many levels.
    """
    tree = _Tree(where, first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            tree.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        problem = " ".join(part for part in (error.context, error.problem) if part)
        if "nesting depth" in problem:  # newer parsers have a bound of their own, which lets more through than ours
            raise too_deep(where, line + first_line) from None
        raise tree.wrong(f"not valid YAML: {problem}", line) from None
    except yaml.YAMLError as error:
        before = text.encode("utf-8", "surrogatepass")[: getattr(error, "position", 0) or 0]
        reason = getattr(error, "reason", "") or "unreadable"
        raise tree.wrong(f"not valid YAML: {reason}", before.count(b"\n")) from None
    except (ValueError, OverflowError):
        raise tree.wrong("not valid YAML: a character that is none; Unicode text is accepted", 0) from None
    return tree.root


class _Tree:
    """Builds the located tree from the parser's events, without recursion."""

    def __init__(self, where: str, first_line: int) -> None:
        self.where = where
        self.first_line = first_line
        self.root: Any = None
        self._open: list[Table | Series] = []
        self._keys: list[tuple[str, int] | None] = []
        self._values = 0
        self._documents = 0

    def wrong(self, what: str, line: int, remedy: str = "") -> InputError:
        """Build an error at a line of the parser, which counts from 0."""
        return InputError(what, where=self.where, line=line + self.first_line, remedy=remedy)

    def take(self, event: Any) -> None:
        """Take the parser's next event."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._start(event, Table if kind is yaml.MappingStartEvent else Series)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._open.pop()
            self._keys.pop()
        elif kind is yaml.AliasEvent:
            raise self.wrong(
                f"alias, found *{event.anchor}; values without aliases are accepted",
                event.start_mark.line,
                "write the value out",
            )
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise self.wrong("a second document, found ---; one document is accepted", event.start_mark.line)

    def _scalar(self, event: Any) -> None:
        line = event.start_mark.line
        self._refuse(event, line)
        if self._open and type(self._open[-1]) is Table and self._keys[-1] is None:
            if event.implicit[0] and event.value == "<<":
                raise self.wrong("merge key, found <<; keys of the map itself are accepted", line, "write them out")
            self._keys[-1] = (event.value, line)
        else:
            self._add(self._resolved(event.value, line) if event.implicit[0] else event.value, line)

    def _start(self, event: Any, kind: type[Table | Series]) -> None:
        line = event.start_mark.line
        self._refuse(event, line)
        if len(self._open) >= MAX_DEPTH:
            raise too_deep(self.where, line + self.first_line)
        if self._open and type(self._open[-1]) is Table and self._keys[-1] is None:
            raise self.wrong(
                "a map or list as key; text as key is accepted", line, "put text that starts with { or [ into quotes"
            )
        value = kind(line + self.first_line)
        self._add(value, line)
        self._open.append(value)
        self._keys.append(None)

    def _add(self, value: Any, line: int) -> None:
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        if isinstance(parent, Series):
            parent.append(value)
            parent.lines.append(line + self.first_line)
        else:
            self._add_to_table(parent, value)

    def _add_to_table(self, parent: Table, value: Any) -> None:
        key, line = self._keys[-1] or ("", 0)
        self._keys[-1] = None
        if key in parent:
            raise duplicate_key(key, self.where, line + self.first_line, parent.lines[key])
        parent[key] = value
        parent.lines[key] = line + self.first_line

    def _refuse(self, event: Any, line: int) -> None:
        self._values += 1
        if self._values > YAML_VALUES:
            raise self.wrong(f"too many values; {YAML_VALUES:,} are accepted in YAML", line, "write it as JSON Lines")
        if event.tag is not None:
            raise self.wrong(f"tag, found {shown(event.tag)}; untagged values are accepted", line)

    def _resolved(self, text: str, line: int) -> Any:
        try:
            return resolved(text)
        except ValueError as error:
            raise self.wrong(str(error), line) from None
