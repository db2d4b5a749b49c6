"""What differs between two JSON values, by path, and between two texts; the only home of deepdiff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pytest_goldenprompt.judge.alignment import STRICT, Forgiven, aligned, is_same, plain
from pytest_goldenprompt.judge.paths import Path, children, write_path
from pytest_goldenprompt.model.values import JSON


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where values differ. `what` is value, type, missing (only expected) or extra (only found)."""

    path: str
    expected: JSON
    found: JSON
    what: str


LARGE = 2000
"""Values in both documents beyond which deepdiff, which finds what moved inside a list, takes too long."""

MOST_LISTED = 1000
"""Differences listed at most."""

WINDOW = 4000
"""Characters of two texts that are compared, from shortly before the first difference on."""

MOST_LINES = 20
CONTEXT = 60


def differences(expected: JSON, found: JSON, forgiven: Forgiven = STRICT) -> tuple[Difference, ...]:
    """List what differs, sorted by path; empty where nothing does.

    Numbers are equal by value (1 and 1.0), truth values are no numbers. An unordered list is paired with what is
    expected first, equal items before those that are equal by tolerance, so that its paths count expected items.
    """
    if is_same(expected, found):
        return ()
    wanted = plain(expected)
    left = aligned(wanted, plain(found), (), forgiven)
    if is_same(wanted, left):
        return ()
    listed = sorted(_deep(wanted, left), key=_order)
    return tuple(listed) or (Difference("$", wanted, left, "value"),)


def _deep(expected: JSON, found: JSON) -> list[Difference]:
    if _same_lengths(expected, found) or _size(expected) + _size(found) > LARGE:
        return list(islice(_by_index(expected, found, ()), MOST_LISTED))
    from deepdiff import DeepDiff  # noqa: PLC0415 - half a second to import; most values are equal

    tree = DeepDiff(expected, found, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    return [_difference(kind, entry) for kind, entries in tree.items() for entry in entries]


def _same_lengths(expected: JSON, found: JSON) -> bool:
    """Tell whether no list lost or gained an item, so that nothing can have moved up or down for that reason."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(_same_lengths(expected[key], found[key]) for key in expected.keys() & found.keys())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(_same_lengths, expected, found))
    return True


def _by_index(expected: JSON, found: JSON, here: Path) -> Iterator[Difference]:
    """Compare place by place; what moved inside a list is not looked for."""
    if type(expected) is type(found) and isinstance(expected, dict | list):
        left, right = dict(children(expected)), dict(children(found))
        for step in {**left, **right}:
            place = (*here, step)
            if step not in right:
                yield Difference(write_path(place), left[step], None, "missing")
            elif step not in left:
                yield Difference(write_path(place), None, right[step], "extra")
            else:
                yield from _by_index(left[step], right[step], place)
    elif not is_same(expected, found):
        yield Difference(write_path(here), expected, found, "value" if _sort(expected) == _sort(found) else "type")


def _difference(kind: str, entry: Any) -> Difference:
    path = write_path(entry.path(output_format="list"))
    if kind.endswith("_added"):
        return Difference(path, None, entry.t2, "extra")
    if kind.endswith("_removed"):
        return Difference(path, entry.t1, None, "missing")
    return Difference(path, entry.t1, entry.t2, "value" if _sort(entry.t1) == _sort(entry.t2) else "type")


def _order(difference: Difference) -> str:
    """Give the path with its indices padded, so that [2] stands before [10]."""
    return re.sub(r"\[(\d+)\]", lambda index: f"[{index[1]:0>9}]", difference.path)


def _sort(value: JSON) -> str:
    """Name the kind of a value as JSON knows kinds."""
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _size(value: JSON) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def text_diff(then: str, now: str) -> list[str]:
    """Show what changed as lines that begin with `-` (then), `+` (now) or a space (both, and remarks).

    Texts of one line are cut around the change, longer ones are compared line by line. Texts of any size take
    milliseconds: only a window that begins at the first difference is compared, and a remark says so. Characters that
    steer a terminal are written as escapes.
    """
    if then == now:
        return []
    start = max(0, _shared(then, now) - CONTEXT)
    left, right = (text[start : start + WINDOW].splitlines() for text in (then, now))
    if left == right or max(len(left), len(right)) <= 1:
        return [f"{sign} {_around(text, start)}" for sign, text in (("-", then), ("+", now))]
    lines = [line for line in difflib.unified_diff(left, right, n=1, lineterm="") if not line.startswith("@@ ")][2:]
    more = max(len(then), len(now)) > start + WINDOW or len(lines) > MOST_LINES
    shown = [_visible(line[: 2 * CONTEXT]) + ("…" if len(line) > 2 * CONTEXT else "") for line in lines[:MOST_LINES]]
    return [f"{line[:1]} {line[1:]}" for line in shown] + (["  … more follows"] if more else [])


def _around(text: str, start: int) -> str:
    end = start + 3 * CONTEXT
    return ("…" if start else "") + _visible(text[start:end]) + ("…" if end < len(text) else "")


def _visible(text: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _shared(then: str, now: str) -> int:
    """Count the characters that both texts begin with, by halves: slices compare much faster than characters."""
    low, high = 0, min(len(then), len(now))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if then[low:middle] == now[low:middle] else (low, middle - 1)
    return low
