"""Other files that a file names: read under the root, and counted in the digest of the file that names them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import plain, shown
from pytest_goldenprompt.formats.reader import Source, load_json, read_source, relative
from pytest_goldenprompt.model.values import digest_of


@dataclass
class References:
    """What one file names; `folder` is where its relative paths start. None as root: no files are read."""

    root: Path | None = None
    folder: Path = Path()
    digests: dict[str, str] = field(default_factory=dict)
    """The digest of each file that was read, by its path under the root."""

    def read(self, name: str, where: str, line: int) -> Source:
        """Read a named file; one that is not there, or not under the root, is told at the line that names it."""
        path = Path(os.path.normpath(self.folder / name))
        try:
            source = read_source(self.root, path)
        except InputError as error:
            told = relative(self.root, path)
            raise InputError(f"the file {told} that is named here: {error.what}", where=where, line=line) from None
        self.digests[source.where] = source.digest
        return source

    def value(self, name: str, where: str, line: int) -> Any:
        """Read a named file as a value: what a `.json` file holds, the text of any other."""
        source = self.read(name, where, line)
        return plain(load_json(source.text, source.where)) if name.endswith(".json") else source.text

    def digest(self, own: str) -> str:
        """Give the digest of a file together with all that it names; its own where it names nothing."""
        return digest_of([own, sorted(self.digests.items())]) if self.digests else own


def named_file(value: Any) -> str | None:
    """Give the name in `{file: NAME}`, None for any other value."""
    if isinstance(value, dict) and value.keys() == {"file"} and isinstance(value["file"], str):
        return value["file"]
    return None


def check_name(name: str, where: str, line: int) -> str:
    """Refuse a name that is no path at all, which the operating system would only tell in its own words."""
    if not name.strip() or "\0" in name:
        raise InputError(f"no name of a file, found {shown(name)}; a path is accepted", where=where, line=line)
    return name
