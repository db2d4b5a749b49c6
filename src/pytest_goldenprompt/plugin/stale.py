"""Reports that an earlier run left."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.reports.genai import OPERATION


def remove_stale(reports: Iterable[Path]) -> None:
    """Remove reports of an earlier run: none may be taken for this one's, however this one ends."""
    for path in reports:
        if path.is_file() and not _is_report(path):
            raise StoreError(f"{path}: a file that is no report of ours is there: name another path for the report")
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            continue
        except OSError as error:
            raise StoreError(f"{path}: an earlier report cannot be removed: {error.strerror}") from None


def _is_report(path: Path) -> bool:
    """Say whether a file is a verdict record, or calls one a line; a run that called nothing leaves none of these."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return not text or '"verdict"' in text or f'"{OPERATION}"' in text
