"""What is kept of every single answer of a run, summed up by prompt: how long it took, and whether it was withheld.

A run of twenty thousand cases has some forty megabytes of it, so lines are searched, not parsed: in JSON a name that
stands in a text has its quotes escaped, and cannot be mistaken for a key.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.trend import LATENCY, WITHHELD, Measured
from pytest_goldenprompt.store.archive import RunFiles
from pytest_goldenprompt.store.codec import RESTORE

_PROMPT = re.compile(rb'"prompt_id":("(?:[^"\\]|\\.)*")')
_LATENCY = re.compile(rb'"latency":([-+.0-9eE]+)')
_ENDED = re.compile(rb'"finish_reason":"(\w+)"')
_WITHHELD = b"content_filter"


def answers_in(files: RunFiles, day: date, month: str) -> Iterator[Measured]:
    """Give by prompt the mean seconds of a call, and the share of the answers that the provider withheld."""
    seconds: dict[bytes, list[float]] = defaultdict(list)
    ends: dict[bytes, list[bytes]] = defaultdict(list)
    where = f"{files.where}/volatile.jsonl"
    for number, line in enumerate(files.lines("volatile.jsonl"), 1):
        if line.startswith(b'{"seal":'):
            continue
        named = _PROMPT.search(line)
        if named is None:
            raise StoreError(f"{where}:{number}: damaged: no `prompt_id`: {RESTORE}")
        seconds[named[1]] += map(float, _LATENCY.findall(line))
        ends[named[1]] += _ENDED.findall(line)
    for name, found in sorted(seconds.items()):
        prompt = json.loads(name)
        if found:
            yield Measured(prompt, LATENCY, day, month, sum(found) / len(found))
        if ends[name]:
            yield Measured(prompt, WITHHELD, day, month, ends[name].count(_WITHHELD) / len(ends[name]))
