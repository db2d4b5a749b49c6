"""What a stored run found, and what people decided about it: a finding keeps its name from month to month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pytest_goldenprompt.model.values import digest_of

ID_LENGTH = 10
KINDS = ("mean", "slice", "case", "removed", "changed", "missing", "bar", "waiver")
"""What a gate finds of a prompt; each is a kind of finding."""


class Choice(StrEnum):
    """What a person may decide about a finding."""

    ASSIGNED = "assigned"
    ACTION = "action"
    FALSE_POSITIVE = "false-positive"
    REOPENED = "reopened"


class Standing(StrEnum):
    """How a finding stands on a day."""

    OPEN = "open"
    AGAIN = "seen again"
    """Closed once, and found by a run since."""
    ACTION = "in work"
    """Closed by an action whose day is not over."""
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Say whether somebody has to decide."""
        return self in {Standing.OPEN, Standing.AGAIN}


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What a finding is about: a prompt, the kind, and the case or slice; empty where it is the prompt as a whole."""

    prompt: str
    kind: str
    part: str = ""

    @property
    def id(self) -> str:
        """Name it, the same in every month and on every machine."""
        return digest_of([self.prompt, self.kind, self.part], ID_LENGTH)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding in one run: the run's id, when it really began (ISO 8601, UTC), the day it counts for."""

    subject: Subject
    run: str
    began: str
    day: date
    owner: str | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: `time` is ISO 8601 in UTC, `seen` the day of the first run that found it.

    An action has a last day (`due`) and a link or a reason, a false positive a reason.
    """

    subject: Subject
    choice: Choice
    who: str
    time: str
    seen: date | None = None
    owner: str | None = None
    reason: str | None = None
    link: str | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """A finding on a day, with every run that saw it, and every decision, oldest first. Its age is since `since`."""

    subject: Subject
    standing: Standing
    since: date
    age_days: int
    owner: str | None = None
    sightings: tuple[Sighting, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def last(self) -> Decision | None:
        """Give the decision that holds, or held."""
        return self.decisions[-1] if self.decisions else None
