"""Why `goldenprompt verify` lets no deploy go on: one kind, one exit code, one sentence and what to do."""

from __future__ import annotations

from enum import IntEnum

from pytest_goldenprompt.errors import GoldenpromptError


class Why(IntEnum):
    """What is refused, with its exit code. Those from 1 to 5 are the states of a verdict that was verified."""

    UNREADABLE = 6
    """The record or the run's files are missing, damaged, or not of this version's shape."""
    COMMIT = 10
    """Another commit was judged, or files that were not committed."""
    CHECKOUT = 11
    """The checkout is at another commit, or differs from it."""
    FILES = 12
    """Prompts or golden datasets of the checkout are not those that were judged."""
    POLICY = 13
    """It was judged by another policy than that of the base."""
    BASELINE = 14
    """It was compared with another stored run or anchor than those of the base."""
    TAMPERED = 15
    """The record does not say what the run's results say."""
    EXPIRED = 16
    """It is too old."""
    FUTURE = 17
    """It is dated later than now."""
    NOT_LIVE = 18
    """Its answers were not asked for in that run, where that is demanded."""


class DeniedError(GoldenpromptError):
    """A record that is not to be deployed with, whatever its verdict."""

    def __init__(self, why: Why, what: str, remedy: str) -> None:
        self.why = why
        super().__init__(f"refused ({why.name.lower().replace('_', ' ')}): {what} ({remedy})")
