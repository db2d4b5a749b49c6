"""How a library is looked after: how often it is run and reviewed, by whom, and how it stands on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TypeVar

from pytest_goldenprompt.model.dataset import Status

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """The time from one look to the next: calendar months, or days."""

    months: int = 0
    days: int = 0


PERIODS = {"weekly": Period(days=7), "monthly": Period(months=1), "quarterly": Period(months=3)}
NOTICE = 3


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The tables `[cadence]`, `[owners]`, `[taxonomy]` and `[models]` of a library's policy.

    `run` is how often prompts are recorded, `review` how often a person looks at a dataset again; `notice` is how many
    days before the day a run begins to say so. Patterns with `*` name prompts, tags and models; of those that name a
    prompt, the last one in the file holds.
    """

    run: Period = PERIODS["monthly"]
    review: Period = PERIODS["quarterly"]
    notice: int = NOTICE
    prompts: Mapping[str, Period] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()

    def period_of(self, prompt_id: str) -> Period:
        """Give how often a prompt is to be recorded."""
        return _last_that_fits(self.prompts, prompt_id) or self.run

    def owner_of(self, prompt_id: str, said: str | None) -> str | None:
        """Give who answers for a prompt: who its files say, else who the policy says."""
        return said or _last_that_fits(self.owners, prompt_id)


def _last_that_fits(patterns: Mapping[str, T], name: str) -> T | None:
    found = [value for pattern, value in patterns.items() if fnmatchcase(name, pattern)]
    return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A prompt with a golden dataset as the library's files have it now; `error` says why they cannot be read.

    `prompt` is the prompt's file relative to the root, where the dataset's header names it.
    """

    id: str
    dataset: str
    status: Status = Status.ACTIVE
    owner: str | None = None
    reviewed: str | None = None
    error: str | None = None
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """A whole run that is stored, on its day (UTC), with the prompts that took part and their owners."""

    id: str
    day: date
    prompts: Mapping[str, str | None] = field(default_factory=dict)


class Coverage(StrEnum):
    """What the last stored run says of a prompt of the library."""

    COVERED = "covered"
    MISSING = "not in the last run"
    NEVER = "not run yet"
    UNREADABLE = "unreadable"
    DRAFT = "draft"
    RETIRED = "retired"

    @property
    def is_gap(self) -> bool:
        """Say whether an active prompt is left out."""
        return self in {Coverage.MISSING, Coverage.NEVER, Coverage.UNREADABLE}


@dataclass(frozen=True, slots=True)
class Due:
    """One prompt: the day of its last run, and the day by which the next one is to be made (None: it never ran).

    `days` are those from today to that day: 0 on the day itself, negative after it.
    """

    id: str
    coverage: Coverage
    owner: str | None = None
    run: str = ""
    last: date | None = None
    due: date | None = None
    days: int | None = None
    error: str = ""

    @property
    def is_overdue(self) -> bool:
        """Say whether the day is over."""
        return self.days is not None and self.days < 0


@dataclass(frozen=True, slots=True)
class Dues:
    """How all prompts of a library stand on a day. `run` and `last` are those of the last whole run, if any."""

    today: date
    prompts: tuple[Due, ...] = ()
    run: str = ""
    last: date | None = None
    notice: int = NOTICE

    @property
    def overdue(self) -> tuple[Due, ...]:
        """Give the prompts whose day is over, the longest overdue first."""
        return tuple(sorted((one for one in self.prompts if one.is_overdue), key=lambda one: (one.days or 0, one.id)))

    @property
    def gaps(self) -> tuple[Due, ...]:
        """Give the active prompts that the last run left out."""
        return tuple(one for one in self.prompts if one.coverage.is_gap)

    @property
    def active(self) -> tuple[Due, ...]:
        """Give the prompts that are to be run."""
        return tuple(one for one in self.prompts if one.coverage.is_gap or one.coverage is Coverage.COVERED)

    @property
    def soon(self) -> tuple[Due, ...]:
        """Give the prompts whose day is near, the nearest first."""
        near = (one for one in self.prompts if one.days is not None and 0 <= one.days <= self.notice)
        return tuple(sorted(near, key=lambda one: (one.days or 0, one.id)))

    @property
    def is_fine(self) -> bool:
        """Say whether there is an active prompt, none is overdue and none was left out."""
        return bool(self.active) and not self.overdue and not self.gaps
