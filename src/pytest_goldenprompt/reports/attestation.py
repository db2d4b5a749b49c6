"""The verdict as an in-toto Statement with the test-result predicate, for the pipeline to sign and to check.

The form: https://in-toto.io/Statement/v1 and https://in-toto.io/attestation/test-result/v0.1. It is not signed here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.model.verdict import ReferenceFacts, State
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.standings import Word, standings
from pytest_goldenprompt.reports.view import RunView

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
RESULTS = {State.PASS: "PASSED", State.NEW: "PASSED", State.INCONCLUSIVE: "WARNED"}
LISTS = {Word.PASSED: "passedTests", Word.OTHER: "warnedTests", Word.FAILED: "failedTests"}
"""Where a test is listed; one that was skipped on purpose is in no list."""


def attestation_text(
    view: RunView, record: str, files: Mapping[str, str], anchor: ReferenceFacts | None, url: str = ""
) -> str:
    """Write the statement.

    `record` is the verdict record's text, `files` the digests of the prompts' and datasets' files by path, `url` where
    the pipeline shows the run. Without a file there is nothing that the verdict is about, and the result is FAILED.
    """
    verdict = view.verdict
    result = RESULTS.get(verdict.state, "FAILED") if files and not verdict.look else "FAILED"
    predicate: dict[str, Any] = {"result": result, "configuration": _configuration(view, record, anchor)}
    if url:
        predicate["url"] = url
    found = list(standings(view))
    predicate |= {name: [one_line(one.name) for one in found if one.word is word] for word, name in LISTS.items()}
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": one_line(name), "digest": {"sha256": digest}} for name, digest in sorted(files.items())],
        "predicateType": PREDICATE,
        "predicate": predicate,
    }
    return json.dumps(statement, indent=2, sort_keys=True, allow_nan=False) + "\n"


def _configuration(view: RunView, record: str, anchor: ReferenceFacts | None) -> list[dict[str, Any]]:
    """Name what the verdict depends on besides: the record itself, the policy, the stored runs, and the commit."""
    run, reference = view.record, view.reference
    digests = {
        "verdict record": {"sha256": digest_of_bytes(record.encode("utf-8"))},
        "policy": {"sha256": run.policy_digest},
        "baseline": {"sha256": reference.digest if reference else ""},
        "anchor": {"sha256": anchor.digest if anchor else ""},
        "checkout": {"gitCommit": run.commit or ""},
    }
    notes = {
        "verdict record": {"state": view.verdict.state.value, "run": run.id, "partial": view.verdict.look},
        "baseline": {"run": reference.id, "month": reference.month} if reference else {},
        "anchor": {"run": anchor.id, "month": anchor.month} if anchor else {},
        "checkout": {"dirty": run.dirty},
    }
    return [
        {"name": name, "digest": digest, **({"annotations": notes[name]} if notes.get(name) else {})}
        for name, digest in digests.items()
        if all(digest.values())
    ]
