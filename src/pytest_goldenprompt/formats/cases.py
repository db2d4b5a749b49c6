"""The cases of a golden dataset, whatever its file format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields, is_name
from pytest_goldenprompt.formats.located import line_of_key, plain, shown
from pytest_goldenprompt.formats.turns import messages_of
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.values import JSON, digest_of

CASE_KEYS = ("id", "inputs", "expected", "tags", "transform", "evaluators", "must_pass", "messages")
LONGEST_ID = 200
GATE = "gate"
_DERIVED_DIGITS = 10


def case_of(
    table: Any,
    where: str,
    line: int,
    evaluators: tuple[EvaluatorSpec, ...] = (),
    transform: tuple[TransformSpec, ...] = (),
) -> Case:
    """Read one case; `evaluators` and `transform` are the dataset's, which come first."""
    if not isinstance(table, Mapping):
        raise InputError(f"wrong case, found {shown(table)}; a map is accepted", where=where, line=line)
    fields = Fields(table, where, line, "the case")
    fields.refuse_unknown(CASE_KEYS)
    inputs = _inputs(fields)
    messages = messages_of(fields)
    transform += fields.transforms()
    return Case(
        id=_id(fields) or derived_id(inputs, messages),
        inputs=inputs,
        expected=plain(table.get("expected")),
        tags=fields.tags(),
        evaluators=_behind(transform, (*evaluators, *fields.evaluators())),
        must_pass=fields.flag("must_pass"),
        messages=messages,
        line=line,
        path=where,
        transform=transform,
    )


def _behind(transform: tuple[TransformSpec, ...], evaluators: tuple[EvaluatorSpec, ...]) -> tuple[EvaluatorSpec, ...]:
    """Let evaluators see what the transforms left, before their own transforms."""
    if not transform:
        return evaluators
    return tuple(replace(spec, transform=(*transform, *spec.transform)) for spec in evaluators)


def derived_id(inputs: Mapping[str, JSON], messages: tuple[Message, ...] = ()) -> str:
    """Name a case without id by what it asks, so that its place in the file does not matter."""
    content: JSON = {"inputs": inputs, "messages": [message.plain() for message in messages]}
    return f"case-{digest_of(content, _DERIVED_DIGITS)}"


def refuse_duplicates(cases: Iterable[Case]) -> None:
    """Refuse two cases with one id, naming both lines."""
    lines: dict[str, int] = {}
    for case in cases:
        if case.id in lines:
            raise InputError(
                f"duplicate id, found {shown(case.id)} on lines {lines[case.id]} and {case.line}; "
                "each id once is accepted",
                where=case.path,
                line=case.line,
                remedy="give each case an id of its own; without one it follows from inputs and messages",
            )
        lines[case.id] = case.line


def _id(fields: Fields) -> str | None:
    written = fields.table.get("id")
    if written is None and "id" not in fields.table:
        return None
    number = isinstance(written, int | float) and not isinstance(written, bool)
    name = str(written) if number else written
    if not isinstance(name, str) or not is_name(name) or "::" in name or len(name) > LONGEST_ID or name == GATE:
        raise fields.wrong(
            "id", f"text on one line, not blank, without ::, up to {LONGEST_ID} characters, and not `{GATE}`"
        )
    return name


def _inputs(fields: Fields) -> Mapping[str, JSON]:
    inputs = fields.map("inputs") or {}
    for name in inputs:
        if not is_name(name):
            raise InputError(
                f"wrong name of an input, found {shown(name)}; text on one line, not blank, is accepted",
                where=fields.where,
                line=line_of_key(inputs, name, fields.line_of("inputs")),
            )
    value: Mapping[str, JSON] = plain(inputs)
    return value
