"""A person's word that something is known to be worse, and may stay so until a day."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from pytest_goldenprompt.model.values import JSON

OF_A_PROMPT = ("mean", "slice", "case")
"""Findings that a waiver for a whole prompt may be held to."""

OF_ONE_CASE = ("case", "removed", "changed")
"""Findings that a waiver for one case may be held to; only by its name may a case be removed, or edited and fail."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """What is waived: a prompt's finding, one of its cases, or the cases that carry one tag (`slice`).

    `until` is the last day on which it holds (YYYY-MM-DD, UTC). `most_drop` is the greatest drop that is accepted, in
    points of 0..1. `kind` narrows it to one kind of finding. `line` is where it stands in the policy's file.
    """

    prompt: str
    owner: str
    reason: str
    until: str
    case: str | None = None
    slice: str | None = None
    kind: str | None = None
    ticket: str | None = None
    most_drop: float = 1.0
    line: int = field(default=0, compare=False)

    @property
    def scope(self) -> str:
        """Name what is waived, without whose and until when."""
        part = f", case {self.case}" if self.case else f", slice {self.slice}" if self.slice else ""
        kind = f", {self.kind} only" if self.kind else ""
        return f"{self.prompt}{part}{kind}"

    def holds(self, today: str) -> bool:
        """Say whether it still holds on a day (YYYY-MM-DD)."""
        return today <= self.until

    def plain(self) -> dict[str, JSON]:
        """Give it as plain data, without its place."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.compare}
