"""Whether an evaluator that an import would write can be built here and fits its case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import case_of
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.values import JSON

_INSTALL = "pip install"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of an import: who answers, checks for every case, and what builds evaluators here."""

    build: BuildEvaluator
    provider: str | None = None
    evaluators: Sequence[JSON] = ()


def complaint(entry: JSON, expected: JSON, build: BuildEvaluator) -> InputError | None:
    """Give why an entry cannot be used for a case with this expectation, None where it can."""
    table: Mapping[str, JSON] = {"evaluators": [entry], "expected": expected}
    try:
        case = case_of(table, "", 0)
        for spec in case.evaluators:
            check = getattr(build(spec), "check", None)
            if check is not None:
                check(case)
    except InputError as error:
        return error
    return None


def needs_package(error: InputError) -> bool:
    """Say whether an evaluator is refused only because an extra is not installed here."""
    return error.remedy.startswith(_INSTALL)
