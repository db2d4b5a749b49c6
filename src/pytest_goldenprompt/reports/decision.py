"""One thing that a person has to decide, on a terminal: what is asked, what is expected, what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.reports.inert import one_line, prefixed

LONGEST = 4000
_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Decision:
    """What is shown: a heading, the place of the case, texts by their names, and sentences below them."""

    heading: str
    where: str
    texts: Sequence[tuple[str, JSON]]
    notes: Sequence[str] = ()


def decision_lines(decision: Decision) -> Iterator[str]:
    """Give the lines, text of models and files behind a bar, so that it starts none of them."""
    yield one_line(decision.heading)
    yield one_line(f"  {decision.where}")
    for name, value in decision.texts:
        if value is not None:
            label = f"  {one_line(name, 24):{_WIDTH}}"
            yield from _marked(label, value)
    yield from (one_line(f"  {note}", LONGEST) for note in decision.notes)


def _marked(label: str, value: JSON) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)
    lines = prefixed(text, "| ", LONGEST)
    blanks = " " * len(label)
    return [f"{blanks if number else label}{line}" for number, line in enumerate(lines)]
