"""Which case of a golden dataset an item stands for, whether the item is ours or a Python test."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.grade import Graded, grade
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.plugin.items import GoldenItem
from pytest_goldenprompt.plugin.payload import CaseRun


@dataclass(frozen=True, slots=True)
class Said:
    """What one call of a test function gave: an answer, or the assertion that failed in place of one.

    `raised` is what the function raised where that is why there is no answer.
    """

    answer: Answer
    failed: str = ""
    raised: BaseException | None = None


@dataclass(slots=True)
class Tested:
    """A Python test that is one case: what is known of it before and after it was called.

    `repeat` is the index of the call that the item itself makes, `said` what came of it, `before` what came of the
    calls before. An item that is `apart` stands for one call only, and another one judges it.
    """

    prompt: PlannedPrompt
    planned: PlannedCase
    repeat: int = 0
    apart: bool = False
    said: Said | None = None
    before: list[Said] = field(default_factory=list)
    run: CaseRun | None = None
    waits: str = ""
    """Why it is not called."""

    @property
    def key(self) -> tuple[str, str]:
        """Give the prompt's id and the case's."""
        return self.prompt.facts.id, self.planned.case.id


TESTED = pytest.StashKey[Tested]()


def key_of(item: pytest.Item) -> tuple[str, str] | None:
    """Give the prompt's id and the case's that an item stands for; None for other items."""
    if isinstance(item, GoldenItem):
        return item.key
    tested = item.stash.get(TESTED, None)
    return None if tested is None else tested.key


def tags_of(item: pytest.Item) -> frozenset[str]:
    """Give the tags of the case that an item stands for, and those of its dataset."""
    if isinstance(item, GoldenItem):
        return item.tags
    tested = item.stash.get(TESTED, None)
    return frozenset() if tested is None else frozenset((*tested.prompt.tags, *tested.planned.case.tags))


def grade_said(prompt: PlannedPrompt, planned: PlannedCase, said: list[Said]) -> Graded:
    """Judge what calls of a test gave. Where an assertion failed the case fails, whatever would have been said."""
    graded = grade(prompt, planned, [one.answer for one in said])
    repeats = tuple(
        Repeat(reasons=(one.failed,), latency=one.answer.latency) if one.failed else repeat
        for one, repeat in zip(said, graded.result.repeats, strict=True)
    )
    return replace(graded, result=replace(graded.result, repeats=repeats))
