"""From a golden dataset to a Python test that runs it; nothing is called here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.engine.plan import PlannedPrompt, facts_of, plan_case
from pytest_goldenprompt.evaluators.chosen import remembered
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.providers.python_test import NAME, PythonTest


def plan_test(
    root: Path, path: Path, test: PythonTest, build: BuildEvaluator, formats: Formats = OURS
) -> PlannedPrompt:
    """Read a dataset and check all that can be checked before a test is called with its cases.

    A prompt or a provider that the dataset's header names are not the test's; they stand for a run of their own. A
    case's messages are not sent to anybody: the test has them from the case. Raises InputError.
    """
    dataset = read_dataset(root, path, formats)
    facts = facts_of(test.id, path.relative_to(root).as_posix(), dataset, None)
    facts = replace(facts, path=test.path, digest=test.digest, provider=NAME)
    if facts.retired:
        return PlannedPrompt(facts, None, ())
    built = remembered(build)
    cases = tuple(plan_case(case, None, dataset, built) for case in dataset.cases)
    names = tuple(sorted({f"{item.name}@{item.version}" for case in cases for item in case.evaluators}))
    return PlannedPrompt(replace(facts, evaluators=names), None, cases, NAME, dataset.tags)
