"""The file that remembers batches under way: one JSON object, gone where there are none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.batch import Batch
from pytest_goldenprompt.store.files import read_text, write_file
from pytest_goldenprompt.store.reference import MONTH

SCHEMA = "goldenprompt.batches/1"
"""The key under which the batches stand; another version of the file has another one."""

BATCHES = "batches.json"
"""The file's name in the store's cache."""


def read_batches(path: Path) -> tuple[Batch, ...]:
    """Read what is under way; none where there is no file. A damaged one is a StoreError: what it held was paid for."""
    if not path.exists():
        return ()
    try:
        plain = json.loads(read_text(path))
        return tuple(_batch(one) for one in plain[SCHEMA])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(
            f"{path}: not what this version writes of batches that are under way: restore it, "
            "or delete it to hand everything over anew"
        ) from None


def write_batches(path: Path, batches: Sequence[Batch]) -> None:
    """Remember these and no others, in one step."""
    if batches:
        plain = {SCHEMA: [_plain(batch) for batch in batches]}
        write_file(path, json.dumps(plain, indent=1, allow_nan=False) + "\n")
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: cannot be removed: {error.strerror}") from None


def _batch(plain: dict[str, Any]) -> Batch:
    places = {
        name: (prompt, case, repeat, digest) for name, (prompt, case, repeat, digest) in plain["requests"].items()
    }
    batch = Batch(**{**plain, "requests": places})
    words = (batch.provider, batch.label, batch.kind, batch.month, batch.submitted, batch.id or "", *places)
    if not all(isinstance(word, str) for word in words) or not MONTH.fullmatch(batch.month):
        raise ValueError
    if datetime.fromisoformat(batch.submitted).tzinfo is None:
        raise ValueError
    return batch


def _plain(batch: Batch) -> dict[str, object]:
    return {
        "provider": batch.provider,
        "id": batch.id,
        "label": batch.label,
        "kind": batch.kind,
        "month": batch.month,
        "submitted": batch.submitted,
        "requests": {name: list(place) for name, place in sorted(batch.requests.items())},
    }
