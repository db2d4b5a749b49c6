"""Golden datasets: `.golden.yaml`, `.yml`, `.json`, `.jsonl`, `.csv`, folders of cases, and test data in a prompt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.added import parts_from
from pytest_goldenprompt.formats.cases import CASE_KEYS, Common, case_of, refuse_duplicates
from pytest_goldenprompt.formats.csv_cases import csv_parts
from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.inline import dataset_from_rows
from pytest_goldenprompt.formats.located import Series, Table, line_of_item, shown, with_items
from pytest_goldenprompt.formats.pairing import files_of, is_dataset_folder
from pytest_goldenprompt.formats.reader import (
    Source,
    load_json,
    load_jsonl,
    load_yaml,
    read_source,
    relative,
)
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.dataset import Case, Dataset, Status

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
_HEADER = "header"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_Parts: TypeAlias = tuple[Table, Series]
Faults: TypeAlias = list[InputError] | None


def read_dataset(root: Path, path: Path, formats: Formats = OURS, faults: Faults = None) -> Dataset:
    """Read a golden dataset under the root, strictly: a key that the schema does not have is refused.

    A case has the evaluators of the header, then its own. JSON Lines hold one case a line, behind an optional first
    line with header keys and none that only cases have. In CSV the columns `id`, `expected`, `tags` (separated by
    commas or spaces) and `must_pass` are the case's, and every other column is an input. A folder holds one case a
    YAML or JSON file, which names it where it has no id, or many in JSON Lines and CSV; `header.yaml` has the header.

    What is wrong with a case is put into `faults`, and the case left out; without a list the first fault is raised.
    What is wrong with the file, or with all of its cases, is raised in any case.
    """
    if is_dataset_folder(path):
        return _from_folder(root, path, faults)
    parts = _parts_for(path.name, formats)
    if parts is None:
        raise InputError(
            f"no golden dataset, found {shown(path.name)}; names ending in "
            f"{', '.join(formats.dataset_endings)} are accepted",
            where=relative(root, path),
            remedy="a format of your own is added in conftest.py, which pytest --golden alone reads",
        )
    source, files = read_source(root, path), References(root, (root / path).parent)
    header, items = parts(source)
    fields = _header(header, source)
    cases = _cases(source, items, _common(fields, files), faults)
    return _dataset(source.where, fields, cases, files.digest(source.digest), faults)


def _parts_for(name: str, formats: Formats) -> Callable[[Source], _Parts] | None:
    """Give what reads a file of this name into a header and cases."""
    readers = {ending: partial(parts_from, reader) for ending, reader in formats.datasets.items()}
    known: dict[str, Callable[[Source], _Parts]] = {**_FORMATS, **readers}
    return next((parts for ending, parts in known.items() if name.endswith(ending)), None)


def _from_folder(root: Path, folder: Path, faults: Faults) -> Dataset:
    where = relative(root, folder)
    files = References(root, root / folder)
    paths = files_of(root / folder)
    headers = [path for path in paths if path.stem == _HEADER]
    if len(headers) > 1:
        raise InputError(f"two headers, found {headers[0].name} and {headers[1].name}; one is accepted", where=where)
    fields = Fields({}, where, 1, "the header")
    for path in headers:
        source = files.read(path.name, where, 1)
        fields = _header(_map_of(source, path.suffix), source)
    common = _common(fields, files)
    cases: list[Case] = []
    for path in paths:
        if path not in headers:
            source = files.read(path.name, where, 1)
            cases.extend(_part(source, path, common, faults))
    return _dataset(where, fields, tuple(cases), files.digest(""), faults)


def _part(source: Source, path: Path, common: Common, faults: Faults) -> Iterator[Case]:
    """Read the cases of one file of a folder."""
    if path.suffix in {".jsonl", ".csv"}:
        header, items = _FORMATS[f".golden{path.suffix}"](source)
        if header:
            raise InputError(
                f"a header among cases, found {shown(next(iter(header)))}; cases are accepted in a folder's files",
                where=source.where,
                line=header.line,
                remedy=f"write it into {_HEADER}.yaml",
            )
        yield from _cases(source, items, common, faults)
    else:
        table = _map_of(source, path.suffix)
        named = with_items(table, {"id": path.stem, **table}) if isinstance(table, Table) else table
        yield from _cases(source, Series.of(named), common, faults)


def _map_of(source: Source, suffix: str) -> Any:
    return load_json(source.text, source.where) if suffix == ".json" else load_yaml(source.text, source.where)


def _header(header: Any, source: Source) -> Fields:
    if not isinstance(header, Table):
        raise InputError(f"no header, found {shown(header)}; a map is accepted", where=source.where, line=1)
    fields = Fields(header, source.where, header.line, "the header")
    fields.refuse_unknown((*HEADER_KEYS, _EDITOR_KEY))
    fields.text(_EDITOR_KEY)
    return fields


def _common(fields: Fields, files: References) -> Common:
    return Common(fields.evaluators(), fields.transforms(), files)


def _cases(source: Source, items: Series, common: Common, faults: Faults) -> tuple[Case, ...]:
    cases = []
    for index, item in enumerate(items):
        try:
            cases.append(case_of(item, source.where, line_of_item(items, index, 1), common))
        except InputError as error:
            if faults is None:
                raise
            faults.append(error)
    return tuple(cases)


def _dataset(where: str, fields: Fields, cases: tuple[Case, ...], digest: str, faults: Faults = None) -> Dataset:
    if not cases and faults:
        raise faults[0]
    if not cases:
        raise InputError(
            "no cases, found an empty dataset; at least one case is accepted",
            where=where,
            line=fields.line_of("cases"),
            remedy="take the file away, or give it `status: draft` and a case",
        )
    refuse_duplicates(cases, faults)
    rate = fields.number("min_pass_rate", 0, 1)
    return Dataset(
        path=where,
        cases=cases,
        digest=digest,
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


_FORMATS: dict[str, Callable[[Source], _Parts]] = {
    ".golden.yaml": _yaml_parts,
    ".golden.yml": _yaml_parts,
    ".golden.json": _json_parts,
    ".golden.jsonl": _jsonl_parts,
    ".golden.csv": csv_parts,
}
