"""Prompty files, `.prompty`, of its first and its second version: front matter, and a template with role lines.

Who is asked, and with which key, stands in `model.configuration` or `model.connection`. These are not read: our own
providers say so, and nothing of the environment gets into a request. Only the model's name is taken from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats import handlebars, jinja
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.front_matter import bounds, header_of, lines_of
from pytest_goldenprompt.formats.located import plain, shown, with_items
from pytest_goldenprompt.formats.prompty_shapes import Inputs, inputs_of, response_format, tools_of
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.formats.roles import PROMPTY
from pytest_goldenprompt.formats.sampling import renamed_parameters
from pytest_goldenprompt.model.prompt import Prompt, Template
from pytest_goldenprompt.model.values import JSON

_PEOPLE = ("name", "displayName", "description", "version", "authors", "author", "tags", "metadata", "kind", "$schema")
_KEYS = ("model", "inputs", "outputs", "sample", "template", "tools", "provider", "owner", *_PEOPLE)
_MODEL_KEYS = ("id", "api", "apiType", "configuration", "connection", "parameters", "options", "provider", "response")
_NAMES = {
    "max_output_tokens": "max_completion_tokens",
    "stop_sequences": "stop",
    "allow_multiple_tool_calls": "parallel_tool_calls",
}
_LANGUAGES = {"jinja2": "jinja", "nunjucks": "jinja", "mustache": "mustache"}
_REFERENCE = re.compile(r"\s*\$\{\s*(\w+)\s*:(.*)\}\s*", re.DOTALL)
_EXPECTED = "expected"
_ASIDE = {"additionalProperties", "stream"}


def read_prompty(source: Source, prompt_id: str, files: References) -> Prompt:
    """Read a Prompty file, without its sample. `provider` and `owner` are accepted besides Prompty's own keys."""
    lines = lines_of(source)
    inside, start = bounds(lines, source.where)
    header = header_of(lines[inside], source.where, inside.start + 1)
    _refuse_what_is_not_followed(header)
    model = _model(header)
    body = "\n".join(lines[start:])
    language = _language(header)
    inputs = inputs_of(_resolved(header, files, "inputs"))
    included = jinja.parts_of if language == "jinja" else handlebars.parts_of
    parts = included(body, files, source.where, start + 1)
    return Prompt(
        id=prompt_id,
        path=source.where,
        messages=(),
        text="\n".join(lines),
        model=_model_name(model),
        provider=header.name("provider"),
        owner=header.name("owner"),
        parameters={**_parameters(model, files), **tools_of(header), **response_format(header)},
        template=_template(language, body, start + 1, inputs, parts),
        digest=files.digest(source.digest),
    )


def with_sample(prompt: Prompt, source: Source, files: References) -> Prompt:
    """Add the prompt's sample as a row, or several from a list, where it says what is `expected`; else none."""
    lines = lines_of(source)
    inside, _ = bounds(lines, source.where)
    header = header_of(lines[inside], source.where, inside.start + 1)
    sample = _resolved(header, files, "sample").table.get("sample")
    rows = sample if isinstance(sample, list) else [sample]
    if not all(isinstance(row, Mapping) for row in rows if row is not None):
        raise header.wrong("sample", "a map of inputs")
    line = header.line_of("sample")
    found = tuple((line, plain(row)) for row in rows if row is not None and _EXPECTED in row)
    return replace(prompt, rows=found or None, digest=files.digest(source.digest))


def _refuse_what_is_not_followed(header: Fields) -> None:
    for key in ("base", "instructions"):
        if key in header.table:
            raise header.wrong(key, "a whole prompt, written below the front matter,")
    header.refuse_unknown(_KEYS)


def _template(language: str, body: str, line: int, inputs: Inputs, parts: dict[str, str]) -> Template:
    return Template(
        language,
        body,
        line,
        role="system",
        roles=PROMPTY,
        blank="newlines",
        inputs=inputs.names,
        optional=inputs.optional,
        threads=inputs.threads,
        media=inputs.media,
        defaults=inputs.defaults,
        parts=parts,
    )


def _language(header: Fields) -> str:
    template = header.table.get("template")
    kind = template
    if isinstance(template, Mapping):
        kind = template.get("format", template.get("type"))
        kind = kind.get("kind") if isinstance(kind, Mapping) else kind
    if kind is not None and (not isinstance(kind, str) or kind not in _LANGUAGES):
        raise header.wrong("template", f"a format among {', '.join(_LANGUAGES)}")
    return _LANGUAGES[kind or "jinja2"]


def _model(header: Fields) -> Fields:
    written = header.table.get("model")
    table = {"id": written} if isinstance(written, str) else header.map("model") or {}
    model = Fields(table, header.where, header.line_of("model"), "`model`")
    model.refuse_unknown(_MODEL_KEYS)
    for key in ("api", "apiType"):
        if model.choice(key, ("chat",)) is None and table.get(key) is not None:
            raise model.wrong(key, "chat")
    return model


def _model_name(model: Fields) -> str | None:
    """Give the model's name, None where the environment holds it."""
    if model.table.get("id") is not None:
        name = model.name("id")
        return None if name is None or _REFERENCE.fullmatch(name) else name
    place = model.table.get("configuration")
    if not isinstance(place, Mapping):
        return None
    configuration = Fields(place, model.where, model.line_of("configuration"), "the configuration")
    name = configuration.name("azure_deployment") or configuration.name("name")
    return None if name is None or _REFERENCE.fullmatch(name) else name


def _parameters(model: Fields, files: References) -> dict[str, JSON]:
    if "parameters" in model.table and "options" in model.table:
        raise model.wrong("options", "either `parameters` or `options`")
    key = "options" if "options" in model.table else "parameters"
    given = _resolved(model, files, key)
    written = given.map(key) or {}
    more = written.get("additionalProperties")
    if more is not None and not isinstance(more, Mapping):
        raise given.wrong(key, "a map as additionalProperties")
    # A streamed answer is the same text.
    table = with_items(written, {name: value for name, value in written.items() if name not in _ASIDE})
    known = renamed_parameters(replace(given, table=with_items(given.table, {key: table})), key, _NAMES)
    return {**plain(dict(more or {})), **known}


def _resolved(fields: Fields, files: References, key: str) -> Fields:
    """Give the fields with the references to files under a key replaced by what they hold."""
    if key not in fields.table:
        return fields
    value = _without_references(fields.table[key], fields, files, key)
    return replace(fields, table=with_items(fields.table, {**fields.table, key: value}))


def _without_references(value: Any, fields: Fields, files: References, key: str) -> Any:
    if isinstance(value, Mapping):
        found = {word: _without_references(item, fields, files, key) for word, item in value.items()}
        return with_items(value, found)
    if isinstance(value, list):
        return [_without_references(item, fields, files, key) for item in value]
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    kind, name = match[1].lower(), match[2].strip()
    if kind == "file":
        return files.value(name, fields.where, fields.line_of(key))
    raise InputError(
        f"`{key}` must not depend on the environment, found {shown(value)}; a value, or ${{file:NAME}}, is accepted",
        where=fields.where,
        line=fields.line_of(key),
        remedy="write the value out: a golden run asks the same on every machine",
    )
