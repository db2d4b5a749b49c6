"""What a Prompty file declares: its inputs, the shape of its answer, and its tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import plain
from pytest_goldenprompt.model.values import JSON

_TYPES = {
    "string": "string",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "boolean": "boolean",
    "array": "array",
    "object": "object",
}
_MEDIA = ("image", "audio", "file")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Declared inputs: names, those that may be absent, those that are messages or no text, and what stands in."""

    names: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    defaults: Mapping[str, JSON] = field(default_factory=dict)


def inputs_of(header: Fields) -> Inputs:
    """Read `inputs`: a list of maps with `name`, or a map by name; a bare value there is a default."""
    specs = _properties(header, "inputs")
    names = tuple(specs)
    kinds = {name: spec.get("kind", spec.get("type")) for name, spec in specs.items()}
    return Inputs(
        names,
        optional=tuple(name for name in names if specs[name].get("required") is False),
        threads=tuple(name for name in names if kinds[name] == "thread"),
        media=tuple(name for name in names if kinds[name] in _MEDIA),
        defaults={name: plain(specs[name]["default"]) for name in names if specs[name].get("default") is not None},
    )


def response_format(header: Fields) -> dict[str, JSON]:
    """Give `outputs` as the JSON Schema that the second version sends; the first version's map is for people."""
    if not isinstance(header.table.get("outputs"), list):
        return {}
    schema = _schema(_properties(header, "outputs"))
    name = "".join(letter if letter.isalnum() else "_" for letter in (header.text("name") or "response").lower())
    return {"response_format": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}}


def tools_of(header: Fields) -> dict[str, JSON]:
    """Give the functions among `tools` as OpenAI takes them; other tools are refused, as they would run elsewhere."""
    tools: list[JSON] = []
    for _, tool in header.items("tools"):
        if isinstance(tool, Mapping) and tool.get("type") == "function":
            tools.append(plain(tool))
        elif isinstance(tool, Mapping) and tool.get("kind") == "function" and isinstance(tool.get("name"), str):
            tools.append({"type": "function", "function": _function(tool)})
        else:
            raise header.wrong("tools", "a list of functions, each with a name,")
    return {"tools": tools} if tools else {}


def _function(tool: Mapping[str, Any]) -> dict[str, JSON]:
    fields = Fields(tool, "", 1, "the tool")
    given: dict[str, JSON] = {"name": tool["name"]}
    if tool.get("description"):
        given["description"] = plain(tool["description"])
    if tool.get("parameters"):
        given["parameters"] = _schema(_properties(fields, "parameters"), closed=tool.get("strict") is True)
    if tool.get("strict") is True:
        given["strict"] = True
    return given


def _properties(fields: Fields, key: str) -> dict[str, Mapping[str, Any]]:
    """Read properties by name, from a list of maps with `name`, a map of `properties`, or a map by name."""
    value = fields.table.get(key)
    if isinstance(value, Mapping) and isinstance(value.get("properties"), list):
        value = value["properties"]
    if isinstance(value, Mapping):
        return {name: spec if isinstance(spec, Mapping) else {"default": spec} for name, spec in value.items()}
    found: dict[str, Mapping[str, Any]] = {}
    for item in value if isinstance(value, list) else []:
        if not isinstance(item, Mapping) or not isinstance(item.get("name"), str) or item["name"] in found:
            raise fields.wrong(key, "a list of maps, each with a name of its own,")
        found[item["name"]] = item
    if value is not None and not isinstance(value, list):
        raise fields.wrong(key, "a list or a map")
    return found


def _schema(properties: Mapping[str, Mapping[str, Any]], *, closed: bool = True) -> dict[str, JSON]:
    schema: dict[str, JSON] = {
        "type": "object",
        "properties": {name: _property(spec) for name, spec in properties.items()},
    }
    required = [name for name, spec in properties.items() if spec.get("required") is True]
    if required:
        schema["required"] = required
    if closed:
        schema["additionalProperties"] = False
    return schema


def _property(spec: Mapping[str, Any]) -> dict[str, JSON]:
    schema: dict[str, JSON] = {"type": _TYPES.get(str(spec.get("kind", "string")), "string")}
    if spec.get("description"):
        schema["description"] = plain(spec["description"])
    if spec.get("enumValues"):
        schema["enum"] = plain(spec["enumValues"])
    if schema["type"] == "array" and isinstance(spec.get("items"), Mapping):
        schema["items"] = _property(spec["items"])
    if schema["type"] == "object" and spec.get("properties"):
        schema.update(_schema(_properties(Fields(spec, "", 1, "the property"), "properties")))
    return schema
