"""Places inside a JSON value, written `$.orders[0].total`; in a pattern `*` stands for any key or index."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.values import JSON

Step: TypeAlias = str | int | None
"""A key, an index, or None for any of them."""

Path: TypeAlias = tuple[Step, ...]

_STEP = re.compile(r"""\.([^.\[\]'"*]+)|\[(\d+)\]|(\.\*|\[\*\])|\[(?:'([^']*)'|"([^"]*)")\]""")
_PLAIN_KEY = re.compile(r"[^\W\d][\w-]*\Z")


def parse_path(text: str) -> Path:
    """Read `$`, `$.a.b`, `$.a[0]`, `$.a[*].b`, `$['odd key']`; anything else is an InputError."""
    steps: list[Step] = []
    position = 1
    while text.startswith("$") and position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            break
        key, index, anything, single, double = match.groups()
        named = key if key is not None else single if single is not None else double
        steps.append(None if anything else int(index) if index is not None else named)
        position = match.end()
    if not text.startswith("$") or position != len(text):
        raise InputError(f"not a path into a JSON value, found {text!r}; accepted are `$.a.b`, `$.a[0]`, `$.a[*].b`")
    return tuple(steps)


def write_path(steps: Sequence[Step]) -> str:
    """Write steps as a path that `parse_path` reads again."""
    return "$" + "".join(_written(step) for step in steps)


def matches(pattern: Path, steps: Path) -> bool:
    """Tell whether a place is the pattern's own, not one below it."""
    return len(pattern) == len(steps) and all(
        wanted is None or wanted == step for wanted, step in zip(pattern, steps, strict=True)
    )


def places(value: JSON, pattern: Path, here: Path = ()) -> Iterator[Path]:
    """Give the places of a value that a pattern names."""
    if not pattern:
        yield here
        return
    for step, below in children(value):
        if pattern[0] is None or pattern[0] == step:
            yield from places(below, pattern[1:], (*here, step))


def children(value: JSON) -> Iterator[tuple[Step, JSON]]:
    """Give what stands directly below a value, with its key or index."""
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from enumerate(value)


def _written(step: Step) -> str:
    if step is None:
        return "[*]"
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.match(step) else f"[{step!r}]" if "'" not in step else f'["{step}"]'
