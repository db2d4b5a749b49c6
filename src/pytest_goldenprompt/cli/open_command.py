"""`goldenprompt open`: a stored run as one HTML page."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.cli.judged import judged_run, reference_of
from pytest_goldenprompt.cli.place import root_of, store_of
from pytest_goldenprompt.engine.questions import planner, questions
from pytest_goldenprompt.formats.limits import read_terms
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.page.assemble import html_page
from pytest_goldenprompt.reports.page.content import Subject
from pytest_goldenprompt.reports.spend import spend_line, spent_of
from pytest_goldenprompt.store.files import write_file


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="RUN", help="a run's id, its beginning, or `last`")
    parser.add_argument("--to", metavar="PATH", help="where to write the page (in the store's cache)")


def run(options: argparse.Namespace) -> int:
    """Write the page, and print where it is."""
    root, store = root_of(options), store_of(options)
    judged = judged_run(store, root, options.name)
    baseline = judged.baseline and store.whole(judged.baseline, needed=False)
    view = replace(judged, record=store.whole(judged.record), baseline=baseline)
    run_id, registry = view.record.id, Registry()
    stored = store.verdict(run_id)
    asked = questions(view.record, planner(root, registry.evaluator, registry.formats))
    spent = spent_of(stored.get("spend"))
    spend = spend_line(spent, read_terms(root), None) if spent else ""
    path = Path(options.to) if options.to else store.cache / "pages" / f"{run_id}.html"
    write_file(path, html_page(Subject(view, asked, reference_of(stored.get("anchor"), run_id), spend)))
    print(os.path.relpath(path) if path.is_relative_to(Path.cwd()) else path)
    return 0
