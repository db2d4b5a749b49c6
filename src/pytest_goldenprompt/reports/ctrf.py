"""The run in the Common Test Report Format (https://ctrf.io), for the many tools that read it."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.standings import Standing, Word, standings
from pytest_goldenprompt.reports.view import RunView

VERSION = "0.0.0"
"""The version of the format that is written."""

LONGEST = 200
"""Characters of a tag."""

WORDS = (*Word, "pending")
"""All that the format has a test be; none of ours is pending."""


def ctrf_text(view: RunView) -> str:
    """Write the report: the run, a gate for each prompt, and the cases. The run fails where it does not pass."""
    run, found = view.record, list(standings(view))
    report = {
        "reportFormat": "CTRF",
        "specVersion": VERSION,
        "generatedBy": f"pytest-goldenprompt {run.tool}".strip(),
        "timestamp": run.finished,
        "results": {
            "tool": {"name": "pytest-goldenprompt", "version": run.tool},
            "summary": _summary(view, found),
            "tests": [_test(one) for one in found],
            "environment": {"commit": run.commit} if run.commit else {},
            "extra": {"run": run.id, "month": run.month, "verdict": view.verdict.state.value},
        },
    }
    if not run.finished:
        del report["timestamp"]
    return json.dumps(report, indent=2, sort_keys=True, allow_nan=False) + "\n"


def _summary(view: RunView, found: Sequence[Standing]) -> dict[str, int]:
    counts = Counter(one.word.value for one in found)
    times = {"start": _milliseconds(view.record.started), "stop": _milliseconds(view.record.finished)}
    return {"tests": len(found), **{word: counts[word] for word in WORDS}, **times}


def _test(one: Standing) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, one.name)),
        "name": one_line(one.name),
        "status": one.word.value,
        "rawStatus": one.raw,
        "duration": _duration(one.result) if one.result else 0,
    }
    if one.message:
        plain["message"] = one.message
    if one.prompt is not None:
        plain |= {"suite": [one_line(one.prompt.id)], "filePath": one_line(one.prompt.dataset)}
    if one.result is not None and one.case is not None:
        plain |= {"line": one.result.line, "tags": [one_line(masked(tag), LONGEST) for tag in one.result.tags]}
        then, now = f"{one.case.x}/{one.case.k0}", f"{one.case.y}/{one.case.k1}"
        plain["extra"] = {"case": one_line(one.case.case_id), "then": then, "now": now}
    return plain


def _duration(result: CaseResult) -> int:
    """Give the time that a case's calls took together, in milliseconds."""
    return round(1000 * sum(repeat.latency or 0.0 for repeat in result.repeats))


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000) if moment else 0
