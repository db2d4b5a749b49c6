"""Values that remember where they were written, so that every complaint can name file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_goldenprompt.errors import InputError

MAX_DEPTH = 64
"""Levels of maps and lists in any file; what is read here must later survive recursive writing and comparing."""

LONGEST_SHOWN = 60


class Table(dict[str, Any]):
    """A map with the line it starts on, and the lines of its keys where the format tells them (from 1)."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Series(list[Any]):
    """A list with the line it starts on and the lines of its items (from 1)."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []

    @classmethod
    def of(cls, item: Any, line: int = 1) -> Series:
        """Make a list of one item."""
        series = cls(line)
        series.append(item)
        series.lines.append(line)
        return series


def line_of_key(table: Mapping[str, Any], key: str, otherwise: int) -> int:
    """Give the line a key stands on; the map's own line, or `otherwise`, where nothing nearer is known."""
    return table.lines.get(key, table.line) if isinstance(table, Table) else otherwise


def line_of_item(series: Sequence[Any], index: int, otherwise: int) -> int:
    """Give the line an item of a list starts on, or `otherwise` where it is not known."""
    return series.lines[index] if isinstance(series, Series) and index < len(series.lines) else otherwise


def with_items(table: Mapping[str, Any], items: Mapping[str, Any]) -> Table:
    """Give a map with other items, whose keys stand where they stood."""
    copied = Table(table.line if isinstance(table, Table) else 1)
    copied.update(items)
    copied.lines.update(table.lines if isinstance(table, Table) else {})
    return copied


def plain(value: Any) -> Any:
    """Give the value without places: only dict, list and scalars, as JSON knows them."""
    if isinstance(value, Table):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Series):
        return [plain(item) for item in value]
    return value


def shown(value: Any) -> str:
    """Name a value in a message: short, on one line, and printable whatever is in it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"a map of {len(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def too_deep(where: str, line: int | None) -> InputError:
    """Build the complaint about nesting, the same for every format."""
    return InputError(
        f"nested too deep, found more than {MAX_DEPTH} levels; at most {MAX_DEPTH} are accepted", where=where, line=line
    )


def duplicate_key(key: str, where: str, line: int, first: int | None = None) -> InputError:
    """Build the complaint about a key given twice, the same for every format."""
    seen = f" (first on line {first})" if first is not None else ""
    return InputError(
        f"duplicate key, found {shown(key)} again{seen}; each key once is accepted", where=where, line=line
    )
