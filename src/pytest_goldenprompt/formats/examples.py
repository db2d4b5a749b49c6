"""Examples from production: JSON objects, or traces, which become cases once a person has looked at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.json_text import load_json, load_jsonl
from pytest_goldenprompt.formats.located import line_of_item, plain, shown
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.traces import conversations, is_trace
from pytest_goldenprompt.formats.turns import messages_of
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.values import JSON

KEYS = ("id", "inputs", "messages", "tags", "metadata", "output", "correction", "expected")


@dataclass(frozen=True, slots=True)
class Example:
    """One example. `whole` is all that the model was asked (None: not known), `inputs` what the prompt was filled with.

    `messages` are the turns behind the prompt's own. `expected` is what is right: what a person corrected it to, or
    else what was said; None where neither is known. `line` counts from 1.
    """

    where: str
    line: int
    inputs: Mapping[str, JSON] | None = None
    messages: tuple[Message, ...] = ()
    whole: tuple[Message, ...] | None = None
    expected: JSON = None
    id: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, JSON] | None = None


def read_examples(source: Source) -> tuple[Example, ...]:
    """Read one JSON value, a list of them, or JSON Lines; each is an example or a trace.

    An example has `inputs` or `messages`, and may have `output`, `correction` (or `expected`), `id`, `tags` and
    `metadata`. None at all is refused.
    """
    found = tuple(example for line, value in _values(source) for example in _read(value, source.where, line))
    if not found:
        raise InputError(
            "no example, found no conversation in it; an object with `inputs`, or a trace with gen_ai.input.messages, "
            "is accepted",
            where=source.where,
            line=1,
            remedy="instrumentations keep messages only where that is switched on",
        )
    return found


def _values(source: Source) -> Iterator[tuple[int, Any]]:
    try:
        value = load_json(source.text, source.where)
    except InputError as error:
        lines = [line for line in source.text.split("\n") if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):  # noqa: PLR2004 - one is no list
            raise error from None
        value = load_jsonl(source.text, source.where)
    items = value if isinstance(value, list) else [value]
    for index, item in enumerate(items):
        yield line_of_item(items, index, 1), item


def _read(value: Any, where: str, line: int) -> Iterator[Example]:
    if is_trace(value):
        for one in conversations(value, where):
            yield Example(where, one.line if one.line > 1 else line, whole=one.messages, expected=one.output)
        return
    if not isinstance(value, Mapping):
        raise InputError(f"wrong example, found {shown(value)}; an object is accepted", where=where, line=line)
    fields = Fields(value, where, line, "the example")
    fields.refuse_unknown(KEYS)
    if fields.map("inputs") is None and "messages" not in value:
        raise fields.wrong("inputs", "a map of what the prompt was filled with, or `messages`,")
    known = [key for key in ("correction", "expected", "output") if value.get(key) is not None]
    yield Example(
        where,
        line,
        inputs=plain(fields.map("inputs")) or {},
        messages=messages_of(fields),
        expected=plain(value[known[0]]) if known else None,
        id=fields.name("id"),
        tags=fields.tags(),
        metadata=plain(fields.map("metadata")),
    )
