"""Python files that may run golden datasets, told without importing them."""

from __future__ import annotations

import re
from pathlib import Path

_MARK = re.compile(rb"\bgoldenprompt\b")


def mentions_mark(path: Path) -> bool:
    """Say whether a Python file may have a test with the mark `goldenprompt`."""
    try:
        return path.suffix == ".py" and _MARK.search(path.read_bytes()) is not None
    except OSError:
        return False
