"""CSV as a located tree: a row is a map from column to text."""

from __future__ import annotations

import csv
import io

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import Series, Table, shown


def load_csv(text: str, where: str) -> Series:
    """Read CSV with a header row; every cell is text, and a row's line is the one it starts on.

    Refused: rows with more or fewer cells than the header, empty or duplicate column names, broken quotes, cells over
    128 KiB. Blank lines are ignored.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = Series()
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if cells and header is None:
                header = _header(cells, where, line)
            elif cells and header is not None:
                rows.append(_row(header, cells, where, line))
                rows.lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"not valid CSV, found {error}; quoted cells with doubled quotes inside are accepted",
            where=where,
            line=line,
            remedy="write cells over 128 KiB as JSON Lines" if "limit" in str(error) else "",
        ) from None
    return rows


def _header(cells: list[str], where: str, line: int) -> list[str]:
    names = [cell.strip() for cell in cells]
    for index, name in enumerate(names):
        if not name:
            raise InputError(f"column {index + 1} has no name; a name for each is accepted", where=where, line=line)
        if name in names[:index]:
            raise InputError(f"duplicate column, found {shown(name)} again; each once", where=where, line=line)
    return names


def _row(header: list[str], cells: list[str], where: str, line: int) -> Table:
    if len(cells) != len(header):
        raise InputError(
            f"ragged row, found {len(cells)} cells; {len(header)} as in the header are accepted",
            where=where,
            line=line,
            remedy="put cells that hold commas or line ends into quotes",
        )
    row = Table(line)
    row.update(zip(header, cells, strict=True))
    return row
