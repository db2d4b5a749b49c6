"""TOML with places: every table and key remembers its line, which the standard parser does not tell."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import Table

LONGEST_LINE = 2000
"""Characters; the standard parser's time grows with the square of the dots in one key."""

_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))\s*[.=]")


def read_toml(text: str, where: str) -> Table:
    """Read a document; tables in it are Tables, each with its lines. What is no TOML is an InputError."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            what = f"a line too long, found {len(line):,} characters; at most {LONGEST_LINE:,} are accepted in TOML"
            raise InputError(what, where=where, line=number, remedy="write a long list over several lines")
    try:
        located = _table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        at = int(place.group(1)) if place else text.count("\n") + 1
        what = str(error).removesuffix(place.group() if place else "")
        raise InputError(f"not valid TOML: {what}", where=where, line=at) from None
    except (ValueError, RecursionError):
        raise InputError("not usable TOML, found a number too long or nesting too deep", where=where) from None
    _put_lines(located, text)
    return located


def _table(plain: dict[str, Any]) -> Table:
    """Make Tables of all maps; without recursion, as a head of one line may nest a thousand levels deep."""
    whole = Table()
    todo = [(whole, plain)]
    while todo:
        table, source = todo.pop()
        for key, value in source.items():
            if isinstance(value, dict):
                table[key] = Table()
                todo.append((table[key], value))
            else:
                table[key] = value
    return whole


def _put_lines(document: Table, text: str) -> None:
    """Find tables and keys by a plain search: text that only looks like them costs a message its line at worst."""
    here: Table | None = document
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("["):
            here = _at_head(document, line, number)
        elif here is not None and (match := _KEY.match(line)):
            key = match[1] or match[2] or match[3]
            if key not in here.lines and isinstance(here.get(key), Table):
                here[key].line = number
            here.lines.setdefault(key, number)


def _at_head(document: Table, line: str, number: int) -> Table | None:
    """Go to the table that a head such as `[limits."openai:gpt"]` names; the tables on the way learn the line."""
    try:
        way = tomllib.loads(line)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    here = document
    while way:
        [(key, way)] = way.items()
        here.lines.setdefault(key, number)
        below = here.get(key)
        if not isinstance(below, Table) or not isinstance(way, dict):
            return None
        here = below
    here.line = number
    return here
