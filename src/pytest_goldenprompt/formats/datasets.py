"""Golden datasets: `.golden.yaml`, `.yml`, `.json`, `.jsonl`, `.csv`, and the test data inside a prompt file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import CASE_KEYS, case_of, refuse_duplicates
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.inline import dataset_from_rows
from pytest_goldenprompt.formats.located import Series, Table, line_of_item, shown
from pytest_goldenprompt.formats.reader import (
    Source,
    load_csv,
    load_json,
    load_jsonl,
    load_yaml,
    read_source,
    relative,
)
from pytest_goldenprompt.model.dataset import Dataset, Status

__all__ = ["HEADER_KEYS", "dataset_from_rows", "read_dataset"]

HEADER_KEYS = (
    "prompt",
    "provider",
    "owner",
    "status",
    "reviewed",
    "tags",
    "transform",
    "evaluators",
    "min_pass_rate",
    "cases",
)
_EDITOR_KEY = "$schema"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CSV_KEYS = ("id", "expected", "tags", "must_pass")
_NOT_IN_CSV = ("inputs", "transform", "evaluators", "messages")

_Parts: TypeAlias = tuple[Table, Series]


def read_dataset(root: Path, path: Path) -> Dataset:
    """Read a golden dataset under the root, strictly: a key that the schema does not have is refused.

    A case has the evaluators of the header, then its own. JSON Lines hold one case a line, behind an optional first
    line with header keys and none that only cases have. In CSV the columns `id`, `expected`, `tags` (separated by
    commas or spaces) and `must_pass` are the case's, and every other column is an input.
    """
    for ending, parts in _FORMATS.items():
        if path.name.endswith(ending):
            source = read_source(root, path)
            return _dataset(source, *parts(source))
    raise InputError(
        f"no golden dataset, found {shown(path.name)}; names ending in {', '.join(_FORMATS)} are accepted",
        where=relative(root, path),
    )


def _dataset(source: Source, header: Table, items: Series) -> Dataset:
    fields = Fields(header, source.where, header.line, "the header")
    fields.refuse_unknown((*HEADER_KEYS, _EDITOR_KEY))
    fields.text(_EDITOR_KEY)
    evaluators, transform = fields.evaluators(), fields.transforms()
    if not items:
        raise InputError(
            "no cases, found an empty dataset; at least one case is accepted",
            where=source.where,
            line=fields.line_of("cases"),
            remedy="take the file away, or give it `status: draft` and a case",
        )
    cases = tuple(
        case_of(item, source.where, line_of_item(items, index, header.line), evaluators, transform)
        for index, item in enumerate(items)
    )
    refuse_duplicates(cases)
    rate = fields.number("min_pass_rate", 0, 1)
    return Dataset(
        path=source.where,
        cases=cases,
        digest=source.digest,
        prompt=fields.name("prompt"),
        provider=fields.name("provider"),
        owner=fields.name("owner"),
        status=Status(fields.choice("status", tuple(Status)) or Status.ACTIVE),
        reviewed=_reviewed(fields),
        tags=fields.tags(),
        min_pass_rate=None if rate is None else float(rate),
    )


def _reviewed(fields: Fields) -> str | None:
    day = fields.text("reviewed")
    if day is None:
        return None
    try:
        valid = _DAY.fullmatch(day) is not None and date.fromisoformat(day)
    except ValueError:
        valid = False
    if not valid:
        raise fields.wrong("reviewed", "a day as YYYY-MM-DD")
    return day


def _document(source: Source, document: Any) -> _Parts:
    if not isinstance(document, Table):
        raise InputError(
            f"no golden dataset, found {shown(document)}; a map with `cases` is accepted", where=source.where, line=1
        )
    cases = document.get("cases")
    if not isinstance(cases, Series):
        # A misspelt `cases` is told apart from a missing one by the unknown key it leaves behind.
        fields = Fields(document, source.where, document.line, "the header")
        fields.refuse_unknown((*HEADER_KEYS, _EDITOR_KEY))
        raise fields.wrong("cases", "a list of at least one case")
    return document, cases


def _yaml_parts(source: Source) -> _Parts:
    return _document(source, load_yaml(source.text, source.where))


def _json_parts(source: Source) -> _Parts:
    return _document(source, load_json(source.text, source.where))


def _jsonl_parts(source: Source) -> _Parts:
    rows = load_jsonl(source.text, source.where)
    if not rows or not _is_header(rows[0]):
        return Table(), rows
    header = rows.pop(0)
    rows.lines.pop(0)
    if "cases" in header:
        raise Fields(header, source.where, header.line, "the header").wrong("cases", "one case on each further line")
    return header, rows


def _is_header(row: Mapping[str, Any]) -> bool:
    only_cases = set(CASE_KEYS) - set(HEADER_KEYS)
    return not only_cases & row.keys() and bool({*HEADER_KEYS, _EDITOR_KEY} & row.keys())


def _csv_parts(source: Source) -> _Parts:
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


_FORMATS: dict[str, Callable[[Source], _Parts]] = {
    ".golden.yaml": _yaml_parts,
    ".golden.yml": _yaml_parts,
    ".golden.json": _json_parts,
    ".golden.jsonl": _jsonl_parts,
    ".golden.csv": _csv_parts,
}
