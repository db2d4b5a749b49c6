"""The reports of a run, each made from what the end of the run knows."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial

from pytest_goldenprompt.formats.digests import file_digests
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import Verdict
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.reports.attestation import attestation_text
from pytest_goldenprompt.reports.ctrf import ctrf_text
from pytest_goldenprompt.reports.genai import genai_text
from pytest_goldenprompt.reports.markdown import SUMMARY, markdown_text
from pytest_goldenprompt.reports.openmetrics import openmetrics_text
from pytest_goldenprompt.reports.otel import otel_text
from pytest_goldenprompt.reports.view import RunView
from pytest_goldenprompt.store.acceptance import objections

OF_VIEW: Mapping[str, Callable[[RunView], str]] = {
    "markdown": markdown_text,
    "summary": partial(markdown_text, limit=SUMMARY),
    "ctrf": ctrf_text,
    "genai": lambda view: genai_text(view.record),
    "otel": otel_text,
}
"""Reports that need no more than the run as reports read it."""


def run_view(library: Library, record: RunRecord, verdict: Verdict, texts: Mapping[str, str]) -> RunView:
    """Give a run that is over as reports read it."""
    reference = library.reference
    return RunView(
        record,
        verdict,
        reference.baseline,
        reference.facts,
        texts,
        reference.texts,
        name=record.id,
        command=reference.command,
        even=tuple(objections(record, verdict.state, waived=verdict.stands_on_waivers)),
    )


def report_text(kind: str, library: Library, view: RunView, verdict_record: str) -> str:
    """Write a report of one kind; the verdict record is written already."""
    if kind in OF_VIEW:
        return OF_VIEW[kind](view)
    if kind == "html":
        from pytest_goldenprompt.plugin.paging import page_of  # noqa: PLC0415 - few runs ask for a page

        return page_of(library, view)
    if kind == "attestation":
        return _attestation(library, view, verdict_record)
    return openmetrics_text(view, json.loads(verdict_record)) if kind == "openmetrics" else verdict_record


def _attestation(library: Library, view: RunView, verdict_record: str) -> str:
    prompts, root = view.record.prompts, library.settings.root
    files = file_digests(root, [name for one in prompts for name in (one.path, one.dataset)], library.registry.formats)
    return attestation_text(view, verdict_record, files, library.reference.anchor, pipeline_url(os.environ))


def pipeline_url(environment: Mapping[str, str]) -> str:
    """Give where the CI system shows the run; empty where none says so."""
    parts = [environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    if all(parts):
        return f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}"
    return environment.get("CI_JOB_URL", "")
