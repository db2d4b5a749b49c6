"""Front matter: the YAML between two `---` lines at the top of a prompt file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.reader import Source, load_yaml

_FENCE = "---"


def lines_of(source: Source) -> list[str]:
    """Give a file's lines, whatever ends them."""
    return unix(source.text).split("\n")


def unix(text: str) -> str:
    """Give a text with the line ends of Unix."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def bounds(lines: list[str], where: str, *, comments: bool = False) -> tuple[slice, int]:
    """Give where the front matter's lines stand and the index of the body's first line; nothing and 0 without one.

    `comments`: blank lines and lines that start with `#` may stand before it.
    """
    first = 0
    while comments and first < len(lines) - 1 and (not lines[first].strip() or lines[first].startswith("#")):
        first += 1
    if lines[first].rstrip() != _FENCE:
        return slice(0, 0), 0
    for index, line in enumerate(lines[first + 1 :], start=first + 1):
        if line.rstrip() == _FENCE:
            return slice(first + 1, index), index + 1
    raise InputError(
        "the front matter has no end, found no second --- line; front matter between two --- lines is accepted",
        where=where,
        line=first + 1,
    )


def header_of(lines: list[str], where: str, first_line: int) -> Fields:
    """Read the lines of a front matter, the first of which is `first_line` in the file; none give no fields."""
    table: Any = load_yaml("\n".join(lines), where, first_line=first_line)
    if table is not None and not isinstance(table, Mapping):
        raise InputError(f"wrong front matter, found {shown(table)}; a map is accepted", where=where, line=first_line)
    return Fields(table or {}, where, first_line, "the front matter")
