"""What stands in Markdown fences, found in one pass however many of them are open."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

_LINE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)


def fenced(text: str) -> Iterator[str]:
    """Give the inside of each fence that is closed by a line of its own marker, in their order."""
    lines = list(_LINE.finditer(text))
    closing: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        if not line[2].strip(" \t"):
            closing[line[1]].append(number)
    following = 0
    for number, line in enumerate(lines):
        if number < following or "`" in line[2]:
            continue
        ends = closing[line[1]]
        at = bisect_right(ends, number)
        if at < len(ends):
            following = ends[at] + 1
            yield text[line.end() + 1 : lines[ends[at]].start()]
