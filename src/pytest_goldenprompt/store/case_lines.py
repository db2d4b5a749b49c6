"""The raw results of a run, read line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.many import uncollected
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.store.codec import case_from_plain, read_object

Known: TypeAlias = dict[bytes, CaseResult]
"""Results of a run by the lines they were read from."""


def read_cases(lines: Iterable[bytes], where: str, known: Known | None = None) -> tuple[CaseResult, ...]:
    """Read the raw results of a run; a line that is damaged is a StoreError with its number.

    The first run that is read with a `known` leaves its lines there. Of the next ones, lines that are equal to the
    letter are not read again: they give the same results.
    """
    keep = known is not None and not known
    known = {} if known is None else known
    results = []
    with uncollected():
        for number, line in enumerate(lines, start=1):
            result = known.get(line)
            if result is None and line != b"\n":
                result = _read_case(line, f"{where}:{number}")
                if keep:
                    known[line] = result
            if result is not None:
                results.append(result)
    return tuple(results)


def _read_case(line: bytes, where: str) -> CaseResult:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise StoreError(f"{where}: damaged: not UTF-8 text") from None
    return case_from_plain(read_object(text, where), where)
