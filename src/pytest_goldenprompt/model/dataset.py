"""A golden dataset: the cases beside a prompt, and what is expected of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_goldenprompt.model.values import JSON

if TYPE_CHECKING:
    from pytest_goldenprompt.model.prompt import Message


class Status(StrEnum):
    """Whether a dataset takes part: a draft is listed and never gates, a retired one is skipped and said."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class TransformSpec:
    """A transform as written: its name and its settings (None for a bare name), with the line it stands on."""

    name: str
    settings: JSON = None
    line: int = field(default=0, compare=False)

    def plain(self) -> dict[str, JSON]:
        """Give name and settings without the place."""
        return {"name": self.name, "settings": self.settings}


@dataclass(frozen=True, slots=True)
class EvaluatorSpec:
    """An evaluator as written: its name and its settings (None for a bare name), with the line it stands on.

    `transform` are the transforms that the answer passes through before, in order.
    """

    name: str
    settings: JSON = None
    line: int = field(default=0, compare=False)
    transform: tuple[TransformSpec, ...] = ()

    def plain(self) -> dict[str, JSON]:
        """Give name, settings and transforms without the place."""
        transform: JSON = [step.plain() for step in self.transform]
        plain: dict[str, JSON] = {"name": self.name, "settings": self.settings}
        return {**plain, "transform": transform} if transform else plain


@dataclass(frozen=True, slots=True)
class Case:
    """One case: inputs by name, what is expected (any shape), and its checks.

    `evaluators` are all that apply: the dataset's, then the case's own. `transform` is what the answer passes through
    before each of them, which they name themselves too. `messages` continue the prompt's conversation. `metadata` is
    for people and for functions of a team's own; it is no part of what defines the case.
    `line` counts from 1 in the dataset's file; `path` is that file, where a folder of files makes one dataset.
    """

    id: str
    inputs: Mapping[str, JSON] = field(default_factory=dict)
    expected: JSON = None
    tags: tuple[str, ...] = ()
    evaluators: tuple[EvaluatorSpec, ...] = ()
    must_pass: bool = False
    messages: tuple[Message, ...] = ()
    line: int = 1
    path: str = ""
    transform: tuple[TransformSpec, ...] = ()
    metadata: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A golden dataset as read. `min_pass_rate` (0..1) is the bar while it has no history; None where none is set."""

    path: str
    cases: tuple[Case, ...]
    digest: str
    prompt: str | None = None
    provider: str | None = None
    owner: str | None = None
    status: Status = Status.ACTIVE
    reviewed: str | None = None
    tags: tuple[str, ...] = ()
    min_pass_rate: float | None = None
