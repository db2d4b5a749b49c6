"""JSON that may stand inside a page: no text in it can end the element that holds it, or cannot be written as UTF-8."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.model.verdict import Change

_UNSAFE = re.compile("[<>&\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def encoded(value: JSON) -> str:
    """Write a value without spaces; what HTML would read, and lone surrogates, as escapes. NaN is refused."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def size(text: str) -> int:
    """Give the bytes that an encoded text takes in the page."""
    return len(text) if text.isascii() else len(text.encode("utf-8"))


def joined(parts: Iterable[str]) -> str:
    """Make a list of values that are encoded already."""
    return f"[{','.join(parts)}]"


def together(parts: Mapping[str, str]) -> str:
    """Make an object of values that are encoded already."""
    return "{" + ",".join(f"{encoded(name)}:{part}" for name, part in parts.items()) + "}"


def moved(change: Change) -> list[JSON]:
    """Give what a rate or a mean was and is."""
    return [rounded(change.then), rounded(change.now)]


def rounded(value: float | None) -> float | None:
    """Give a number as exactly as a page shows any."""
    return None if value is None else round(value, 6)
