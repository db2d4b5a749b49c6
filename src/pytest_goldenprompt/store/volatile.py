"""What of a run differs from call to call: kept apart, so that runs of equal answers have equal records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.archive import RunFiles
from pytest_goldenprompt.store.run_files import load_volatile


def with_volatile(record: RunRecord, files: RunFiles) -> RunRecord:
    """Put latency, tokens and the like back into a record; lines that are not its own are a StoreError."""
    lines = load_volatile(files)
    try:
        cases = tuple(_case_with(case, line) for case, line in zip(record.cases, lines, strict=True))
    except (TypeError, KeyError, ValueError, AttributeError):
        raise StoreError(f"{files.where}/volatile.jsonl: damaged: not the lines of run {record.id}") from None
    return replace(record, cases=cases)


def _case_with(case: CaseResult, line: Mapping[str, Any]) -> CaseResult:
    if (line["prompt_id"], line["case_id"]) != (case.prompt_id, case.case_id):
        raise ValueError
    fields = [{name: one[name] for name in codec.VOLATILE if name in one} for one in line["repeats"]]
    repeats = [replace(repeat, **codec.with_origin(more)) for repeat, more in zip(case.repeats, fields, strict=True)]
    return replace(case, repeats=tuple(repeats))
