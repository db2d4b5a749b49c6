"""The cases of a golden dataset, whatever its file format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields, is_name
from pytest_goldenprompt.formats.located import line_of_key, plain, shown
from pytest_goldenprompt.formats.references import References, check_name, named_file
from pytest_goldenprompt.formats.turns import messages_of
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.values import JSON, digest_of

CASE_KEYS = ("id", "inputs", "expected", "tags", "transform", "evaluators", "must_pass", "messages", "metadata")
LONGEST_ID = 200
GATE = "gate"
_DERIVED_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Common:
    """What a dataset gives to each of its cases: transforms and evaluators, which come before the case's own.

    `files` reads what an input or the expectation names by `{file: NAME}`.
    """

    evaluators: tuple[EvaluatorSpec, ...] = ()
    transform: tuple[TransformSpec, ...] = ()
    files: References | None = None


NOTHING = Common()


def case_of(table: Any, where: str, line: int, common: Common = NOTHING) -> Case:
    """Read one case."""
    if not isinstance(table, Mapping):
        raise InputError(f"wrong case, found {shown(table)}; a map is accepted", where=where, line=line)
    fields = Fields(table, where, line, "the case")
    fields.refuse_unknown(CASE_KEYS)
    files = common.files
    inputs = _inputs(fields, files)
    messages = messages_of(fields)
    transform = (*common.transform, *fields.transforms())
    return Case(
        id=_id(fields) or derived_id(inputs, messages),
        inputs=inputs,
        expected=_read(table.get("expected"), files, where, fields.line_of("expected")),
        tags=fields.tags(),
        evaluators=_behind(transform, (*common.evaluators, *fields.evaluators())),
        must_pass=fields.flag("must_pass"),
        messages=messages,
        line=line,
        path=where,
        transform=transform,
        metadata=plain(fields.map("metadata") or {}),
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


def refuse_duplicates(cases: Iterable[Case], faults: list[InputError] | None = None) -> None:
    """Refuse two cases with one id, naming both lines; those of a list are put there and not raised."""
    lines: dict[str, Case] = {}
    for case in cases:
        if case.id in lines:
            first = lines[case.id]
            places = f"on lines {first.line} and" if first.path == case.path else f"in {first.path} and on line"
            error = InputError(
                f"duplicate id, found {shown(case.id)} {places} {case.line}; each id once is accepted",
                where=case.path,
                line=case.line,
                remedy="give each case an id of its own; without one it follows from inputs and messages",
            )
            if faults is None:
                raise error
            faults.append(error)
        lines.setdefault(case.id, case)


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


def _read(value: Any, files: References | None, where: str, line: int) -> Any:
    name = named_file(value) if files else None
    return plain(value) if files is None or name is None else files.value(check_name(name, where, line), where, line)


def _inputs(fields: Fields, files: References | None) -> Mapping[str, JSON]:
    inputs = fields.map("inputs") or {}
    for name in inputs:
        if not is_name(name):
            raise InputError(
                f"wrong name of an input, found {shown(name)}; text on one line, not blank, is accepted",
                where=fields.where,
                line=line_of_key(inputs, name, fields.line_of("inputs")),
            )
    line = fields.line_of("inputs")
    return {name: _read(value, files, fields.where, line_of_key(inputs, name, line)) for name, value in inputs.items()}
