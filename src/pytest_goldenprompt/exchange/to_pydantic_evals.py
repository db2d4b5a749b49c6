"""A golden dataset as one of pydantic-evals."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.ours import UNCHECKED, Ours, brought_back, checks_of, settings_of
from pytest_goldenprompt.formats.yaml_text import to_yaml
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.values import JSON

_TYPES = {"object": "dict", "array": "list", "integer": "int", "number": "float", "boolean": "bool"}
_SPACE = "white space around the answer counts there"


def to_pydantic_evals(ours: Ours, *, as_json: bool = False) -> tuple[str, int]:
    """Write a dataset in YAML or JSON, and say how many cases it has; the prompt is not in it."""
    if ours.prompt is not None:
        why = "the task is a function there, which has the prompt in it"
        ours.listing.leave(ours.prompt.path, 1, "the prompt", why)
    cases: list[JSON] = [case for one in ours.dataset.cases for case in _cases(one, ours)]
    if not cases:
        raise InputError(f"nothing that can be carried; {ours.listing.text().strip()}", where=ours.dataset.path)
    dataset: dict[str, JSON] = {"name": ours.dataset.path, "cases": cases}
    text = f"{json.dumps(dataset, ensure_ascii=False, indent=2)}\n" if as_json else to_yaml(dataset)
    return text, len(cases)


def _cases(case: Case, ours: Ours) -> list[JSON]:
    """Give the case; none where it has messages, or nothing would be checked."""
    where = ours.place(case)
    if case.messages:
        ours.listing.leave(where, case.line, f"the case {case.id}", "its messages have no place beside inputs")
        return []
    back, metadata = brought_back(case, typed=False)
    evaluators: list[JSON] = []
    left = False
    for spec in checks_of(case):
        try:
            evaluators += _evaluators(spec, case, ours)
        except UncarriedError as error:
            left = True
            ours.listing.leave(where, spec.line or case.line, f"the evaluator {spec.name}", str(error))
    only_timed = all(isinstance(one, Mapping) and "MaxDuration" in one for one in evaluators)
    if (left or not evaluators) and only_timed and not back:
        ours.listing.leave(where, case.line, f"the case {case.id}", UNCHECKED)
        return []
    if case.tags:
        metadata["tags"] = list(case.tags)
    found: dict[str, JSON] = {"name": case.id, "inputs": dict(case.inputs)}
    if case.expected is not None:
        found["expected_output"] = case.expected
    return [{**found, **({"metadata": metadata} if metadata else {}), "evaluators": [*evaluators, *back]}]


def _evaluators(spec: EvaluatorSpec, case: Case, ours: Ours) -> list[JSON]:
    if spec.transform:
        raise UncarriedError("there are no transforms")
    if spec.name in ("exact", "json"):
        return [_equal(spec, case, ours)]
    if spec.name == "contains":
        return _contains(settings_of(spec, "value"), case)
    if spec.name == "latency":
        return [{"MaxDuration": settings_of(spec, "max")["max"]}]
    schema = settings_of(spec, "schema").get("schema") if spec.name == "json-schema" else None
    kind = schema.get("type") if isinstance(schema, Mapping) and schema.keys() == {"type"} else None
    if isinstance(kind, str) and kind in _TYPES:
        return [{"IsInstance": _TYPES[kind]}]
    raise UncarriedError("there is no such evaluator")


def _equal(spec: EvaluatorSpec, case: Case, ours: Ours) -> JSON:
    settings = settings_of(spec, "value")
    value = settings.pop("value", None)
    strips = settings.pop("strip", True) is not False
    if any(setting is not False for setting in settings.values()):
        raise UncarriedError(f"it has no setting {next(iter(settings))}")
    if value is None and case.expected is None:
        raise UncarriedError("it compares with nothing")
    compared = case.expected if value is None else value
    if isinstance(compared, str) and strips and spec.name == "exact":
        ours.listing.change(ours.place(case), spec.line or case.line, "the evaluator exact", _SPACE)
    return "EqualsExpected" if value is None else {"Equals": {"value": value}}


def _contains(settings: Mapping[str, JSON], case: Case) -> list[JSON]:
    listed = settings.get("all", settings.get("value", case.expected))
    if "any" in settings or settings.get("absent") is True:
        raise UncarriedError("`Contains` looks for all texts, and for none that must be absent")
    values = listed if isinstance(listed, list | tuple) else [listed]
    if settings.get("ignore_case") is True:
        return [{"Contains": {"value": value, "case_sensitive": False}} for value in values]
    return [{"Contains": value} for value in values]
