"""Goldens of DeepEval, in JSON, JSON Lines or CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.golden_set import DraftCase, Found, GoldenSet, usable_id
from pytest_goldenprompt.exchange.opening import Place
from pytest_goldenprompt.exchange.promptfoo_tests import refuse_near
from pytest_goldenprompt.exchange.records import compared, records_of, value_of
from pytest_goldenprompt.exchange.stems import slug
from pytest_goldenprompt.exchange.usable import Wishes
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Table, shown, with_items
from pytest_goldenprompt.model.values import JSON

_KEPT = (
    "actual_output",
    "context",
    "retrieval_context",
    "tools_called",
    "comments",
    "source_file",
    "additional_metadata",
    "custom_column_key_values",
)
_COUNTS = ("token_cost", "input_token_count", "output_token_count")
_KEYS = ("input", "expected_output", "expected_tools", "name", *_KEPT, *_COUNTS, "expectations", "id")
_TALKS = ("scenario", "turns", "expected_outcome", "user_description", "persona")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LISTS = ("context", "retrieval_context")
_SEPARATOR = "|"


def read_deepeval(place: Place, wishes: Wishes) -> Found:
    """Read goldens. Prompt and metrics are code; conversations are simulated by a model, and left behind."""
    source, found, cases = place.source(), Found(), []
    for record in records_of(source, "golden", "goldens"):
        fields = _renamed(record)
        if any(fields.table.get(key) for key in _TALKS):
            found.listing.leave(fields.where, fields.line, "the conversation", "a model plays the user in it")
            continue
        refuse_near(fields, _KEYS)
        cases.append(_case(fields, found, checked=bool(wishes.evaluators)))
    found.add(GoldenSet(slug(place.path.stem) or "goldens", cases))
    return found


def _renamed(record: Fields) -> Fields:
    """Give keys their names in Python, where a file has those of the service, such as `expectedOutput`."""
    items = {_CAPITAL.sub("_", key).lower() if key.isascii() else key: value for key, value in record.table.items()}
    table = with_items(record.table if isinstance(record.table, Table) else Table(record.line), items)
    return Fields(table, record.where, record.line, record.noun)


def _case(fields: Fields, found: Found, *, checked: bool) -> DraftCase:
    text, expected = fields.table.get("input"), value_of(fields, "expected_output")
    if not isinstance(text, str) or not text:
        raise fields.wrong("input", "text")
    metadata: dict[str, JSON] = {}
    for key in fields.table:
        value = value_of(fields, key)
        if value is None or value == [] or key in ("input", "expected_output", "expected_tools", "name", *_COUNTS):
            continue
        if key == "expectations":
            found.listing.leave(fields.where, fields.line_of(key), "the expectations", "a model grades them")
        metadata[key] = value.split(_SEPARATOR) if key in _LISTS and isinstance(value, str) else value
    name = fields.text("name") or ""
    if name and not usable_id(name):
        metadata["name"] = name
    case = DraftCase(fields.where, fields.line, {"input": text}, usable_id(name), expected, metadata=metadata)
    tools = value_of(fields, "expected_tools")
    if tools:
        calls: list[JSON] = [_call(tool, fields) for tool in _listed(tools)]
        case.evaluators.append({"tool-calls": {"calls": calls, "order": False, "others": True}})
    compared(case, found.listing, checked=checked)
    return case


def _listed(tools: JSON) -> list[JSON]:
    return list(tools) if isinstance(tools, list | tuple) else [*str(tools).split(";")]


def _call(tool: JSON, fields: Fields) -> JSON:
    if isinstance(tool, str):
        return tool.strip()
    name = tool.get("name") if isinstance(tool, Mapping) else None
    if not isinstance(tool, Mapping) or not isinstance(name, str):
        what = f"wrong tool in {fields.noun}, found {shown(tool)}; a name, or a map with `name`, is accepted"
        raise InputError(what, where=fields.where, line=fields.line_of("expected_tools"))
    arguments = tool.get("inputParameters", tool.get("input_parameters"))
    return name if arguments is None else {"name": name, "arguments": arguments}
