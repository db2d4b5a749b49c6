"""How much what was found weighs."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """An error keeps something from being run, a warning should be mended, a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
