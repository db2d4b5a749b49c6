"""`--golden-changed`: what is as it was in the stored run is taken from it; the rest is called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pytest

from pytest_goldenprompt import __version__
from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt, with_provider
from pytest_goldenprompt.engine.unchanged import (
    NAMED,
    changed_since,
    is_code_unchanged,
    is_in_sight,
    is_same,
    is_told,
    is_whole,
)
from pytest_goldenprompt.model.contracts import Evaluator, Provider
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.plugin.carrying import as_graded
from pytest_goldenprompt.plugin.library import Library


def unchanged_of(config: pytest.Config, library: Library) -> Unchanged | None:
    """Take what did not change from the stored run where that was asked for; without a stored run, all is called."""
    if not config.getoption("--golden-changed"):
        return None
    settings, reference = library.settings, library.reference
    for option, there in (("--golden-record", settings.record), ("--golden-repeats", settings.repeats)):
        if there:
            raise pytest.UsageError(f"--golden-changed and {option}: one of them is accepted")
    baseline = reference.baseline
    return None if baseline is None else Unchanged(settings.root, baseline, reference.texts, library.registry.is_code)


@dataclass
class Unchanged:
    """The stored run, and what was taken of it so far; `is_code` says whether a team's code judges in an evaluator."""

    root: Path
    record: RunRecord
    texts: Callable[[], Mapping[str, str]]
    is_code: Callable[[Evaluator], bool]
    results: dict[tuple[str, str], Graded] = field(default_factory=dict)

    def planned(self, planned: PlannedPrompt, provider: Callable[[str], Provider]) -> PlannedPrompt:
        """Take the cases that are as they were; the provider is built, as it knows which server it would ask."""
        asked = with_provider(planned, provider(planned.provider))
        for judge in asked.judges:
            provider(judge.provider)  # where its code lies is seen once it is imported
        then = self._facts.get(planned.facts.id)
        if then is None or not self._is_same(asked, then):
            return asked
        taken = [one for case in planned.cases if (one := self._same(then.id, case)) is not None]
        for one in taken:
            result = replace(one, carried=self.record.id)
            self.results[one.prompt_id, one.case_id] = as_graded(result, then, self.texts())
        if len(taken) < len(planned.cases):
            return asked
        return replace(asked, facts=replace(asked.facts, deterministic=then.deterministic))

    def absent(self, prompts: Collection[str]) -> tuple[str, ...]:
        """Say nothing: a prompt that is gone is what the gate compares."""
        del prompts
        return ()

    def _is_same(self, asked: PlannedPrompt, then: PromptFacts) -> bool:
        """Say whether a prompt is asked and judged as it was, by the same code where code has a part in it."""
        if self.record.tool != __version__ or not is_same(asked.facts, then):
            return False
        named = {judge.provider for judge in asked.judges}
        code = any(self.is_code(one) for case in asked.cases for one in case.evaluators)
        if is_told(asked.facts) and not code and all(name.partition(":")[0] in NAMED for name in named):
            return True
        changed = self._changed
        seen = changed is not None and all(is_in_sight(self.root, name) for name in (asked.provider, *named))
        return seen and is_code_unchanged(changed or (), asked.facts)

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
    def _changed(self) -> frozenset[str] | None:
        return changed_since(self.root, self.record)
