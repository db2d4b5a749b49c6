"""Files of other tools: opened by the one reader, under one folder, never run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.reader import Source, load_csv, load_json, load_jsonl, load_yaml, relative
from pytest_goldenprompt.formats.references import References, check_name

CODE = (
    ".js",
    ".cjs",
    ".mjs",
    ".ts",
    ".cts",
    ".mts",
    ".py",
    ".rb",
    ".go",
    ".sh",
    ".bash",
    ".exe",
    ".bat",
    ".cmd",
    ".ps1",
)
_LOADERS = {".json": load_json, ".jsonl": load_jsonl, ".yaml": load_yaml, ".yml": load_yaml, ".csv": load_csv}


@dataclass(frozen=True, slots=True)
class Place:
    """The file that an import starts from: `root` bounds what is read, `path` is the file, named in messages."""

    root: Path
    path: Path

    @property
    def files(self) -> References:
        """Give what reads other files that the file names, relative to its folder."""
        return References(self.root, self.path.parent)

    def source(self) -> Source:
        """Read the file itself."""
        return self.files.read(self.path.name, relative(self.root, self.path), 1)


def loaded(source: Source, name: str, accepted: tuple[str, ...] = tuple(_LOADERS)) -> Any:
    """Read a file's text as the located tree of its format, known by its name's end."""
    suffix = Path(name).suffix.lower()
    if suffix not in accepted:
        raise InputError(
            f"no format that is read, found {shown(name)}; {', '.join(accepted)} are accepted", where=source.where
        )
    return _LOADERS[suffix](source.text, source.where)


def is_whole(text: str) -> bool:
    """Say whether a text can be written: JSON may hold halves of characters, which no file can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_code(name: str) -> bool:
    """Say whether a name is that of a program, perhaps with a function behind a colon."""
    path = name.removeprefix("file://")
    return any(part.lower().endswith(CODE) for part in (path, path.rpartition(":")[0]))


def named_files(files: References, name: str, where: str, line: int) -> list[Source]:
    """Read the file, or the files by a pattern, that a file names; code is an UncarriedError, nothing an InputError."""
    path = check_name(name.removeprefix("file://"), where, line)
    if not is_whole(path):
        raise InputError(f"no name of a file, found {shown(path)}; a path is accepted", where=where, line=line)
    if is_code(path):
        raise UncarriedError("it is code, which is never run here")
    if not any(mark in path for mark in "*?["):
        return [files.read(path, where, line)]
    try:
        found = sorted(files.folder.glob(path))
    except (ValueError, NotImplementedError):
        found = []
    if not found:
        raise InputError(
            f"no file that matches, found {shown(path)}; a path or pattern is accepted", where=where, line=line
        )
    return [files.read(os.path.relpath(one, files.folder), where, line) for one in found if one.is_file()]
