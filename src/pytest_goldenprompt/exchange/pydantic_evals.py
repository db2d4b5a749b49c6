"""Datasets of pydantic-evals, in YAML or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.golden_set import DraftCase, Found, GoldenSet, looks_at_answers, usable_id
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.opening import Place, loaded
from pytest_goldenprompt.exchange.records import compared
from pytest_goldenprompt.exchange.stems import slug
from pytest_goldenprompt.exchange.usable import Wishes
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Table, plain, shown
from pytest_goldenprompt.model.values import JSON

_KEYS = ("$schema", "name", "cases", "evaluators", "report_evaluators")
_CASE_KEYS = ("name", "inputs", "metadata", "expected_output", "evaluators")
_GRADED = "a model grades it"
_TRACED = "it looks at the spans of a run"
_LEFT = {
    **dict.fromkeys(("LLMJudge", "GEval"), _GRADED),
    **dict.fromkeys(("HasMatchingSpan", "ToolCorrectness", "TrajectoryMatch"), _TRACED),
    **dict.fromkeys(("ArgumentCorrectness", "MaxToolCalls", "MaxModelRequests"), _TRACED),
}
_TYPES = {"dict": "object", "list": "array", "int": "integer", "float": "number", "bool": "boolean"}


def read_pydantic_evals(place: Place, wishes: Wishes) -> Found:
    """Read a dataset. The task is a function: there is no prompt. Keys that pydantic-evals refuses are refused."""
    source, found = place.source(), Found()
    tree = loaded(source, source.where, (".yaml", ".yml", ".json"))
    if not isinstance(tree, Table):
        raise InputError(f"no dataset, found {shown(tree)}; a map with `cases` is accepted", where=source.where, line=1)
    fields = Fields(tree, source.where, tree.line, "the dataset")
    fields.refuse_unknown(_KEYS)
    for line, item in fields.items("report_evaluators"):
        found.listing.leave(fields.where, line, f"the report evaluator {_name(item)}", "reports are not judged here")
    items = fields.items("cases")
    if not items:
        raise fields.wrong("cases", "a list of at least one case")
    cases = [_case(item, fields, line, found, checked=bool(wishes.evaluators)) for line, item in items]
    found.add(GoldenSet(slug(place.path.stem) or "dataset", cases))
    return found


def _case(item: Any, dataset: Fields, line: int, found: Found, *, checked: bool) -> DraftCase:
    if not isinstance(item, Mapping):
        raise InputError(f"wrong case, found {shown(item)}; a map is accepted", where=dataset.where, line=line)
    fields = Fields(item, dataset.where, line, "the case")
    fields.refuse_unknown(_CASE_KEYS)
    if "inputs" not in fields.table:
        raise fields.wrong("inputs", "the inputs of the case")
    inputs, name = plain(fields.table["inputs"]), fields.text("name") or ""
    metadata = plain(fields.table.get("metadata"))
    case = DraftCase(
        fields.where,
        line,
        _map_of(inputs, "input"),
        usable_id(name),
        plain(fields.table.get("expected_output")),
        metadata=_map_of(metadata, "metadata"),
    )
    left = [*_take(case, dataset, found), *_take(case, fields, found)]
    if name and not case.id:
        case.metadata = {**case.metadata, "name": name}
    if left:
        case.metadata = {**case.metadata, "not_carried": left}
    if not case.evaluators or (left and not any(map(looks_at_answers, case.evaluators))):
        compared(case, found.listing, checked=checked)
    return case


def _map_of(value: JSON, name: str) -> Mapping[str, JSON]:
    """Give a map as it is, another value under a name, and nothing for null."""
    return value if isinstance(value, Mapping) else {name: value} if value is not None else {}


def _take(case: DraftCase, owner: Fields, found: Found) -> Iterator[JSON]:
    """Carry the evaluators of the dataset or of the case; give those that are left."""
    for line, item in owner.items("evaluators"):
        name, arguments = _named(item, owner.where, line)
        try:
            case.evaluators += _entries(name, arguments, case.expected)
        except UncarriedError as error:
            found.listing.leave(owner.where, line, f"the evaluator {name}", str(error))
            yield plain(item)


def _name(item: Any) -> str:
    return item if isinstance(item, str) else str(next(iter(item), "")) if isinstance(item, Mapping) else shown(item)


def _named(item: Any, where: str, line: int) -> tuple[str, Any]:
    """Read a bare word, a map of one name with its argument or arguments, or a map of `name` and `arguments`."""
    if isinstance(item, str):
        return item, None
    if isinstance(item, Mapping) and isinstance(item.get("name"), str) and item.keys() <= {"name", "arguments"}:
        arguments = plain(item.get("arguments"))
        return item["name"], arguments[0] if isinstance(arguments, list) and len(arguments) == 1 else arguments
    if isinstance(item, Mapping) and len(item) == 1:
        [(name, arguments)] = item.items()
        return name, plain(arguments)
    what = f"wrong evaluator, found {shown(item)}; a name, or a map of one, is accepted"
    raise InputError(what, where=where, line=line)


def _entries(name: str, arguments: JSON, expected: JSON) -> list[JSON]:
    if name in _LEFT:
        raise UncarriedError(_LEFT[name])
    if name == "EqualsExpected":
        return [] if expected is None else [_equal(None, expected)]
    if name not in _KINDS:
        raise UncarriedError("it is a class of your own; the evaluator `python` takes a function")
    first, build = _KINDS[name]
    given = arguments if isinstance(arguments, Mapping) and first in arguments else {first: arguments}
    return [build(given[first], given)]


def _equal(value: JSON, expected: JSON) -> JSON:
    """Compare with what is expected, or with another value: texts as they stand, data by value."""
    data = not isinstance(expected if value is None else value, str)
    if value is None:
        return "json" if data else {"exact": {"strip": False}}
    return {"exact": {"value": value} if data else {"value": value, "strip": False}}


def _equals(value: JSON, given: Mapping[str, JSON]) -> JSON:
    del given
    if value is None:
        raise UncarriedError("it compares with null, and answers are text")
    return _equal(value, None)


def _contains(value: JSON, given: Mapping[str, JSON]) -> JSON:
    if not isinstance(value, str) or not value:
        raise UncarriedError("it looks for data; the evaluator `contains` looks for texts")
    if given.get("case_sensitive") is False:
        return {"contains": {"value": value, "ignore_case": True}}
    return {"contains": value}


def _instance(value: JSON, given: Mapping[str, JSON]) -> JSON:
    del given
    if not isinstance(value, str) or value not in _TYPES:
        raise UncarriedError(f"answers have no Python type {shown(value)} here")
    return {"json-schema": {"schema": {"type": _TYPES[value]}}}


def _duration(value: JSON, given: Mapping[str, JSON]) -> JSON:
    del given
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise UncarriedError("its time is no number of seconds")
    return {"latency": value}


_KINDS: dict[str, tuple[str, Callable[[JSON, Mapping[str, JSON]], JSON]]] = {
    "Equals": ("value", _equals),
    "Contains": ("value", _contains),
    "IsInstance": ("type_name", _instance),
    "MaxDuration": ("seconds", _duration),
}
"""Evaluators by the name of their first argument, and what they become."""
