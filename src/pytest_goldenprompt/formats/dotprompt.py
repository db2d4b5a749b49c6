"""Dotprompt files, `NAME.prompt` and `NAME.VARIANT.prompt`: front matter, and a Handlebars template with roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.front_matter import bounds, header_of, lines_of
from pytest_goldenprompt.formats.handlebars import parts_of
from pytest_goldenprompt.formats.handlebars_names import has_history
from pytest_goldenprompt.formats.located import plain
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.formats.sampling import renamed_parameters
from pytest_goldenprompt.model.prompt import Prompt, Template
from pytest_goldenprompt.model.values import JSON

_KEYS = (
    "model",
    "config",
    "input",
    "output",
    "tools",
    "provider",
    "owner",
    "name",
    "variant",
    "version",
    "description",
    "metadata",
    "ext",
)
_NAMES = {"max_output_tokens": "max_tokens", "stop_sequences": "stop"}
_SCHEMA = re.compile(r"([ \t]+)schema:[ \t]*")
_FIELD = re.compile(r"[\"']?([^\W\d][\w$-]*)(\?)?(?:\(.*\))?[\"']?[ \t]*:")


def read_dotprompt(source: Source, prompt_id: str, files: References) -> Prompt:
    """Read a Dotprompt file. `provider` and `owner` are accepted besides Dotprompt's own keys.

    Picoschema that is no YAML is passed over, but for the names of the inputs; the answer's schema is not sent.
    """
    lines = lines_of(source)
    inside, start = bounds(lines, source.where, comments=True)
    written = lines[inside]
    header = _header(written, source.where, inside.start + 1)
    header.refuse_unknown([*_KEYS, *(key for key in header.table if "." in key)])
    if header.items("tools"):
        raise header.wrong("tools", "no tool", "tools live in code: ask through a `python:` provider")
    while start < len(lines) and not lines[start].strip():
        start += 1
    body = "\n".join(lines[start:]).rstrip()
    parts = parts_of(body, files, source.where, start + 1)
    return Prompt(
        id=prompt_id,
        path=source.where,
        messages=(),
        text="\n".join(lines),
        model=header.name("model"),
        provider=header.name("provider"),
        owner=header.name("owner"),
        parameters={**_response_format(header), **renamed_parameters(header, "config", _NAMES)},
        template=_template(header, written, body, start + 1, parts),
        digest=files.digest(source.digest),
    )


def _header(lines: list[str], where: str, first_line: int) -> Fields:
    """Read the front matter; where it is no YAML, once more without the schemas."""
    try:
        return header_of(lines, where, first_line)
    except InputError:
        without = _without_schemas(lines)
        if without == lines:
            raise
        return header_of(without, where, first_line)


def _without_schemas(lines: list[str]) -> list[str]:
    kept, depth = [], None
    for line in lines:
        if depth is not None and line.strip() and _indent(line) <= depth:
            depth = None
        kept.append(line if depth is None else "")
        if depth is None and _SCHEMA.fullmatch(line):
            depth = _indent(line)
    return kept


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _template(header: Fields, lines: list[str], body: str, line: int, parts: dict[str, str]) -> Template:
    given = Fields(header.map("input") or {}, header.where, header.line_of("input"), "`input`")
    given.refuse_unknown(("schema", "default"))
    names, optional = _declared(given.table.get("schema"), lines)
    return Template(
        "handlebars",
        body,
        line,
        blank="",
        inputs=names,
        optional=optional,
        threads=("history",) if has_history(body, parts) else (),
        defaults=plain(given.map("default") or {}),
        parts=parts,
    )


def _declared(schema: Any, lines: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names of the inputs, and of those that may be absent: JSON Schema, Picoschema, or the latter's lines."""
    if isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping):
        names, needed = tuple(schema["properties"]), schema.get("required")
        return names, tuple(name for name in names if name not in (needed if isinstance(needed, list) else ()))
    keys = [f"{key}:" for key in schema] if isinstance(schema, Mapping) else _lines_of_input_schema(lines)
    found = [match for match in map(_FIELD.match, keys) if match]
    return tuple(match[1] for match in found), tuple(match[1] for match in found if match[2])


def _lines_of_input_schema(lines: Iterable[str]) -> list[str]:
    """Give the lines of the first level of a schema that could not be read."""
    section, depth, found = "", None, []
    for line in lines:
        if not line.strip():
            continue
        if depth is not None and _indent(line) <= depth:
            depth = None
        if _indent(line) == 0:
            section = line.partition(":")[0]
        if depth is not None:
            found.append(line)
        elif section == "input" and _SCHEMA.fullmatch(line):
            depth = _indent(line)
    first = min(map(_indent, found), default=0)
    return [line.lstrip() for line in found if _indent(line) == first]


def _response_format(header: Fields) -> dict[str, JSON]:
    output = Fields(header.map("output") or {}, header.where, header.line_of("output"), "`output`")
    output.refuse_unknown(("format", "schema"))
    kind = output.choice("format", ("text", "json", "media", "array", "enum", "jsonl"))
    return {"response_format": {"type": "json_object"}} if kind == "json" else {}
