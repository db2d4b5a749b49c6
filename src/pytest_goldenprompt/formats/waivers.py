"""The waivers of a library, `[[waivers]]` in goldenprompt.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Series, Table
from pytest_goldenprompt.model.waiver import OF_A_PROMPT, OF_ONE_CASE, Waiver

KEYS = ("prompt", "case", "slice", "kind", "owner", "reason", "ticket", "until", "most_drop")


def read_waivers(document: Mapping[str, Any], where: str) -> tuple[Waiver, ...]:
    """Read the waivers; refused are unknown keys, a missing owner, reason or last day, and two for the same."""
    items = Fields(document, where, 1, "the policy").items("waivers")
    waivers = tuple(_waiver(item, where, line) for line, item in items)
    seen: dict[tuple[str | None, ...], Waiver] = {}
    for waiver in waivers:
        former = seen.setdefault((waiver.prompt, waiver.case, waiver.slice, waiver.kind), waiver)
        if former is not waiver:
            raise InputError(
                f"two waivers for the same, found {waiver.scope} on line {former.line} too; one is accepted",
                where=where,
                line=waiver.line,
            )
    return waivers


def _waiver(item: Any, where: str, line: int) -> Waiver:
    if not isinstance(item, Mapping):
        raise InputError("wrong waiver, found no table; tables [[waivers]] are accepted", where=where, line=line)
    fields = Fields(item, where, line, "the waiver")
    fields.refuse_unknown(KEYS)
    case, part = fields.name("case"), fields.name("slice")
    if case and part:
        raise InputError("waiver for a case and a slice, found both; one of them is accepted", where=where, line=line)
    allowed = OF_ONE_CASE if case else ("slice",) if part else OF_A_PROMPT
    return Waiver(
        prompt=_needed(fields, "prompt"),
        owner=_needed(fields, "owner"),
        reason=_needed(fields, "reason"),
        until=_day(fields),
        case=case,
        slice=part,
        kind=fields.choice("kind", allowed),
        ticket=fields.name("ticket"),
        most_drop=_most_drop(fields, case),
        line=line,
    )


def _needed(fields: Fields, key: str) -> str:
    value = fields.name(key)
    if value is None:
        raise fields.wrong(key, "text on one line; a waiver needs prompt, owner, reason and until,")
    return value


def _day(fields: Fields) -> str:
    """Read the last day, a date of TOML or a text that reads like one."""
    value = fields.table.get("until")
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise fields.wrong("until", "a day that exists, as YYYY-MM-DD,") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise fields.wrong("until", "the last day on which it holds, as YYYY-MM-DD,")
    return value.isoformat()


def _most_drop(fields: Fields, case: str | None) -> float:
    """Read the greatest drop; only a single case may be lost whole without saying so."""
    value = fields.number("most_drop", 0, 1)
    if value is None and case is None:
        raise fields.wrong("most_drop", "the greatest drop, a number from 0 to 1 such as 0.1,")
    return 1.0 if value is None else float(value)


def located_waivers(items: Any, lines: list[str]) -> Any:
    """Put lines to the tables and keys of `[[waivers]]`: the standard parser tells none, a plain search finds them."""
    heads = [number for number, line in enumerate(lines, 1) if re.match(r"\s*\[\[\s*waivers\s*\]\]", line)]
    if not isinstance(items, list) or not heads or len(heads) != len(items):
        return items
    series = Series(heads[0])
    for head, item in zip(heads, items, strict=True):
        table = Table(head)
        table.update(item)
        for number, line in enumerate(lines[head:], head + 1):
            if line.lstrip().startswith("["):
                break
            match = re.match(r"\s*(?:\"([^\"]*)\"|([\w-]+))\s*=", line)
            if match:
                table.lines.setdefault(match.group(1) or match.group(2), number)
        series.append(table)
        series.lines.append(head)
    return series
