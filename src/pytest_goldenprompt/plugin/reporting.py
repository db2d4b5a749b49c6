"""The reports of a run, each made from what the end of the run knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pytest_goldenprompt.engine.plan import PlannedPrompt
from pytest_goldenprompt.engine.questions import planner, questions
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.verdict import Verdict
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.reports.genai import genai_text
from pytest_goldenprompt.reports.spend import spend_line
from pytest_goldenprompt.reports.view import RunView
from pytest_goldenprompt.store.acceptance import objections


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
    if kind == "html":
        return _page(library, view)
    return genai_text(view.record) if kind == "genai" else verdict_record


def _page(library: Library, view: RunView) -> str:
    from pytest_goldenprompt.reports.page.assemble import html_page  # noqa: PLC0415 - few runs ask for a page
    from pytest_goldenprompt.reports.page.content import Subject  # noqa: PLC0415 - the same

    spent = library.spent
    spend = spend_line(spent, library.terms, library.settings.budget) if spent else ""
    from_files = planner(library.settings.root, library.registry.evaluator, library.registry.formats)

    def planned(facts: PromptFacts) -> PlannedPrompt | None:
        return library.planned.get(facts.dataset) or from_files(facts)

    baseline = view.baseline and library.store.whole(view.baseline, needed=False)
    view = replace(view, baseline=baseline)
    return html_page(Subject(view, questions(view.record, planned), library.reference.anchor, spend))
