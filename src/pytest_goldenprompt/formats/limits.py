"""The tables `[limits]` and `[prices]` of goldenprompt.toml: what is allowed, and what it costs, by model."""

from __future__ import annotations

from dataclasses import fields as fields_of
from decimal import Decimal
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields, is_name
from pytest_goldenprompt.formats.located import Table, shown
from pytest_goldenprompt.formats.policy import POLICY_FILE, SIZE_LIMIT
from pytest_goldenprompt.formats.reader import read_text
from pytest_goldenprompt.formats.toml_text import read_toml
from pytest_goldenprompt.model.limits import Allowance, Price, Terms

LIMITS, PRICES = "limits", "prices"
_MOST = 1e12
_MOST_TOKENS = 10**9
_PRICED = ("input", "output", "cached", "cache_write", "call")


def read_terms(root: Path) -> Terms:
    """Read the limits and the prices of a library; without the file, or the tables, nothing is limited or priced."""
    path = root / POLICY_FILE
    if not path.exists() and not path.is_symlink():
        return Terms()
    return terms_from(read_text(root, path, limit=SIZE_LIMIT), POLICY_FILE)


def terms_from(text: str, where: str) -> Terms:
    """Read them from the text of a goldenprompt.toml. Refused: unknown keys, no table where one belongs, under 0."""
    document = Fields(read_toml(text, where), where, 1, "the policy")
    prices = _entries(document, PRICES)
    currency = prices.name("currency")
    return Terms(
        {name: _allowance(entry) for name, entry in _each(_entries(document, LIMITS))},
        {name: _price(entry) for name, entry in _each(prices, "currency")},
        currency,
    )


def _entries(document: Fields, name: str) -> Fields:
    table = document.table.get(name, Table())
    if not isinstance(table, Table):
        raise document.wrong(name, f"tables such as [{name}.MODEL]")
    return Fields(table, document.where, table.line, f"[{name}]")


def _each(entries: Fields, *others: str) -> list[tuple[str, Fields]]:
    found = []
    for name, entry in entries.table.items():
        if name in others:
            continue
        line = entries.line_of(name)
        if not isinstance(entry, Table) or not is_name(name):
            what = f"wrong entry in {entries.noun}, found {shown(name)}; a table named by a model is accepted"
            raise InputError(
                what, where=entries.where, line=line, remedy=f'such as {entries.noun[:-1]}."openai:MODEL"]'
            )
        found.append((name, Fields(entry, entries.where, line, f'{entries.noun[:-1]}."{name}"]')))
    return found


def _allowance(entry: Fields) -> Allowance:
    names = tuple(field.name for field in fields_of(Allowance))
    entry.refuse_unknown(names)
    found = {name: _over_zero(entry, name) for name in names}
    if not any(found.values()):
        raise _empty(entry, " or ".join(f"`{name}`" for name in names))
    return Allowance(**found)


def _over_zero(entry: Fields, key: str) -> float | None:
    value = entry.number(key, 0, _MOST)
    if value == 0:
        raise entry.wrong(key, "a number over 0", "leave the line out where there is no limit")
    return value


def _price(entry: Fields) -> Price:
    entry.refuse_unknown(tuple(field.name for field in fields_of(Price)))
    money: dict[str, Any] = {key: entry.number(key, 0, _MOST) for key in _PRICED}
    money["batch"] = entry.number("batch", 0, 1)
    known = {key: Decimal(str(value)) for key, value in money.items() if value is not None}
    if "call" not in known and not {"input", "output"} <= known.keys():
        raise _empty(entry, "`input` and `output` (money a million tokens), or `call`,")
    sent, said = (entry.whole(f"most_{side}_tokens", 1, _MOST_TOKENS) for side in ("input", "output"))
    return Price(**known, most_input_tokens=sent, most_output_tokens=said)


def _empty(entry: Fields, accepted: str) -> InputError:
    found = ", ".join(entry.table) or "nothing"
    what = f"too little in {entry.noun}, found {found}; {accepted} is accepted"
    return InputError(what, where=entry.where, line=entry.line)
