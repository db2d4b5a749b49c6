"""The page of a run that is over, made from what this process knows of it."""

from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.engine.plan import PlannedPrompt
from pytest_goldenprompt.engine.questions import planner, questions
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.reports.page.assemble import html_page
from pytest_goldenprompt.reports.page.content import Subject
from pytest_goldenprompt.reports.spend import spend_line
from pytest_goldenprompt.reports.view import RunView


def page_of(library: Library, view: RunView) -> str:
    """Write the page; the stored run is shown with who answered and how long it took, where that is known here."""
    spent, here = library.spent, {planned.facts.id: planned for planned in library.planned.values()}
    spend = spend_line(spent, library.terms, library.settings.budget) if spent else ""
    from_files = planner(library.settings.root, library.registry.evaluator, library.registry.formats)

    def planned(facts: PromptFacts) -> PlannedPrompt | None:
        return here.get(facts.id) or from_files(facts)

    shown = replace(view, baseline=view.baseline and library.store.whole(view.baseline, needed=False))
    return html_page(Subject(shown, questions(view.record, planned), library.reference.anchor, spend))
