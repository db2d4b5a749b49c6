"""Examples that LangSmith exports, in JSON Lines, JSON or CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_goldenprompt.exchange.golden_set import DraftCase, Found, GoldenSet, usable_id
from pytest_goldenprompt.exchange.opening import Place
from pytest_goldenprompt.exchange.promptfoo_tests import refuse_near
from pytest_goldenprompt.exchange.records import compared, records_of, turns_of, value_of
from pytest_goldenprompt.exchange.stems import slug
from pytest_goldenprompt.exchange.usable import Wishes
from pytest_goldenprompt.formats.fields import Fields, is_name
from pytest_goldenprompt.formats.located import Table, with_items
from pytest_goldenprompt.model.values import JSON

_KEYS = ("inputs", "outputs", "metadata", "split", "id", "name")
_SAME = {"reference_outputs": "outputs", "reference": "outputs", "splits": "split", "example_id": "id"}
_BOOKS = ("created_at", "modified_at", "dataset_id", "dataset_name", "source_run_id", "attachment_urls", "runs")
_COLUMN = re.compile(r"(input|output)s?[._](.+)")
_SPLIT = "dataset_split"


def read_langsmith(place: Place, wishes: Wishes) -> Found:
    """Read examples. The task and its evaluators are code; `split` becomes a tag."""
    source, found, cases = place.source(), Found(), []
    for record in records_of(source, "example", "examples"):
        fields = _gathered(record, found)
        refuse_near(fields, _KEYS)
        cases.append(_case(fields, found, checked=bool(wishes.evaluators)))
    found.add(GoldenSet(slug(place.path.stem) or "examples", cases))
    return found


def _gathered(record: Fields, found: Found) -> Fields:
    """Put columns such as `inputs.question` or `output_answer` into maps; what is of no use here is left."""
    items: dict[str, JSON] = {}
    for key in record.table:
        name, column = _SAME.get(key, key), _COLUMN.fullmatch(key)
        if name in _KEYS:
            items[name] = value_of(record, key)
        elif column is not None:
            below = items.setdefault(f"{column[1]}s", {})
            if isinstance(below, dict):
                below[column[2]] = value_of(record, key)
        elif key not in _BOOKS and record.table[key] not in (None, ""):
            refuse_near(Fields({key: None}, record.where, record.line_of(key), record.noun), _KEYS)
            found.listing.leave(record.where, record.line_of(key), f"the key {key}", "examples have no such key")
    table = with_items(record.table if isinstance(record.table, Table) else Table(record.line), items)
    return Fields(table, record.where, record.line, record.noun)


def _case(fields: Fields, found: Found, *, checked: bool) -> DraftCase:
    inputs, outputs = fields.table.get("inputs"), fields.table.get("outputs")
    if inputs is None:
        raise fields.wrong("inputs", "a map of inputs")
    named = dict(inputs) if isinstance(inputs, Mapping) else {"input": inputs}
    turns = turns_of(named.get("messages"))
    if turns is not None:
        del named["messages"]
    metadata = dict(fields.map("metadata") or {})
    tags = _splits(fields.table.get("split")) or _splits(metadata.pop(_SPLIT, None))
    name = str(fields.table.get("name") or fields.table.get("id") or "")
    case = DraftCase(fields.where, fields.line, named, usable_id(name), _expected(outputs), tags, metadata=metadata)
    case.messages = turns or ()
    compared(case, found.listing, checked=checked)
    return case


def _splits(split: JSON) -> tuple[str, ...]:
    listed = split if isinstance(split, list | tuple) else [split]
    return tuple(f"split:{one}" for one in listed if isinstance(one, str) and is_name(one))


def _expected(outputs: JSON) -> JSON:
    """Give what is expected: the only value of a map, the text of an only message, else the outputs as they are."""
    if not isinstance(outputs, Mapping) or len(outputs) != 1:
        return outputs or None
    [(key, value)] = outputs.items()
    turns = turns_of(value) if key == "messages" else None
    return turns[0]["content"] if turns is not None and len(turns) == 1 else value
