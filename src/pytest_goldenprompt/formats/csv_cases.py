"""Cases as rows of CSV: a few columns are the case's own, and every other one is an input."""

from __future__ import annotations

import re

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Series, Table, shown
from pytest_goldenprompt.formats.reader import Source, load_csv

_CSV_KEYS = ("id", "expected", "tags", "must_pass")
_NOT_IN_CSV = ("inputs", "transform", "evaluators", "messages", "metadata")


def csv_parts(source: Source) -> tuple[Table, Series]:
    """Read the cases of a CSV file, which has no header keys."""
    rows = load_csv(source.text, source.where)
    cases = Series()
    for row, line in zip(rows, rows.lines, strict=True):
        cases.append(_csv_case(row, source.where))
        cases.lines.append(line)
    return Table(), cases


def _csv_case(row: Table, where: str) -> Table:
    fields = Fields(row, where, row.line, "the row")
    case = Table(row.line)
    inputs = Table(row.line)
    for column, cell in row.items():
        if column in _NOT_IN_CSV or column.startswith("__"):
            raise InputError(
                f"wrong column, found {shown(column)}; inputs and {', '.join(_CSV_KEYS)} are accepted in CSV",
                where=where,
                line=1,
                remedy="import other tools' files, or write it as JSON Lines",
            )
        if column not in _CSV_KEYS:
            inputs[column] = cell
        elif column == "must_pass":
            case[column] = _csv_flag(fields)
        elif cell:
            case[column] = [tag for tag in re.split(r"[,\s]+", cell) if tag] if column == "tags" else cell
    case["inputs"] = inputs
    return case


def _csv_flag(fields: Fields) -> bool:
    cell = str(fields.table["must_pass"]).strip().lower()
    if cell not in ("true", "false", ""):
        raise fields.wrong("must_pass", "true, false or an empty cell")
    return cell == "true"
