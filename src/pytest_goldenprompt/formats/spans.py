"""Where in a file's text a value stands, so that it can be changed and every other character be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from pytest_goldenprompt.formats.json_text import json_span

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Way: TypeAlias = tuple[str | int, ...]
"""Keys and indices from a document's root to a value."""


@dataclass(frozen=True, slots=True)
class Span:
    """A value's first character and the one behind its last, both from 0.

    `simple`: the value stands on one line and ends where it seems to, which text over several lines may not. `flow`: a
    list or map is in brackets. `column` is where it starts in its line.
    """

    start: int
    end: int
    simple: bool = True
    flow: bool = True
    column: int = 0


def span_in(text: str, way: Way, *, is_json: bool) -> Span:
    """Find a value in a text that a reader has accepted; KeyError where there is none."""
    if is_json:
        start, end = json_span(text, way)
        return Span(start, end, column=start - (text.rfind("\n", 0, start) + 1))
    node = _node(text, way)
    start, end = node.start_mark, node.end_mark
    collection = isinstance(node, yaml.CollectionNode)
    flow = not collection or bool(node.flow_style)
    block = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    simple = flow and not block and start.line == end.line
    return Span(start.index, end.index, simple, flow, start.column)


def end_of_content(text: str, way: Way) -> int:
    """Give the end of the last line on which a YAML value has content, without the comments and blank lines below."""
    node = _node(text, way)
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
        end = node.start_mark.index + len(text[node.start_mark.index : end].rstrip())
    found = text.find("\n", end)
    return len(text) if found < 0 else found - text.startswith("\r", found - 1)


def _node(text: str, way: Way) -> Any:
    node: Any = yaml.compose(text, Loader=_LOADER)
    for key in way:
        node = _below(node, key)
    return node


def _below(node: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return node.value[key]
    for name, value in node.value:
        if name.value == key:
            return value
    raise KeyError(key)
