"""What an audit of a library looks at, and what it remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.model.upkeep import Listed
from pytest_goldenprompt.model.waiver import Waiver


class Rule(StrEnum):
    """What a remark is about; part of the interface, as pipelines filter by it."""

    UNREADABLE = "unreadable"
    MODEL = "model"
    WAIVER = "waiver"
    LOST = "lost"
    OWNER = "owner"
    REVIEW = "review"
    STALE = "stale"
    TAGS = "tags"
    SLICE = "slice"
    DEAD = "always-fails"
    EASY = "never-fails"
    TWIN = "duplicate"
    DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark on a prompt: what is so, and what to do about it."""

    severity: Severity
    rule: Rule
    prompt: str
    what: str
    remedy: str = ""
    owner: str | None = None


class Record(StrEnum):
    """What the repeats of a case show in one run."""

    PASSES = "passes"
    FAILS = "fails"
    BOTH = "both"
    NOTHING = "nothing"
    """No answer came."""


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """A case of the newest run: its tags, and what each of the last runs showed while it was the same case."""

    prompt: str
    id: str
    tags: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The prompts of a whole run, by id, on its day."""

    day: date
    prompts: Mapping[str, PromptFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that an audit looks at. `runs` are oldest first, `cases` those of the newest.

    `bare` are prompts without a golden dataset. `lost` are cases by prompt that the newest run had and the files have
    not, or that it missed of the run before; `gone` are prompts that it had and the library has not.
    """

    listed: Sequence[Listed] = ()
    bare: Sequence[str] = ()
    runs: Sequence[Recorded] = ()
    cases: Sequence[CaseHistory] = ()
    lost: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gone: Sequence[str] = ()
    waivers: Sequence[Waiver] = ()
    smallest_slice: int = 5
