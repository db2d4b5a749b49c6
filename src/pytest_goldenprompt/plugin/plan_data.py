"""What a process planned and chose, as plain data, so that a worker can tell the controller."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.plugin.items import GoldenFile
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.tested import key_of
from pytest_goldenprompt.store.codec import build, case_from_plain, case_to_plain, without_defaults


@dataclass
class PlanData:
    """Facts of every collected dataset, its cases before they ran, and which of them were chosen."""

    prompts: dict[str, PromptFacts] = field(default_factory=dict)
    cases: dict[tuple[str, str], CaseResult] = field(default_factory=dict)
    chosen: set[tuple[str, str]] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    files: dict[tuple[str, str], str] = field(default_factory=dict)
    """The files of cases that a folder holds; the others stand in their dataset."""
    nodes: dict[tuple[str, str], str] = field(default_factory=dict)
    """The node ids of cases that a Python test runs."""
    test_files: list[str] = field(default_factory=list)
    """Files of Python tests that were collected."""

    def place(self, key: tuple[str, str]) -> str:
        """Give the path, under the root, of the file that a case is collected from."""
        return self.files.get(key) or self.prompts[key[0]].dataset

    def plain(self) -> str:
        """Give it as ASCII JSON."""
        return json.dumps(
            {
                "prompts": [without_defaults(facts) for facts in self.prompts.values()],
                "cases": [case_to_plain(case) for case in self.cases.values()],
                "chosen": sorted(self.chosen),
                "texts": self.texts,
                "files": [[*key, path] for key, path in self.files.items()],
                "nodes": [[*key, node] for key, node in self.nodes.items()],
                "test_files": self.test_files,
            }
        )


def plan_from_plain(text: str) -> PlanData:
    """Read what `PlanData.plain` wrote."""
    plain: dict[str, Any] = json.loads(text)
    where = "a worker's plan"
    prompts = [build(PromptFacts, item, where) for item in plain["prompts"]]
    cases = [case_from_plain(item, where) for item in plain["cases"]]
    return PlanData(
        {facts.id: facts for facts in prompts},
        {(case.prompt_id, case.case_id): case for case in cases},
        {(prompt, case) for prompt, case in plain["chosen"]},
        plain["texts"],
        {(prompt, case): path for prompt, case, path in plain["files"]},
        {(prompt, case): node for prompt, case, node in plain["nodes"]},
        plain["test_files"],
    )


def plan_of(library: Library, items: Iterable[pytest.Item]) -> PlanData:
    """Collect what this process planned, and which cases are among the items that were chosen."""
    plan = PlanData()
    for planned in library.planned.values():
        plan.prompts[planned.facts.id] = planned.facts
        if planned.prompt is not None:
            plan.texts[planned.facts.digest] = planned.prompt.text
        for case in planned.cases:
            plan.cases[planned.facts.id, case.case.id] = case.result(planned.facts.id)
            if case.case.path.startswith(f"{planned.facts.dataset}/"):
                plan.files[planned.facts.id, case.case.id] = case.case.path
    library.note_misplaced()
    for facts in library.errors():
        # A dataset that cannot be read must not take the place of one that can.
        apart = replace(facts, id=facts.dataset) if facts.id in plan.prompts else facts
        plan.prompts[apart.id] = apart
    plan.chosen, plan.nodes = _chosen(items)
    plan.test_files = sorted(library.test_files)
    return plan


def _chosen(items: Iterable[pytest.Item]) -> tuple[set[tuple[str, str]], dict[tuple[str, str], str]]:
    """Give the cases that items stand for, and the node ids of those that do not tell it by their file."""
    golden = [(key_of(item), item) for item in items]
    nodes = {key: item.nodeid for key, item in golden if key is not None and not isinstance(item.parent, GoldenFile)}
    return {key for key, _ in golden if key is not None}, nodes
