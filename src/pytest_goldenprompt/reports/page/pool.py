"""Every text of a page once: answers, reasons and inputs repeat each other, most of all where nothing went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.page.encoding import encoded, joined, size

LONGEST = 20_000
"""Characters of a text that the page holds; what is left out is counted."""


@dataclass
class Pool:
    """Texts by number, in the order in which they were first needed; `bytes` is what they take in the page."""

    bytes: int = 0
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    _parts: list[str] = field(default_factory=list)

    def add(self, text: str, limit: int = LONGEST) -> int:
        """Give the number of a text, its secrets masked, cut after `limit` characters."""
        whole = masked(text)
        key = whole[:limit], max(len(whole) - limit, 0)
        if key not in self._numbers:
            self._numbers[key] = len(self._parts)
            self._parts.append(encoded(list(key) if key[1] else whole))
            self.bytes += size(self._parts[-1]) + 1
        return self._numbers[key]

    def mark(self) -> tuple[int, int]:
        """Remember how far it is filled."""
        return len(self._parts), self.bytes

    def back(self, mark: tuple[int, int]) -> None:
        """Forget what was added since."""
        while len(self._parts) > mark[0]:
            self._numbers.popitem()
            self._parts.pop()
        self.bytes = mark[1]

    def text(self) -> str:
        """Give all texts as one encoded list; one that was cut is a pair with the number of characters left out."""
        return joined(self._parts)
