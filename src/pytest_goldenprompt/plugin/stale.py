"""One run at a time on a store, and the reports that an earlier one left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.plugin.conclusion import default_report
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.reports import attestation, markdown, openmetrics, otel
from pytest_goldenprompt.reports.genai import OPERATION
from pytest_goldenprompt.reports.page import GENERATOR
from pytest_goldenprompt.store.place import open_store
from pytest_goldenprompt.store.store import Store

SIGNS = (
    '"verdict"',
    f'"{OPERATION}"',
    markdown.MARK,
    openmetrics.START,
    otel.START,
    f'"{attestation.PREDICATE}"',
    f'content="{GENERATOR}"',
)
"""What is in every report of ours, one for each kind; reports in CTRF name the verdict, as the record does."""


def occupied(config: pytest.Config, settings: Settings, started: datetime) -> Store:
    """Open the store, occupy it until pytest ends, and remove the reports of an earlier run.

    StoreError where another run is under way: its reports are left, as nothing begins here. A command that only lists
    cases occupies nothing, and removes the reports that it names, as it writes none.
    """
    named = [path for _, path in settings.reports]
    try:
        store = open_store(settings.root, settings.store)
    except InputError:
        remove_stale(named)
        raise
    if config.option.collectonly:
        remove_stale(named)
        return store
    config.add_cleanup(store.occupy(started.strftime("%Y-%m-%d %H:%M UTC")))
    remove_stale([*named, default_report(store)])
    return store


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
    """Say whether a file is a report of ours; one of calls is empty where there were none."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return not text or any(sign in text for sign in SIGNS)
