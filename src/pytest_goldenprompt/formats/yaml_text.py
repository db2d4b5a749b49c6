"""Values as YAML text, for people to read and for every YAML reader to understand the same way."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from pytest_goldenprompt.formats.scalars import resolved
from pytest_goldenprompt.model.values import JSON

_TEXT = "tag:yaml.org,2002:str"
_ODD_BREAKS = frozenset("\r\x85\u2028\u2029\ufeff")
_WIDE = 1_000_000
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ ./()'-]*")
_WORDS = frozenset(["yes", "no", "on", "off", "y", "n", "true", "false", "null"])
"""What YAML 1.1 takes for something else than text."""

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")


class _Writer(yaml.SafeDumper):
    """Writes equal values out each time: the reader of this package refuses aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def to_yaml(value: JSON) -> str:
    """Write maps and lists in the order that they have, texts of several lines as blocks; `load_yaml` reads it back.

    Halves of surrogate pairs, which no YAML can hold, are a ValueError.
    """
    if _has_half(value):
        raise ValueError("half of a character, which YAML cannot hold")
    text: str = yaml.dump(value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDE)
    return text


def flow(value: JSON) -> str:
    """Write a value on one line: text without quotes where that is certain to stay text, all else as JSON."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value == value.strip() and _stays_text(value):
        return value
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(value, ensure_ascii=False))


def _stays_text(text: str) -> bool:
    return text.lower() not in _WORDS and isinstance(resolved(text), str)


def _has_half(value: JSON) -> bool:
    """Say whether a text in a value cannot be encoded."""
    if isinstance(value, str):
        return any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(_has_half(key) or _has_half(item) for key, item in value.items())
    return isinstance(value, list | tuple) and any(map(_has_half, value))


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return writer.represent_scalar(_TEXT, text, style=_style(text))


def _style(text: str) -> str | None:
    """Choose how a text is quoted; None leaves it to PyYAML, which knows the words of YAML 1.1 but not all of 1.2."""
    if not _ODD_BREAKS.isdisjoint(text):
        return '"'
    if "\n" in text:
        return "|"
    try:
        return None if isinstance(resolved(text), str) else "'"
    except ValueError:
        return "'"


_Writer.add_representer(str, _text)
_Writer.add_representer(tuple, yaml.SafeDumper.represent_list)
