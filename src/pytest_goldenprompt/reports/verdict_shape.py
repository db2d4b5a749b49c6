"""The strict reading of a verdict record: every field that its schema names is there, of its type, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from pytest_goldenprompt.errors import InputError

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}

LIMITS: Mapping[str, Callable[[Any, Any], bool]] = {
    "const": lambda value, wanted: value == wanted,
    "enum": lambda value, known: value in known,
    "minimum": lambda value, least: not TYPES["number"](value) or value >= least,
    "maximum": lambda value, most: not TYPES["number"](value) or value <= most,
    "pattern": lambda value, pattern: not isinstance(value, str) or bool(re.search(pattern.replace("$", r"\Z"), value)),
}

SHOWN = 60
"""Characters of a value that an error shows."""


def read_record(text: str, where: str) -> dict[str, Any]:
    """Read a verdict record; unknown, missing, doubled and mistyped fields are an InputError that names the first."""
    try:
        plain = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(f"no verdict record: {error}", where=where) from None
    fault = next(_faults(plain, schema(), ""), "")
    if fault:
        raise InputError(f"no verdict record that this version writes: {fault}", where=where)
    record: dict[str, Any] = plain
    return record


@cache
def schema() -> dict[str, Any]:
    """Give the JSON Schema that is shipped."""
    file = resources.files("pytest_goldenprompt") / "schemas" / "verdict.schema.json"
    plain: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return plain


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"field {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return plain


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _faults(value: Any, rule: Mapping[str, Any], at: str) -> Iterator[str]:
    """List what a value has that a rule does not allow, a sentence each; `at` is the path to the value."""
    if "$ref" in rule:
        yield from _faults(value, schema()["$defs"][rule["$ref"].rpartition("/")[2]], at)
    if "anyOf" in rule:
        yield from min(([*_faults(value, one, at)] for one in rule["anyOf"]), key=lambda found: _distance(found, at))
    kinds = rule.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[kind](value) for kind in kinds):
        yield f"{at or 'the whole'} is no {' or '.join(kinds)}, found {_shown(value)}"
        return
    for name, holds in LIMITS.items():
        if name in rule and not holds(value, rule[name]):
            yield f"{at} is not as expected ({name} {_shown(rule[name])}), found {_shown(value)}"
    if isinstance(value, dict):
        yield from _of_fields(value, rule, at)
    if isinstance(value, list) and "items" in rule:
        for number, item in enumerate(value):
            yield from _faults(item, rule["items"], f"{at}[{number}]")


def _distance(faults: Sequence[str], at: str) -> tuple[bool, int]:
    """Say how far a value is from a rule: one of another type is no try at it."""
    return bool(faults) and faults[0].startswith(f"{at} is no "), len(faults)


def _of_fields(value: Mapping[str, Any], rule: Mapping[str, Any], at: str) -> Iterator[str]:
    known, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    for name in sorted(set(rule.get("required", ())) - value.keys()):
        yield f"field {_path(at, name)} is missing"
    for name, below in value.items():
        if name in known:
            yield from _faults(below, known[name], _path(at, name))
        elif others is False:
            yield f"field {_path(at, name)} is unknown"
        elif isinstance(others, dict):
            yield from _faults(below, others, _path(at, name))


def _path(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
