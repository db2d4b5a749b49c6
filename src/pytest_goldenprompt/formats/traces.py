"""Conversations in traces that follow OpenTelemetry's conventions for generative AI (`gen_ai.*`).

Taken from spans, events and log records, as attributes in a map or as OTLP writes them in JSON. The attributes
`gen_ai.input.messages` and `gen_ai.output.messages` are lists of messages with `parts`, structured or as JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import Table, plain, shown
from pytest_goldenprompt.formats.turns import ROLES
from pytest_goldenprompt.model.prompt import Message

INPUT, OUTPUT, SYSTEM = "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"
_INSIDE = ("resourceSpans", "scopeSpans", "spans", "resourceLogs", "scopeLogs", "logRecords", "events")
_VALUES = ("stringValue", "boolValue", "intValue", "doubleValue", "bytesValue")
_THOUGHTS = {"reasoning"}
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a model was asked and what it said; `output` is None where that is not in the trace, or is no text."""

    messages: tuple[Message, ...]
    output: str | None
    line: int = 1


def is_trace(value: Any) -> bool:
    """Say whether a value is a trace or a part of one."""
    keys = value.keys() if isinstance(value, Mapping) else ()
    return bool({*_INSIDE, "attributes"} & set(keys)) or any(key.startswith("gen_ai.") for key in keys)


def conversations(value: Any, where: str) -> Iterator[Conversation]:
    """Find the conversations of a trace, in its order; spans that hold no messages are passed over.

    One that is told twice, by a span and by its event, is given once.
    """
    seen = set()
    for line, attributes in _attributes(value, 1, 0):
        if attributes.get(INPUT) is not None:
            found = _conversation(attributes, where, line)
            told = found.messages, found.output
            if told not in seen:
                seen.add(told)
                yield found


def _attributes(value: Any, line: int, depth: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return
    line = value.line if isinstance(value, Table) else line
    given = value.get("attributes")
    yield line, _plain_attributes(given) if given is not None else value
    for key in _INSIDE:
        below = value.get(key)
        for item in below if isinstance(below, list) else ():
            yield from _attributes(item, line, depth + 1)


def _plain_attributes(given: Any) -> Mapping[str, Any]:
    """Read attributes as a map, or as OTLP's list of keys and typed values."""
    if isinstance(given, Mapping):
        return given
    items = [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []
    return {item["key"]: _any_value(item.get("value"), 0) for item in items if isinstance(item.get("key"), str)}


def _any_value(value: Any, depth: int) -> Any:
    if not isinstance(value, Mapping) or depth > _DEEPEST * 4:
        return None
    for key in _VALUES:
        if key in value:
            return value[key]
    if isinstance(value.get("arrayValue"), Mapping):
        return [_any_value(item, depth + 1) for item in value["arrayValue"].get("values") or ()]
    if isinstance(value.get("kvlistValue"), Mapping):
        entries = value["kvlistValue"].get("values") or ()
        return {str(item.get("key")): _any_value(item.get("value"), depth + 1) for item in entries}
    return None


def _conversation(attributes: Mapping[str, Any], where: str, line: int) -> Conversation:
    system = _listed(attributes, SYSTEM, where, line)
    first = [Message("system", _text(system, SYSTEM, where, line))] if system else []
    asked = [_message(item, INPUT, where, line) for item in _listed(attributes, INPUT, where, line)]
    said = _listed(attributes, OUTPUT, where, line)
    return Conversation((*first, *asked), _answer(said[0]) if said else None, line)


def _listed(attributes: Mapping[str, Any], name: str, where: str, line: int) -> list[Any]:
    value = attributes.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise InputError(f"{name} is no JSON; a list of messages is accepted", where=where, line=line) from None
    if value is not None and not isinstance(value, list):
        raise InputError(
            f"{name} is no list, found {shown(value)}; a list of messages is accepted", where=where, line=line
        )
    return plain(value) or []


def _message(item: Any, name: str, where: str, line: int) -> Message:
    role = item.get("role") if isinstance(item, Mapping) else None
    if role not in ROLES:
        raise InputError(
            f"wrong role in {name}, found {shown(role)}; one of {', '.join(ROLES)} is accepted", where=where, line=line
        )
    return Message(role, _text(item.get("parts"), name, where, line))


def _text(parts: Any, name: str, where: str, line: int) -> str:
    """Join the text parts; calls of tools and media cannot be a part of a case's conversation."""
    found = []
    for part in parts if isinstance(parts, list) else [parts]:
        kind = part.get("type") if isinstance(part, Mapping) else None
        if kind in _THOUGHTS:
            continue
        content = part.get("content") if isinstance(part, Mapping) and kind == "text" else None
        if not isinstance(content, str):
            what = f"a part of {name} that is no text, found {shown(kind)}; texts are accepted"
            raise InputError(what, where=where, line=line, remedy="write the case by hand, or give its `inputs`")
        found.append(content)
    return "\n".join(found)


def _answer(choice: Any) -> str | None:
    parts = choice.get("parts") if isinstance(choice, Mapping) else None
    try:
        return _text(parts, OUTPUT, "", 1)
    except InputError:
        return None
