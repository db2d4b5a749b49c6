"""Lines that no other file vouches for, with the digest of their text below them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store.codec import RESTORE, line_of, read_lines, read_object


def with_seal(lines: Iterable[str]) -> str:
    """Write lines that no other file vouches for, and below them the digest of their text."""
    text = "".join(f"{line}\n" for line in lines)
    return f"{text}{line_of({'seal': digest_of_bytes(text.encode('utf-8'))})}\n"


def without_seal(text: str, where: str) -> list[dict[str, Any]]:
    """Read lines that `with_seal` wrote; those that their seal does not fit, or that have none, are a StoreError."""
    content, _, last = text.removesuffix("\n").rpartition("\n")
    content += "\n" if content else ""
    if not text.endswith("\n") or read_object(last, where) != {"seal": digest_of_bytes(content.encode("utf-8"))}:
        raise StoreError(f"{where}: changed since it was stored: {RESTORE}")
    return list(read_lines(content, where))
