"""Which stored runs are the named ones: a baseline a month, and the anchor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pointer:
    """A run that was chosen: its id, and the digest of its record at that moment."""

    run: str
    digest: str
    approved: bool = False
    """For an anchor: whether a person set it."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """The accepted run of each month (YYYY-MM), and the anchor."""

    months: Mapping[str, Pointer] = field(default_factory=dict)
    anchor: Pointer | None = None

    def all(self) -> set[Pointer]:
        """Give every pointer, the anchor among them."""
        return {*self.months.values(), *([self.anchor] if self.anchor else [])}

    def newest(self, *, before: str | None = None) -> Pointer | None:
        """Give the accepted run of the newest month, earlier than month `before` where that is given."""
        months = [month for month in self.months if before is None or month < before]
        return self.months[max(months)] if months else None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the store's append-only log: who moved which pointer where, when and why.

    `overridden` are the words for what spoke against it and was accepted all the same.
    """

    time: str
    action: str
    run: str
    month: str
    who: str
    reason: str
    replaced: str | None = None
    overridden: tuple[str, ...] = ()
