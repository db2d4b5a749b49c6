"""Values and cases as YAML that any parser reads as they are, in the style of hand-written datasets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pytest_goldenprompt.formats.scalars import resolved
from pytest_goldenprompt.model.values import JSON

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ ./()'-]*")
_WORDS = frozenset(["yes", "no", "on", "off", "y", "n", "true", "false", "null"])
"""What YAML 1.1 takes for something else than text."""

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_NOT_LITERAL = re.compile(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]| (?:\n|\Z)")


def flow(value: JSON) -> str:
    """Write a value on one line: text without quotes where that is certain to stay text, all else as JSON."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value == value.strip() and _stays_text(value):
        return value
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(value, ensure_ascii=False))


def _stays_text(text: str) -> bool:
    return text.lower() not in _WORDS and isinstance(resolved(text), str)


def item(case: Mapping[str, JSON], indent: int) -> str:
    """Write a case as an item of a list that is indented by so many blanks; it ends without a line end."""
    lines = [f"{' ' * indent}{'  ' if number else '- '}{line}" for number, line in enumerate(_lines(case))]
    return "\n".join(line if line.strip() else "" for line in lines)


def document(case: Mapping[str, JSON]) -> str:
    """Write a case as a document of its own."""
    return "\n".join(_lines(case)) + "\n"


def _lines(case: Mapping[str, JSON]) -> Iterator[str]:
    for key, value in case.items():
        if key == "inputs" and isinstance(value, Mapping) and value:
            yield "inputs:"
            for name, inner in value.items():
                yield from _entry(flow(name), inner, 2)
        elif key == "messages" and isinstance(value, list | tuple):
            yield "messages:"
            yield from (f"  - {flow(message)}" for message in value)
        else:
            yield from _entry(key, value, 0)


def _entry(key: str, value: JSON, indent: int) -> Iterator[str]:
    """Write a key with its value; a text of several lines as a literal block, which people can read."""
    blanks = " " * indent
    if not isinstance(value, str) or "\n" not in value or _NOT_LITERAL.search(value) or value.startswith((" ", "\n")):
        yield f"{blanks}{key}: {flow(value)}"
        return
    body = value.removesuffix("\n")
    if body.endswith("\n"):
        yield f"{blanks}{key}: {flow(value)}"
        return
    yield f"{blanks}{key}: |{'' if value.endswith(chr(10)) else '-'}"
    yield from (f"{blanks}  {line}" if line else "" for line in body.split("\n"))
