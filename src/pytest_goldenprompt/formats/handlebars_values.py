"""What names mean in a Handlebars template, and what values look like in it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.handlebars_tree import Node
from pytest_goldenprompt.formats.located import shown

MISSING = object()
"""What is found where a name means nothing."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(slots=True)
class Frame:
    """What names mean at one place: the value that is current, names of its own, and the frame around it."""

    value: Any
    around: Frame | None = None
    own: Mapping[str, Any] = field(default_factory=dict)


def looked_up(path: str, frame: Frame, *, fall_back: bool) -> Any:
    """Look a name up; `fall_back`: also in the values around, as Mustache does."""
    while path.startswith("..") and frame.around is not None:
        path, frame = path[2:].removeprefix("/") or "this", frame.around
    words = [word for word in re.split(r"[./]", path) if word and word != "this"]
    if path.startswith("@root"):
        while frame.around is not None:
            frame = frame.around
        words = words[1:]
    if not words:
        return frame.value
    first, *rest = words
    start: Frame | None = frame
    while start is not None:
        if first in start.own:
            return _inside(start.own[first], rest)
        if isinstance(start.value, Mapping) and first in start.value and (start is frame or fall_back):
            return _inside(start.value[first], rest)
        start = start.around
    return MISSING


def _inside(value: Any, words: Sequence[str]) -> Any:
    for word in words:
        if isinstance(value, Mapping) and word in value:
            value = value[word]
        elif isinstance(value, list) and word.isdecimal() and int(word) < len(value):
            value = value[int(word)]
        else:
            return MISSING
    return value


def is_false(value: Any) -> bool:
    """Say whether a condition does not hold for a value: nothing, false, nought, an empty text or list."""
    return value is None or value is False or value in ("", 0) or value == []


def compared(left: Any, sign: str, right: Any, line: int) -> bool:
    """Compare two values."""
    try:
        return _COMPARE[sign](left, right)
    except TypeError:
        what = f"values that cannot be compared, found {shown(left)} {sign} {shown(right)}"
        raise InputError(f"{what}; two numbers or two texts are accepted", line=line) from None


def spoken(value: Any, node: Node) -> str:
    """Give a value's text, as Handlebars writes it; lists and maps have none."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    raise InputError(
        f"data where text is needed, found {shown(value)} as {node.name}; text and numbers are accepted",
        line=node.line,
        remedy=f"write {{{{json {node.name}}}}}",
    )
