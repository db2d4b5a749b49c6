"""What is forgiven between two JSON values: the found one is put as it was expected wherever that is no difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pytest_goldenprompt.judge.paths import Path, matches
from pytest_goldenprompt.model.values import JSON, canonical


@dataclass(frozen=True, slots=True)
class Forgiven:
    """What is no difference: numbers within a distance by path, ignored places with all below, unordered lists.

    `unordered` is true for every list, or names the lists. Paths may hold wildcards.
    """

    tolerance: tuple[tuple[Path, float], ...] = ()
    ignore: tuple[Path, ...] = ()
    unordered: bool | tuple[Path, ...] = False


STRICT = Forgiven()

MOST_PAIRS = 20_000
"""Pairs of unlike items that an unordered list may try; beyond that they stand in the order they came in."""


def plain(value: JSON) -> JSON:
    """Give the value in dicts and lists, whatever mappings and sequences it came in."""
    if isinstance(value, Mapping):
        return {key: plain(below) for key, below in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(below) for below in value]
    return value


def is_same(expected: JSON, found: JSON) -> bool:
    """Compare as `==` does, but keep true and 1 apart."""
    return expected == found and _same_truth(expected, found)


def _same_truth(expected: JSON, found: JSON) -> bool:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return all(_same_truth(value, found[key]) for key, value in expected.items())
    if isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        return all(map(_same_truth, expected, found))
    return isinstance(expected, bool) == isinstance(found, bool)


def aligned(expected: JSON, found: JSON, here: Path, forgiven: Forgiven) -> JSON:
    """Give `found` with all that is forgiven put as it was expected."""
    if any(matches(pattern, here) for pattern in forgiven.ignore):
        return expected
    if isinstance(expected, dict) and isinstance(found, dict):
        return _aligned_mapping(expected, found, here, forgiven)
    if isinstance(expected, list) and isinstance(found, list):
        return _aligned_list(expected, found, here, forgiven)
    return expected if _within(expected, found, here, forgiven) else found


def _aligned_mapping(
    expected: dict[str, JSON], found: dict[str, JSON], here: Path, forgiven: Forgiven
) -> dict[str, JSON]:
    result: dict[str, JSON] = {}
    for key in {**expected, **found}:
        place = (*here, key)
        if any(matches(pattern, place) for pattern in forgiven.ignore):
            if key in expected:
                result[key] = expected[key]
        elif key in found:
            result[key] = aligned(expected[key], found[key], place, forgiven) if key in expected else found[key]
    return result


def _aligned_list(expected: list[JSON], found: list[JSON], here: Path, forgiven: Forgiven) -> list[JSON]:
    unordered = forgiven.unordered
    loose = unordered if isinstance(unordered, bool) else any(matches(pattern, here) for pattern in unordered)
    found = _paired(expected, found, here, forgiven) if loose else found
    shared = min(len(expected), len(found))
    return [aligned(expected[i], found[i], (*here, i), forgiven) for i in range(shared)] + found[shared:]


def _paired(expected: list[JSON], found: list[JSON], here: Path, forgiven: Forgiven) -> list[JSON]:
    """Reorder `found` so that each expected item stands beside its like; the rest keeps its order."""
    spots = defaultdict(list)
    for index in range(len(found) - 1, -1, -1):
        spots[canonical(found[index])].append(index)
    partner: dict[int, int] = {}
    for index, item in enumerate(expected):
        if same := spots.get(canonical(item)):
            partner[index] = same.pop()
    left = sorted(set(range(len(found))) - set(partner.values()))
    alone = [index for index in range(len(expected)) if index not in partner]
    for index in alone if len(alone) * len(left) <= MOST_PAIRS else ():
        item = expected[index]
        like = next((i for i in left if is_same(item, aligned(item, found[i], (*here, index), forgiven))), None)
        if like is not None:
            partner[index] = like
            left.remove(like)
    rest = iter(left)
    beside = [partner[i] if i in partner else next(rest, None) for i in range(len(expected))]
    return [found[i] for i in [*beside, *rest] if i is not None]


def _within(expected: JSON, found: JSON, here: Path, forgiven: Forgiven) -> bool:
    """Tell whether two numbers are equal, or near enough where a tolerance is given."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return False
    if not (isinstance(expected, int | float) and isinstance(found, int | float)):
        return False
    reach = max((reach for pattern, reach in forgiven.tolerance if matches(pattern, here)), default=0.0)
    if expected == found or not reach:
        return expected == found
    return abs(Fraction(str(expected)) - Fraction(str(found))) <= Fraction(str(reach))
