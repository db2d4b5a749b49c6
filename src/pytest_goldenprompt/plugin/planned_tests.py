"""What a process knows of the Python tests that it collected: their plans, or what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.engine.plan import PlannedPrompt
from pytest_goldenprompt.engine.plan_test import plan_test
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.providers.python_test import NAME, PythonTest


def planned_test(library: Library, path: Path, test: PythonTest, line: int) -> PlannedPrompt | None:
    """Plan a dataset for a test, once; None where that cannot be done, which is noted."""
    root, registry = library.settings.root, library.registry
    library.tested.add(path.relative_to(root).as_posix())
    if test.id not in library.planned and test.id not in library.unreadable:
        try:
            planned = plan_test(root, path, test, registry.evaluator, registry.formats)
            _refuse_judges(planned)
            planned = replace(planned, facts=library.with_bar(planned.facts))
            if not planned.facts.retired:
                planned = library.carrying.planned(planned, lambda _: test)
            library.planned[test.id] = planned
        except InputError as error:
            refuse_test(library, test.id, error.at(test.path, line))
    return library.planned.get(test.id)


def _refuse_judges(planned: PlannedPrompt) -> None:
    """Refuse what needs a model's word on an answer: nobody asks for it here, and no case would have a result."""
    if planned.judges:
        raise InputError(
            f"models that judge are not asked about what a Python test returns, found {planned.judges[0].provider}; "
            "evaluators that ask nobody are accepted",
            remedy="have the dataset's `provider: python:MODULE:FUNCTION` call the application",
        )


def refuse_test(library: Library, name: str, error: InputError) -> None:
    """Note what is wrong with a test, which is then not run."""
    library.planned.pop(name, None)
    library.unreadable[name] = PromptFacts(name, name.partition("::")[0], provider=NAME, error=str(error))
