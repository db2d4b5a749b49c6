"""Golden datasets that Python tests name in a mark, so that they need no prompt file; tests are read, not imported."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.pairing import files_under
from pytest_goldenprompt.formats.reader import read_text

_MARK = re.compile(r"\.goldenprompt\(\s*[\"']([^\"'\n]+)[\"']")


def tested_datasets(root: Path) -> frozenset[Path]:
    """Find the datasets under the root that marks name by their path from the test's file."""
    return frozenset(_named(root))


def _named(root: Path) -> Iterator[Path]:
    for path in files_under(root):
        if path.suffix == ".py":
            try:
                text = read_text(root, path)
            except InputError:
                continue
            yield from (Path(os.path.normpath(path.parent / name)) for name in _MARK.findall(text))
