"""Plain values as JSON knows them, their one canonical text and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None
"""A JSON value. Lists may be any sequence and objects any mapping with string keys."""

DIGEST_LENGTH = 64
SHORT_DIGEST_LENGTH = 32


def canonical(value: JSON) -> str:
    """Write a value as the one text that equal values share: sorted keys, no spaces, ASCII, NaN refused."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest_of(value: JSON, length: int = DIGEST_LENGTH) -> str:
    """SHA-256 of the canonical text, as `length` hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()[:length]


def digest_of_bytes(content: bytes) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
