"""What an import or an export could not carry, told by place and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MOST_LINES = 5
"""Lines of one file that are named for one finding; more are counted."""


class UncarriedError(Exception):
    """One thing has no counterpart; the text says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One finding: the file, its line (from 1; 0 where there is none), what it is about, and why."""

    where: str
    line: int
    what: str
    why: str


@dataclass(slots=True)
class Listing:
    """What was `left` behind, and what is there but means something a little different (`changed`)."""

    left: dict[Item, None] = field(default_factory=dict)
    changed: dict[Item, None] = field(default_factory=dict)

    def leave(self, where: str, line: int, what: str, why: str) -> None:
        """Note that something could not be carried; once, however often it is met."""
        self.left[Item(where, line, what, why)] = None

    def change(self, where: str, line: int, what: str, why: str) -> None:
        """Note that something is carried with a difference."""
        self.changed[Item(where, line, what, why)] = None

    def text(self) -> str:
        """Write the list, one line a finding; lines of one file that share it stand together."""
        parts = (("not carried", self.left), ("carried with a difference", self.changed))
        return "".join(f"{line}\n" for title, items in parts for line in _part(title, items))


def _part(title: str, items: Mapping[Item, None]) -> Iterator[str]:
    if not items:
        return
    lines: dict[tuple[str, str, str], dict[int, None]] = {}
    for item in items:
        lines.setdefault((item.where, item.what, item.why), {})[item.line] = None
    yield f"{title}: {len(items)}"
    for (where, what, why), found in lines.items():
        yield f"  {where}{_places(sorted(found))}: {what}: {why}"


def _places(lines: Sequence[int]) -> str:
    named = [str(line) for line in lines if line][:MOST_LINES]
    more = f" and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
    return f":{', '.join(named)}{more}" if named else ""
