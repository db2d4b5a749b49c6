"""Shares as people read them: of answers that pass, and of cases in which a field is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_goldenprompt.model.fault import FieldRate
from pytest_goldenprompt.reports.inert import one_line

SHOWN_FIELDS = 5
LONGEST_PLACE = 80
LONGEST_NAME = 40


def percent(value: float | None) -> str:
    """Write a share as a percentage, as precise as 1,000 cases need; only all is 100 %, and only none is 0 %."""
    if value is None:
        return "-"
    shown = value * 100 if value in {0, 1} else min(max(value * 100, 0.1), 99.9)
    text = f"{shown:.1f}"
    return f"{text.removesuffix('.0')} %"


def field_lines(fields: Sequence[FieldRate]) -> Iterator[str]:
    """Say in how many more cases a field is wrong, the greatest rise first; nothing of those that are not."""
    worse = [one for one in fields if one.rise > 0.0]
    for one in worse[:SHOWN_FIELDS]:
        place = f"{one_line(one.path, LONGEST_PLACE)} {one.what} in {percent(one.rise)} more cases"
        yield f"{place}: {percent(one.then)} then, {percent(one.now)} now ({_cases(one)})"
    if len(worse) > SHOWN_FIELDS:
        yield f"and {len(worse) - SHOWN_FIELDS} more fields"


def _cases(one: FieldRate) -> str:
    names = ", ".join(one_line(case, LONGEST_NAME) for case in one.cases)
    return names if one.number == len(one.cases) else f"{names} and {one.number - len(one.cases)} more"
