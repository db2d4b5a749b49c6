"""`--golden-changed`: what is as it was in the stored run is taken from it; the rest is called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pytest

from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt, with_determinism
from pytest_goldenprompt.engine.unchanged import is_code_unchanged, is_same, is_whole
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.plugin.carrying import as_graded
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.plugin.stored_run import Reference


def unchanged_of(config: pytest.Config, settings: Settings, reference: Reference) -> Unchanged | None:
    """Take what did not change from the stored run where that was asked for; without a stored run, all is called."""
    if not config.getoption("--golden-changed"):
        return None
    for option, there in (("--golden-record", settings.record), ("--golden-repeats", settings.repeats)):
        if there:
            raise pytest.UsageError(f"--golden-changed and {option}: one of them is accepted")
    baseline = reference.baseline
    return None if baseline is None else Unchanged(settings.root, baseline, reference.texts)


@dataclass
class Unchanged:
    """The stored run, and what was taken of it so far."""

    root: Path
    record: RunRecord
    texts: Callable[[], Mapping[str, str]]
    results: dict[tuple[str, str], Graded] = field(default_factory=dict)

    def planned(self, planned: PlannedPrompt, provider: Callable[[str], Provider]) -> PlannedPrompt:
        """Take the cases that are as they were; where that is all, no provider is needed."""
        then = self._facts.get(planned.facts.id)
        if then is None or not is_same(planned.facts, then, code=self._code_is_same):
            return with_determinism(planned, provider(planned.provider))
        taken = [one for case in planned.cases if (one := self._same(then.id, case)) is not None]
        for one in taken:
            result = replace(one, carried=self.record.id)
            self.results[one.prompt_id, one.case_id] = as_graded(result, then, self.texts())
        if len(taken) < len(planned.cases):
            return with_determinism(planned, provider(planned.provider))
        return replace(planned, facts=replace(planned.facts, deterministic=then.deterministic))

    def absent(self, prompts: Collection[str]) -> tuple[str, ...]:
        """Say nothing: a prompt that is gone is what the gate compares."""
        del prompts
        return ()

    def _same(self, prompt_id: str, case: PlannedCase) -> CaseResult | None:
        """Give the whole stored result of a case that is defined as it was; None where there is none."""
        stored = self._cases.get((prompt_id, case.case.id))
        if stored is None or stored.digest != case.digest or not is_whole(stored):
            return None
        return replace(case.result(prompt_id), repeats=stored.repeats)

    @cached_property
    def _facts(self) -> Mapping[str, PromptFacts]:
        return {facts.id: facts for facts in self.record.prompts}

    @cached_property
    def _cases(self) -> Mapping[tuple[str, str], CaseResult]:
        return {(case.prompt_id, case.case_id): case for case in self.record.cases}

    @cached_property
    def _code_is_same(self) -> bool:
        return is_code_unchanged(self.root, self.record)
