"""The evaluators of a case: those that it or its dataset names, else the plain one that fits what is expected."""

from __future__ import annotations

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.evaluate import check_case
from pytest_goldenprompt.model.contracts import BuildEvaluator, Evaluator
from pytest_goldenprompt.model.dataset import Case, Dataset, EvaluatorSpec

_PLAIN = {name: (EvaluatorSpec(name),) for name in ("exact", "json")}


def judges_of(
    case: Case, dataset: Dataset, build: BuildEvaluator
) -> tuple[tuple[EvaluatorSpec, ...], tuple[Evaluator, ...]]:
    """Build what judges a case, and let it refuse the case; InputError with the place where none can."""
    specs, where = case.evaluators or _default_evaluators(case, dataset), case.path or dataset.path
    evaluators = tuple(_build(spec, build, where, case.line) for spec in specs)
    try:
        check_case(evaluators, case)
    except InputError as error:
        raise error.at(where, case.line) from None
    return specs, evaluators


def remembered(build: BuildEvaluator) -> BuildEvaluator:
    """Build the evaluators that a dataset names for every case once, not once a case."""
    built: dict[int, tuple[EvaluatorSpec, Evaluator]] = {}

    def once(spec: EvaluatorSpec) -> Evaluator:
        # The entry is kept beside its evaluator, so that no other one gets its identity.
        if id(spec) not in built:
            built[id(spec)] = (spec, build(spec))
        return built[id(spec)][1]

    return once


def _build(spec: EvaluatorSpec, build: BuildEvaluator, where: str, line: int) -> Evaluator:
    try:
        return build(spec)
    except InputError as error:
        raise error.at(where, spec.line or line) from None


def _default_evaluators(case: Case, dataset: Dataset) -> tuple[EvaluatorSpec, ...]:
    if case.expected is None:
        raise InputError(
            f"case {case.id!r} has nothing to check: neither `expected` nor `evaluators`",
            where=case.path or dataset.path,
            line=case.line,
            remedy="say what is expected of it",
        )
    name = "exact" if isinstance(case.expected, str) else "json"
    return _PLAIN[name] if not case.transform else (EvaluatorSpec(name, transform=case.transform),)
