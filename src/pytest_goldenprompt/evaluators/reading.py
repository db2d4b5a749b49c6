"""JSON out of an answer: as a whole, out of a Markdown fence, or from wherever it stands in the text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pytest_goldenprompt.evaluators.fences import fenced
from pytest_goldenprompt.evaluators.scores import quoted
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.values import JSON

EXTRACTS = ("strict", "fence", "any")
DEEPEST = 100
MOST_TRIES = 50
"""Fences, and opening brackets in running text, that are tried as JSON."""

_OPENING = re.compile(r"[{\[]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the value where `found`, and why the answer as a whole is no JSON (empty where it is)."""

    found: bool
    value: JSON = None
    problem: str = ""


def read_output(output: Output, extract: str) -> Reading:
    """Read an output's JSON. Its `value` goes first, where a function returned data.

    With `fence` a Markdown fence is taken off, with `any` and `strict` the first JSON object or list in the text is
    taken where nothing else can be read; `problem` tells the strict from the forgiven.
    """
    if output.value is not None:
        return Reading(True, output.value)
    text = output.text
    try:
        return Reading(True, parsed(text))
    except ValueError as error:
        problem = f"not JSON as a whole: {error}, found {quoted(text)}"
    for candidate in _candidates(text, extract):
        return Reading(True, candidate, problem)
    return Reading(False, None, problem)


def parsed(text: str) -> JSON:
    """Parse JSON; NaN, infinities, nesting deeper than 100 levels and numbers of thousands of digits are refused."""
    try:
        value: JSON = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError(f"nested deeper than {DEEPEST} levels") from None
    return shallow(value)


def shallow(value: JSON) -> JSON:
    """Give the value back; nesting deeper than 100 levels is a ValueError."""
    level: list[JSON] = [value]
    for _ in range(DEEPEST):
        level = [below for item in level for below in _below(item)]
        if not level:
            return value
    raise ValueError(f"nested deeper than {DEEPEST} levels")


def _below(item: JSON) -> Sequence[JSON]:
    if isinstance(item, Mapping):
        return list(item.values())
    return item if isinstance(item, list | tuple) else ()


def _candidates(text: str, extract: str) -> Iterator[JSON]:
    for inside in islice(fenced(text), MOST_TRIES):
        try:
            yield parsed(inside)
        except ValueError:
            continue
    if extract != "fence":
        yield from _embedded(text)


def _embedded(text: str) -> Iterator[JSON]:
    decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
    for tried, match in enumerate(_OPENING.finditer(text)):
        if tried == MOST_TRIES:
            return
        try:
            yield shallow(decoder.raw_decode(text, match.start())[0])
        except (ValueError, RecursionError):
            continue


def _refuse(constant: str) -> JSON:
    raise ValueError(f"{constant} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{quoted(digits)} is no number of ordinary size")
    return number
