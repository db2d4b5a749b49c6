"""What the cases of a run were asked: its record holds digests of it, the library's files the words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pytest_goldenprompt.engine.plan import PlannedPrompt, plan_prompt
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.record import PromptFacts, RunRecord

Planner = Callable[[PromptFacts], PlannedPrompt | None]


def questions(record: RunRecord, planned: Planner) -> dict[tuple[str, str], Case]:
    """Give the cases, by prompt id and case id, that are in the library just as they were when the run was made."""
    digests = {(case.prompt_id, case.case_id): case.digest for case in record.cases}
    return dict(_unchanged(record, planned, digests))


def _unchanged(
    record: RunRecord, planned: Planner, digests: Mapping[tuple[str, str], str]
) -> Iterator[tuple[tuple[str, str], Case]]:
    for facts in record.prompts:
        found = None if facts.error or facts.retired else planned(facts)
        for case in found.cases if found else ():
            key = facts.id, case.case.id
            if digests.get(key) == case.digest:
                yield key, case.case


def planner(root: Path, build: BuildEvaluator, formats: Formats = OURS) -> Planner:
    """Give what plans a prompt of a run from its files; None where they cannot be read any more."""

    def plan(facts: PromptFacts) -> PlannedPrompt | None:
        try:
            return plan_prompt(root, root / facts.dataset, build, lambda _: facts.provider, formats)
        except InputError:
            return None

    return plan
