"""What each case showed in the last runs, without a record of it: whether all of its repeats passed, or none.

A run of twenty thousand cases has some twenty megabytes of results, so lines are searched, not parsed. In JSON the
quotes in a text are escaped, so that neither a key nor the beginning of a repeat is ever mistaken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.audit import CaseHistory, Record
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.store import Store

_NAME = re.compile(rb'"case_id":("(?:[^"\\]|\\.)*"),"digest":"([^"]*)".*?"prompt_id":("(?:[^"\\]|\\.)*")')
_PASSED, _ERROR, _REPEATS, _EMPTY = b'"passed":true', b'"error":', b'"repeats":[', b"{}"
_MAYBE_NEXT = b'},{"'
_NEXT = re.compile(rb'\},\{"[a-z]')
"""Where a repeat ends and the next begins: a text that ends in such braces has another letter behind its quote."""


def case_histories(store: Store, runs: Sequence[str]) -> list[CaseHistory]:
    """Give the cases of the last of these runs, with what each of them showed while it was the same case.

    The runs are oldest first; in the answer too.
    """
    if not runs:
        return []
    *earlier, newest = runs
    seen: dict[tuple[bytes, bytes, bytes], list[Record]] = {}
    tags: dict[tuple[bytes, bytes, bytes], tuple[str, ...]] = {}
    for line, name in _cases(store, newest):
        seen[name] = [_record(line)]
        tags[name] = _tags(line)
    lasting = set(seen)
    for run in reversed(earlier):
        here = set()
        for line, name in _cases(store, run):
            if name in lasting:
                here.add(name)
                seen[name].append(_record(line))
        lasting &= here
    return [
        CaseHistory(_value(name[2]), _text(name[0]), tags[name], tuple(reversed(records)))
        for name, records in seen.items()
    ]


def _cases(store: Store, run: str) -> Iterator[tuple[bytes, tuple[bytes, bytes, bytes]]]:
    """Give the lines of a run's cases, each with what names it: case, digest of its definition, prompt."""
    for number, line in enumerate(store.lines(run, "cases.jsonl"), 1):
        found = _NAME.search(line)
        if found is None:
            raise StoreError(f"run {run}: cases.jsonl:{number}: damaged: not a result of a case")
        yield line, (found[1], found[2], found[3])


def _record(line: bytes) -> Record:
    """Say what the repeats of a line show; where a call failed, or a repeat is empty, the line is parsed."""
    if _REPEATS not in line:
        return Record.NOTHING
    passed = line.count(_PASSED)
    number = passed if line.count(_MAYBE_NEXT) + 1 == passed else len(_NEXT.findall(line)) + 1
    if _EMPTY in line or _ERROR in line:
        return _parsed(line)
    if passed == number:
        return Record.PASSES
    return Record.BOTH if passed else Record.FAILS


def _parsed(line: bytes) -> Record:
    plain = codec.read_object(line.decode("utf-8", "replace"), "cases.jsonl")
    said = {bool(one.get("passed")) for one in plain.get("repeats", ()) if "error" not in one}
    return {(True,): Record.PASSES, (False,): Record.FAILS, (): Record.NOTHING}.get(tuple(said), Record.BOTH)


def _tags(line: bytes) -> tuple[str, ...]:
    _, key, rest = line.rpartition(b'"tags":')
    return tuple(_value(rest[: rest.rindex(b"]") + 1])) if key else ()


def _text(text: bytes) -> str:
    """Read a text as JSON has it; very many have nothing escaped."""
    return text[1:-1].decode() if b"\\" not in text else str(json.loads(text))


@lru_cache(maxsize=4096)
def _value(text: bytes) -> Any:
    """Read a piece of JSON, of which few are different."""
    return json.loads(text)
