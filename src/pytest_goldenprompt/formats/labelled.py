"""Answers that people labelled, to hold a judge against: JSON Lines, JSON, YAML or CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.json_text import load_json, load_jsonl
from pytest_goldenprompt.formats.located import Series, Table, line_of_item, plain, shown
from pytest_goldenprompt.formats.reader import load_csv, load_yaml, read_source
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, canonical, digest_of

KEYS = ("id", "inputs", "expected", "output", "label")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer to a case, and what a person calls it; `line` counts from 1 in the file `where`."""

    case: Case
    output: Output
    label: str
    where: str
    line: int


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """Read labelled answers: each has `output` (text or data) and `label`, and may have inputs, expected and id.

    In CSV, columns of other names are inputs. Refused: other formats, unknown keys, rows without answer or label.
    """
    source = read_source(None, path)
    load = _LOADERS.get(path.suffix.lower())
    if load is None:
        raise InputError(
            f"no labelled answers, found {shown(path.suffix)}; {', '.join(_LOADERS)} are accepted", where=source.where
        )
    rows = load(source.text, source.where)
    if not isinstance(rows, Series) or not rows:
        raise InputError(f"no labelled answers, found {shown(rows)}; a list of them is accepted", where=source.where)
    return tuple(_row(row, source.where, line_of_item(rows, index, 1)) for index, row in enumerate(rows))


def _row(row: Any, where: str, line: int) -> Labelled:
    if not isinstance(row, Mapping):
        raise InputError(f"wrong row, found {shown(row)}; a map is accepted", where=where, line=line)
    fields = Fields(row, where, line, "the row")
    fields.refuse_unknown(KEYS)
    output, label = plain(row.get("output")), row.get("label")
    if output is None:
        raise fields.wrong("output", "the answer, text or data,")
    if not isinstance(label, str | int | float) or isinstance(label, bool) or not str(label).strip():
        raise fields.wrong("label", "one of the judge's choices", "put true and false into quotes")
    inputs, expected = plain(fields.map("inputs") or {}), plain(row.get("expected"))
    name = digest_of([inputs, expected, output], SHORT_DIGEST_LENGTH)
    case = Case(str(row.get("id") or f"row-{name}"), inputs, expected, line=line, path=where)
    text = output if isinstance(output, str) else canonical(output)
    value: JSON = None if isinstance(output, str) else output
    return Labelled(case, Output(text, value), str(label).strip(), where, line)


def _csv(text: str, where: str) -> Series:
    rows = Series()
    for row in load_csv(text, where):
        made = Table(row.line)
        made.update({name: cell for name, cell in row.items() if name in KEYS and name != "inputs" and cell})
        made["inputs"] = {name: cell for name, cell in row.items() if name not in KEYS or name == "inputs"}
        rows.append(made)
        rows.lines.append(row.line)
    return rows


_LOADERS: dict[str, Callable[[str, str], Any]] = {
    ".jsonl": load_jsonl,
    ".json": load_json,
    ".yaml": load_yaml,
    ".yml": load_yaml,
    ".csv": _csv,
}
