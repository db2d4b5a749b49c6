"""Sampling parameters under their OpenAI names, with the ranges that every provider shares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Table, line_of_key, plain, shown
from pytest_goldenprompt.model.values import JSON

LARGEST = 2**63 - 1

_NUMBERS = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
}
_WHOLE = {
    "max_tokens": (1, LARGEST),
    "max_completion_tokens": (1, LARGEST),
    "top_k": (0, LARGEST),
    "seed": (-LARGEST, LARGEST),
}
_TEXTS = ("reasoning_effort", "verbosity")
_ANY = ("stop", "response_format", "tools", "tool_choice", "parallel_tool_calls", "logit_bias")

PARAMETERS = (*_NUMBERS, *_WHOLE, *_TEXTS, *_ANY)
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def renamed_parameters(fields: Fields, key: str, names: Mapping[str, str] = {}) -> dict[str, JSON]:
    """Read the parameters in a map that spells them with capitals (`topP`), or calls them otherwise (`names`)."""
    written = fields.map(key) or {}
    line = fields.line_of(key)
    table = Table(line)
    for word, value in written.items():
        name = _CAPITAL.sub("_", word).lower() if word.isascii() else word
        name = names.get(name, name)
        if name in table:
            raise InputError(
                f"a parameter given twice, found {shown(word)} again; once is accepted",
                where=fields.where,
                line=line_of_key(written, word, line),
            )
        table[name] = value
        table.lines[name] = line_of_key(written, word, line)
    parameters = Fields(table, fields.where, line, key)
    parameters.refuse_unknown(PARAMETERS)
    return parameters_of(parameters)


def parameters_of(fields: Fields) -> dict[str, JSON]:
    """Read the sampling parameters among a map's keys; numbers are checked for their range, the rest for its shape."""
    found: dict[str, JSON] = {key: fields.number(key, *limits) for key, limits in _NUMBERS.items()}
    found.update({key: fields.whole(key, *limits) for key, limits in _WHOLE.items()})
    found.update({key: fields.name(key) for key in _TEXTS})
    found.update({key: plain(fields.table.get(key)) for key in _ANY})
    _check_shapes(fields, found)
    return {key: value for key, value in found.items() if value is not None}


def _check_shapes(fields: Fields, found: dict[str, JSON]) -> None:
    shapes: tuple[tuple[str, Any, str], ...] = (
        ("stop", str | list, "text or a list of texts"),
        ("response_format", dict, "a map with `type`"),
        ("tools", list, "a list of maps"),
        ("tool_choice", str | dict, "text or a map"),
        ("parallel_tool_calls", bool, "true or false"),
        ("logit_bias", dict, "a map"),
    )
    for key, shape, accepted in shapes:
        if found[key] is not None and not isinstance(found[key], shape):
            raise fields.wrong(key, accepted)
    for key, kind, accepted in (("stop", str, "text or a list of texts"), ("tools", dict, "a list of maps")):
        items = found[key]
        if isinstance(items, list) and not all(isinstance(item, kind) for item in items):
            raise fields.wrong(key, accepted)
