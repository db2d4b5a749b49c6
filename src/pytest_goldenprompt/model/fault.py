"""Where in a JSON answer something is wrong, so that cases can be counted by place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MOST = 50
"""Faults of one answer that are kept, the first by place."""

LONGEST = 120
"""Characters of a place that are kept: keys that are not expected are the model's own words."""

_STEP = re.compile(r"""\['[^']*'\]|\["[^"]*"\]|\[\d+\]""")


class What(StrEnum):
    """What is wrong in a place: it is not there, has another value, should not be there, breaks a schema, no JSON."""

    MISSING = "missing"
    WRONG = "wrong"
    EXTRA = "extra"
    INVALID = "invalid"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FieldRate:
    """A place in JSON answers, what is wrong there, and the share of cases (0..1) in which it is, then and now.

    `then` is None where the stored run does not tell. `cases` are the first of the `number` cases in which it is wrong
    more often than then.
    """

    path: str
    what: str
    then: float | None
    now: float
    cases: tuple[str, ...] = ()
    number: int = 0

    @property
    def rise(self) -> float:
        """Give by how much the share of cases rose; 0 where the stored run does not tell."""
        return 0.0 if self.then is None else self.now - self.then


def fault(what: What, path: str) -> str:
    """Write a fault as a word and a place. Items of a list are one place: `wrong $.items[*].price`."""
    place = _STEP.sub(lambda step: "[*]" if step[0][1].isdigit() else step[0], path[: 2 * LONGEST])
    visible = "".join(letter if letter.isprintable() else "?" for letter in place)
    return f"{what.value} {visible if len(visible) <= LONGEST else visible[: LONGEST - 1] + '…'}"
