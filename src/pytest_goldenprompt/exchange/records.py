"""Files that are a list of records: JSON Lines, a JSON list, or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.golden_set import DraftCase
from pytest_goldenprompt.exchange.listing import Listing
from pytest_goldenprompt.exchange.opening import loaded
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.json_text import load_json
from pytest_goldenprompt.formats.located import Table, line_of_item, plain, shown
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.model.values import JSON

FILES = (".jsonl", ".json", ".csv")


def records_of(source: Source, noun: str, inside: str = "") -> list[Fields]:
    """Read the records of a file. `inside` is the key of the list where a JSON file has it in a map.

    None at all, and a record that is no map, are refused.
    """
    tree = loaded(source, source.where, FILES)
    if isinstance(tree, Table) and isinstance(tree.get(inside), list):
        tree = tree[inside]
    if not isinstance(tree, list) or not tree:
        what = f"no {noun}s, found {shown(tree)}; a list of at least one is accepted"
        raise InputError(what, where=source.where, line=1)
    return [_record(item, source.where, line_of_item(tree, index, 1), noun) for index, item in enumerate(tree)]


def _record(item: Any, where: str, line: int, noun: str) -> Fields:
    if not isinstance(item, Mapping):
        raise InputError(f"wrong {noun}, found {shown(item)}; a map is accepted", where=where, line=line)
    return Fields(item, where, line, f"the {noun}")


def value_of(fields: Fields, key: str) -> JSON:
    """Give a value; a text that is a JSON list or object, as cells of tables hold them, is read as that."""
    value: JSON = plain(fields.table.get(key))
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = plain(load_json(value, fields.where))
        except InputError:
            return value
    return None if value == "" else value


def compared(case: DraftCase, listing: Listing, *, checked: bool) -> None:
    """Compare what is expected as a whole, where no check could be carried; told once a file.

    `checked`: the user names checks for every case, so that none has to be assumed.
    """
    if checked or case.expected is None:
        return
    case.evaluators.append("exact" if isinstance(case.expected, str) else "json")
    why = "no check of it is carried; the whole answer is compared with it until you name others, as by --evaluator"
    listing.change(case.where, 0, "what is expected", why)


def turns_of(value: JSON) -> Sequence[Mapping[str, JSON]] | None:
    """Read a conversation as messages of ours, None where it is none; other tools' names of roles are known."""
    if not isinstance(value, list | tuple) or not value:
        return None
    found = []
    for turn in value:
        role = (turn.get("role") or turn.get("type")) if isinstance(turn, Mapping) else None
        content = turn.get("content") if isinstance(turn, Mapping) else None
        if not isinstance(role, str) or not isinstance(content, str) or _ROLES.get(role, role) not in _KNOWN:
            return None
        found.append({"role": _ROLES.get(role, role), "content": content})
    return found


_ROLES = {"human": "user", "ai": "assistant"}
_KNOWN = ("system", "user", "assistant", "developer", "tool")
