"""Prompt files of GitHub Models, `.prompt.yml`: messages, parameters, test data and evaluators in one YAML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Table, plain, shown
from pytest_goldenprompt.formats.reader import Source, load_json, load_yaml
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.formats.sampling import renamed_parameters
from pytest_goldenprompt.formats.turns import messages_of
from pytest_goldenprompt.model.dataset import EvaluatorSpec
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.values import JSON

_KEYS = (
    "name",
    "description",
    "model",
    "modelParameters",
    "responseFormat",
    "jsonSchema",
    "messages",
    "testData",
    "evaluators",
    "provider",
    "owner",
)
_COMPLETION = re.compile(r"\{\{\s*completion\s*\}\}")
_STRING_CHECKS = {"equals": "exact", "contains": "contains", "startsWith": "starts-with", "endsWith": "ends-with"}


def read_github_models(source: Source, prompt_id: str, files: References) -> Prompt:  # noqa: ARG001 - it names none
    """Read a GitHub Models prompt.

    Its string evaluators become ours with templates for values (without case but for `equals`, as GitHub compares), its
    `llm` evaluators become judges, whose rubrics are filled for each answer; `uses` evaluators are carried under this
    name, so that they are refused by name when they are built.
    `provider` and `owner` are accepted besides GitHub's own keys.
    """
    document = load_yaml(source.text, source.where)
    if not isinstance(document, Table):
        raise InputError(
            f"no prompt, found {shown(document)}; a map with `messages` is accepted", where=source.where, line=1
        )
    fields = Fields(document, source.where, document.line, "the prompt")
    fields.refuse_unknown(_KEYS)
    fields.text("name"), fields.text("description")
    messages = messages_of(fields)
    if not messages:
        raise fields.wrong("messages", "a list of at least one message")
    return Prompt(
        id=prompt_id,
        path=source.where,
        messages=messages,
        digest=source.digest,
        text=source.text.replace("\r\n", "\n").replace("\r", "\n"),
        model=fields.name("model"),
        provider=fields.name("provider"),
        owner=fields.name("owner"),
        parameters={**renamed_parameters(fields, "modelParameters"), **_response_format(fields)},
        evaluators=tuple(_evaluator(item, fields.where, line) for line, item in fields.items("evaluators")),
        rows=_rows(fields),
    )


def _response_format(fields: Fields) -> dict[str, JSON]:
    kind = fields.choice("responseFormat", ("text", "json_object", "json_schema"))
    schema = fields.table.get("jsonSchema")
    if (kind == "json_schema") != (schema is not None):
        raise fields.wrong(
            "jsonSchema" if kind == "json_schema" else "responseFormat",
            "responseFormat `json_schema` together with a jsonSchema",
        )
    if schema is None:
        return {"response_format": {"type": kind}} if kind is not None else {}
    if isinstance(schema, str):
        try:
            schema = load_json(schema, fields.where)
        except InputError as error:
            # Where the lines of a YAML text stand in the file depends on how it is quoted; the key's line is certain.
            what = f"wrong jsonSchema, at its line {error.line}: {error.what}"
            raise InputError(what, where=fields.where, line=fields.line_of("jsonSchema")) from None
    if not isinstance(schema, Mapping):
        raise fields.wrong("jsonSchema", "a map, or its JSON text,")
    return {"response_format": {"type": "json_schema", "json_schema": plain(schema)}}


def _evaluator(item: Any, where: str, line: int) -> EvaluatorSpec:
    if not isinstance(item, Mapping):
        raise InputError(f"wrong evaluator, found {shown(item)}; a map is accepted", where=where, line=line)
    fields = Fields(item, where, line, "the evaluator")
    fields.refuse_unknown(("name", "string", "llm", "uses"))
    kinds = [kind for kind in ("string", "llm", "uses") if item.get(kind) is not None]
    if len(kinds) != 1:
        raise fields.wrong(kinds[1] if kinds else "string", "exactly one of string, llm, uses")
    if kinds == ["string"]:
        return _string_evaluator(fields)
    if kinds == ["llm"]:
        return _judge(fields)
    settings: dict[str, JSON] = {"name": fields.text("name"), "uses": plain(item["uses"])}
    return EvaluatorSpec("uses", settings, line)


def _judge(evaluator: Fields) -> EvaluatorSpec:
    """Read an `llm` evaluator; as with GitHub, an answer passes with any score above 0."""
    line = evaluator.line_of("llm")
    fields = Fields(evaluator.map("llm") or {}, evaluator.where, line, "the llm evaluator")
    fields.refuse_unknown(("modelId", "prompt", "choices", "systemPrompt"))
    rubric = fields.text("prompt")
    if not rubric:
        raise fields.wrong("prompt", "text that is not empty")
    choices = _choices(fields)
    given: dict[str, JSON] = {
        "name": evaluator.text("name"),
        "rubric": _COMPLETION.sub("{{output}}", rubric),
        "system": fields.text("systemPrompt"),
        "model": fields.text("modelId"),
        "choices": choices,
        "threshold": min((score for score in choices.values() if score > 0), default=None),
    }
    return EvaluatorSpec("judge", {key: value for key, value in given.items() if value is not None}, evaluator.line)


def _choices(fields: Fields) -> dict[str, float]:
    choices: dict[str, float] = {}
    for line, item in fields.items("choices"):
        if not isinstance(item, Mapping):
            raise InputError(f"wrong choice, found {shown(item)}; a map is accepted", where=fields.where, line=line)
        choice = Fields(item, fields.where, line, "the choice")
        choice.refuse_unknown(("choice", "score"))
        name, score = choice.text("choice"), choice.number("score", 0, 1)
        if not name or name in choices:
            raise choice.wrong("choice", "text that no other choice has")
        if score is None:
            raise choice.wrong("score", "a number in 0..1")
        choices[name] = score
    return choices


def _string_evaluator(evaluator: Fields) -> EvaluatorSpec:
    checks = evaluator.map("string") or {}
    line = evaluator.line_of("string")
    fields = Fields(checks, evaluator.where, line, "the string evaluator")
    fields.refuse_unknown(_STRING_CHECKS)
    if len(checks) != 1:
        raise evaluator.wrong("string", f"exactly one of {', '.join(_STRING_CHECKS)}")
    [key] = checks
    value = fields.text(key)
    if not value:
        raise fields.wrong(key, "text that is not empty")
    settings: dict[str, JSON] = {"value": value}
    if key != "equals":
        settings["ignore_case"] = True
    return EvaluatorSpec(_STRING_CHECKS[key], settings, fields.line_of(key))


def _rows(fields: Fields) -> tuple[tuple[int, Mapping[str, JSON]], ...] | None:
    if fields.table.get("testData") is None:
        return None
    rows = []
    for line, item in fields.items("testData"):
        if not isinstance(item, Mapping):
            raise InputError(
                f"wrong test data, found {shown(item)}; a map of variables is accepted", where=fields.where, line=line
            )
        rows.append((line, plain(item)))
    return tuple(rows)
