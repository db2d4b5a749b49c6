"""JSON and JSON Lines as located trees: duplicate keys, NaN and bottomless nesting refused."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # there, but for the stubs
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import MAX_DEPTH, Series, Table, duplicate_key, shown, too_deep

JSON_VALUES = 2_000_000
"""Values in one file, counted by their separators; memory is some 80 bytes each."""

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"NaN|-?Infinity")
_WORD = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}
_LINE_END = re.compile(r"\r\n|\r|\n")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class _RefusedError(ValueError):
    """A value that the standard decoder would take and we do not."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        keys = [key for key, _ in pairs]
        again = next(key for index, key in enumerate(keys) if key in keys[:index])
        raise _RefusedError(f"duplicate key, found {shown(again)} again; each key once is accepted")
    return table


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _RefusedError(f"not a usable number, found {shown(text)}; finite numbers are accepted")
    return number


def _constant(text: str) -> Any:
    raise _RefusedError(f"not a finite number, found {text}; finite numbers or null are accepted")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_constant)
_SCAN_ONCE: Callable[[str, int], tuple[Any, int]] = vars(_DECODER)["scan_once"]


def load_jsonl(text: str, where: str) -> Series:
    """Read JSON Lines: one object a line, blank lines ignored; each object knows its line."""
    _refuse_too_many(text, where)
    rows = Series()
    for line, row in iterate_jsonl(text, where):
        table = Table(line)
        table.update(row)
        rows.append(table)
        rows.lines.append(line)
    return rows


def iterate_jsonl(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read JSON Lines one by one, each with its line (from 1), as plain dicts; only a single line's size is capped."""
    lines = _LINE_END.split(text) if "\r" in text else text.split("\n")
    for number, content in enumerate(lines, start=1):
        if not content or content.isspace():
            continue
        if len(content) > JSON_VALUES:
            _refuse_too_many(content, where, number)
        if content.count("[") + content.count("{") > MAX_DEPTH and _depth_exceeded(content):
            raise too_deep(where, number)
        row = _decoded(content, where, number)
        if type(row) is not dict:
            raise InputError(f"found {shown(row)}; one object a line is accepted", where=where, line=number)
        yield number, row


def _decoded(content: str, where: str, line: int) -> Any:
    try:
        return _value(content)
    except JSONDecodeError as error:
        what = f"not valid JSON at column {error.colno}: {error.msg}; one object a line is accepted"
    except _RefusedError as error:
        what = str(error)
    except ValueError:
        what = "a number is too long; finite numbers are accepted"
    raise InputError(what, where=where, line=line)


def _value(content: str) -> Any:
    # What `decode` adds around this call is most of its time on short lines, and needed only where something is odd.
    try:
        value, end = _SCAN_ONCE(content, 0)
    except StopIteration:
        end = -1
    return value if end == len(content) else _DECODER.decode(content)


def _depth_exceeded(text: str) -> bool:
    depth = 0
    for match in _BRACKETS.finditer(text):
        mark = match.group()
        depth += 1 if mark in "[{" else -1 if mark in "]}" else 0
        if depth > MAX_DEPTH:
            return True
    return False


def _refuse_too_many(text: str, where: str, line: int | None = None) -> None:
    if text.count(",") + text.count("[") + text.count("{") > JSON_VALUES:
        raise InputError(f"too many values; about {JSON_VALUES:,} are accepted", where=where, line=line)


def load_json(text: str, where: str, first_line: int = 1) -> Any:
    """Read one JSON document as a located tree; `first_line` is where the text starts in its file."""
    _refuse_too_many(text, where)
    scan = _Scan(text, where, first_line)
    try:
        value, end = scan.value(scan.skip(0), 0)
    except JSONDecodeError as error:
        raise scan.wrong(f"not valid JSON: {error.msg}", error.pos) from None
    if end != len(text):
        raise scan.wrong("text after the end of the JSON value; one value is accepted", end)
    return value


class _Scan:
    """A place in a JSON text; written out because the standard decoder does not tell where values stand."""

    def __init__(self, text: str, where: str, first_line: int) -> None:
        self.text = text
        self.where = where
        self.first_line = first_line
        self.ends = [match.end() for match in _LINE_END.finditer(text)]

    def line(self, at: int) -> int:
        return bisect_right(self.ends, at) + self.first_line

    def wrong(self, what: str, at: int) -> InputError:
        return InputError(what, where=self.where, line=self.line(at))

    def skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """Read the value that starts at `at`; give it with the place after the space that follows it."""
        mark = self.text[at : at + 1]
        if mark == '"':
            value, end = scanstring(self.text, at + 1, True)
        elif mark in ("{", "["):
            if depth >= MAX_DEPTH:
                raise too_deep(self.where, self.line(at))
            value, end = self.table(at, depth) if mark == "{" else self.series(at, depth)
        elif mark in _WORD and self.text.startswith(_WORD[mark][0], at):
            value, end = _WORD[mark][1], at + len(_WORD[mark][0])
        else:
            value, end = self.number(at)
        return value, self.skip(end)

    def number(self, at: int) -> tuple[Any, int]:
        match = _NUMBER.match(self.text, at)
        if match is None:
            found = _NOT_FINITE.match(self.text, at)
            text = found.group() if found else self.text[at : at + 10]
            raise self.wrong(
                f"not valid JSON, found {shown(text) if text else 'the end'}; a JSON value is accepted", at
            )
        try:
            value = _finite(match.group()) if match.group(1) or match.group(2) else int(match.group())
        except ValueError:
            raise self.wrong("a number is too long; finite numbers are accepted", at) from None
        return value, match.end()

    def series(self, at: int, depth: int) -> tuple[Series, int]:
        series = Series(self.line(at))
        at = self.skip(at + 1)
        if self.text.startswith("]", at):
            return series, at + 1
        while True:
            series.lines.append(self.line(at))
            value, at = self.value(at, depth + 1)
            series.append(value)
            if self.text.startswith("]", at):
                return series, at + 1
            at = self.after(",", at, "] or ,")

    def table(self, at: int, depth: int) -> tuple[Table, int]:
        table = Table(self.line(at))
        at = self.skip(at + 1)
        if self.text.startswith("}", at):
            return table, at + 1
        while True:
            start, key, at = self.key(at)
            if key in table:
                raise duplicate_key(key, self.where, self.line(start), table.lines[key])
            table.lines[key] = self.line(start)
            table[key], at = self.value(at, depth + 1)
            if self.text.startswith("}", at):
                return table, at + 1
            at = self.after(",", at, "} or ,")

    def key(self, at: int) -> tuple[int, str, int]:
        start = at
        at = self.after('"', at, "a key in double quotes", skip=False)
        key, at = scanstring(self.text, at, True)
        return start, key, self.after(":", self.skip(at), ":")

    def after(self, mark: str, at: int, accepted: str, *, skip: bool = True) -> int:
        """Go past a mark, and past the space behind it, or say what was found in its place."""
        if not self.text.startswith(mark, at):
            found = shown(self.text[at : at + 10]) if at < len(self.text) else "the end"
            raise self.wrong(f"not valid JSON, found {found}; {accepted} is accepted", at)
        return self.skip(at + 1) if skip else at + 1


def json_span(text: str, way: Sequence[str | int]) -> tuple[int, int]:
    """Give where a value of a valid document starts and ends; `way` are the keys and indices to it. Else a KeyError."""
    scan = _Scan(text, "", 1)
    at = scan.skip(0)
    for key in way:
        at = _below(scan, at, key)
    end = scan.value(at, 0)[1]
    return at, at + len(text[at:end].rstrip(" \t\r\n"))


def _below(scan: _Scan, at: int, wanted: str | int) -> int:
    """Go to the value of a key, or to an item, of the map or list that starts here."""
    is_table, index = scan.text.startswith("{", at), 0
    at = scan.skip(at + 1)
    while not scan.text.startswith("}" if is_table else "]", at):
        key: str | int = index
        if is_table:
            _, key, at = scan.key(at)
        if key == wanted:
            return at
        _, at = scan.value(at, 0)
        at = scan.after(",", at, ",") if scan.text.startswith(",", at) else at
        index += 1
    raise KeyError(wanted)
