"""One change in the text of a CSV file: another expectation, or a row more."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.csv_text import load_csv
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.model.values import JSON

_EXPECTED = "expected"


def csv_expected(text: str, where: str, line: int, value: JSON, by_hand: str) -> str:
    """Give the text with another cell `expected` in the row that starts on a line; the other cells stay as written."""
    rows = load_csv(text, where)
    names = _columns(text)
    at = next((index for index, number in enumerate(rows.lines) if number == line), None)
    if at is None or _EXPECTED not in names or not isinstance(value, str):
        what = f"CSV cannot hold it here, found {shown(value)}; a text in the column `expected` is accepted"
        raise InputError(what, where=where, line=line, remedy=by_hand)
    start = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    begin, end = _cell(text, start, names.index(_EXPECTED))
    changed = text[:begin] + _csv_line([value]) + text[end:]
    wanted = [dict(row) for row in rows]
    wanted[at][_EXPECTED] = value
    if [dict(row) for row in load_csv(changed, where)] != wanted:
        raise InputError("this cell cannot be changed with certainty; a plain cell is accepted", where=where, line=line)
    return changed


def _cell(text: str, at: int, wanted: int) -> tuple[int, int]:
    """Give where a cell of the row that starts here begins and ends, quotes included."""
    column, begin, quoted = 0, at, False
    while at < len(text):
        letter = text[at]
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in ",\r\n":
            if column == wanted or letter != ",":
                break
            column, begin = column + 1, at + 1
        at += 1
    return begin, at


def csv_case(text: str, where: str, case: Mapping[str, JSON]) -> str:
    """Give the text with one row more."""
    names = _columns(text)
    inputs = case.get("inputs")
    tags = case.get("tags") or ()
    cells: dict[str, Any] = {key: value for key, value in case.items() if key not in {"inputs", "tags"}}
    cells |= dict(inputs) if isinstance(inputs, Mapping) else {}
    cells |= {"tags": " ".join(str(tag) for tag in tags)} if isinstance(tags, list | tuple) and tags else {}
    wrong = [name for name, cell in cells.items() if name not in names or not isinstance(cell, str)]
    if wrong:
        what = f"CSV cannot hold the case, found {shown(wrong[0])}; texts in {', '.join(names)} are accepted"
        raise InputError(what, where=where, line=1, remedy="add a column, or write the dataset as JSON Lines")
    end = "\r\n" if "\r\n" in text else "\n"
    row = _csv_line([cells.get(name, "") for name in names])
    changed = text + ("" if text.endswith("\n") else end) + row + end
    load_csv(changed, where)
    return changed


def _columns(text: str) -> list[str]:
    return [name.strip() for name in next(iter(csv.reader(io.StringIO(text, newline=""))), [])]


def _csv_line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
