"""Signals from production, such as the share of answers that users corrected: a file of JSON lines, one a day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.json_text import iterate_jsonl
from pytest_goldenprompt.formats.reader import read_source
from pytest_goldenprompt.model.trend import Measure, Measured

SIGNALS_FILE = "signals.jsonl"
KEYS = ("date", "prompt", "name", "value", "better")
LEAST = 0.05
_MONTH = len("YYYY-MM")


def read_signals(root: Path | None, path: Path) -> list[Measured]:
    """Read signals; refused are unknown keys, days that are none, and a signal of which more is better and worse.

    `better` says whether "more" or "less" of it is better: less, where nothing is said.
    """
    source = read_source(root, path)
    known: dict[str, Measure] = {}
    return list(_read(source.text, source.where, known))


def _read(text: str, where: str, known: dict[str, Measure]) -> Iterator[Measured]:
    for line, row in iterate_jsonl(text, where):
        fields = Fields(row, where, line, "the signal")
        if not row.keys() <= set(KEYS):
            fields.refuse_unknown(KEYS)
        name, prompt = _needed(fields, "name"), _needed(fields, "prompt")
        more = fields.choice("better", ("more", "less")) == "more"
        measure = known.setdefault(name, Measure(name, more, least=LEAST))
        if measure.more_is_better is not more and row.get("better") is not None:
            raise fields.wrong("better", f"what was said of {name!r} before")
        day = _day(fields)
        yield Measured(prompt, measure, day, day.isoformat()[:_MONTH], _value(fields, row))


def _needed(fields: Fields, key: str) -> str:
    value = fields.name(key)
    if value is None:
        raise fields.wrong(key, "text on one line; a signal needs date, prompt, name and value,")
    return value


def _day(fields: Fields) -> date:
    text = _needed(fields, "date")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise fields.wrong("date", "a day as YYYY-MM-DD")
    return day


def _value(fields: Fields, row: Any) -> float:
    value = row.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise fields.wrong("value", "a number")
    return float(value)


def signals_at(root: Path, named: Path | None) -> list[Measured]:
    """Read the file that was named, or that of the library where it has one."""
    path = named or root / SIGNALS_FILE
    if named is None and not path.exists() and not path.is_symlink():
        return []
    if named is not None and not named.is_file():
        raise InputError(f"no such file, found {str(named)!r}", where="--signals")
    return read_signals(None if named else root, path)
