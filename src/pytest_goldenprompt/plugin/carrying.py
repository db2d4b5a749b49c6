"""Results that this run takes from where they are instead of calling."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Protocol

from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.engine.plan import PlannedPrompt, with_provider
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.result import CaseResult


class Carrying(Protocol):
    """A source of results that need no call."""

    @property
    def results(self) -> Mapping[tuple[str, str], Graded]:
        """Give what was taken so far, by prompt id and case id."""

    def planned(self, planned: PlannedPrompt, provider: Callable[[str], Provider]) -> PlannedPrompt:
        """Take what there is of a prompt that was just planned; one that must not be run is an InputError."""

    def absent(self, prompts: Collection[str]) -> tuple[str, ...]:
        """Say what should have been among the prompts of this run, and is not."""


class Nothing:
    """Where every case is called."""

    results: Mapping[tuple[str, str], Graded] = MappingProxyType({})

    def planned(self, planned: PlannedPrompt, provider: Callable[[str], Provider]) -> PlannedPrompt:
        """Note who answers, and how surely; the provider is built now, so that a wrong name is told early."""
        return with_provider(planned, provider(planned.provider))

    def absent(self, prompts: Collection[str]) -> tuple[str, ...]:
        """Miss nothing."""
        del prompts
        return ()


def as_graded(result: CaseResult, facts: PromptFacts, texts: Mapping[str, str]) -> Graded:
    """Give a stored result as if it had just been graded."""
    said = {repeat.output for repeat in result.repeats} & texts.keys()
    kept = {digest: texts[digest] for digest in sorted(filter(None, said))}
    return Graded(result, kept, facts.served, facts.fingerprints, facts.replayed, facts.judges_served)
