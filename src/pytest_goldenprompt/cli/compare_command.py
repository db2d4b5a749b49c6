"""`goldenprompt compare`: two stored runs or two plain score files, judged without any model call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.cli.judged import print_lines
from pytest_goldenprompt.cli.place import now, root_of, store_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.answers import read_scores
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.exits import EXIT_OF_STATE
from pytest_goldenprompt.judge.topup import top_up
from pytest_goldenprompt.model.many import uncollected
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import ReferenceFacts
from pytest_goldenprompt.reports.terminal import summary
from pytest_goldenprompt.reports.verdict_record import to_text, verdict_record
from pytest_goldenprompt.reports.view import RunView
from pytest_goldenprompt.store.case_lines import Known
from pytest_goldenprompt.store.codec import cases_digest
from pytest_goldenprompt.store.files import write_file
from pytest_goldenprompt.store.folder import read_run
from pytest_goldenprompt.store.reference import match_run, refuse_as_baseline


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = "a score file (JSON Lines), a run's id or `last`, or a run's folder"
    parser.add_argument("base", metavar="BASE", help=what)
    parser.add_argument("current", metavar="CURRENT", help=what)
    parser.add_argument("--topup", metavar="MORE", help="draw further repeats from here, for what looks worse only")
    parser.add_argument("--report", action="append", default=[], metavar="json=PATH", help="write the verdict record")


@uncollected()
def run(options: argparse.Namespace) -> int:
    """Judge, print, and give the verdict's own exit code."""
    reports = [_report(text) for text in options.report]
    known: Known = {}
    base, current = _read(options, options.base, known), _read(options, options.current, known)
    known.clear()
    refuse_as_baseline(base, options.base)
    policy, drawn, today = read_policy(root_of(options)), 0, now()[: len("YYYY-MM-DD")]
    if options.topup:
        current, drawn = top_up(base, current, _read(options, options.topup, known), policy, today)
    verdict = decide(References(base), current, policy, today=today, extra_calls=drawn)
    reference = ReferenceFacts(base.id, base.month, cases_digest(base) if reports else "")
    if reports:
        text = to_text(verdict_record(verdict, current, reference, None, cases_digest(current)))
    for path in reports:
        write_file(path, text)
    view = RunView(current, verdict, base, reference, {}, _no_texts, _stored_name(options, current))
    print_lines(list(summary(view)), colour=sys.stdout.isatty())
    return EXIT_OF_STATE[verdict.state]


def _read(options: argparse.Namespace, name: str, known: Known) -> RunRecord:
    path = Path(options.folder) / name
    if path.is_file():
        return _without_places(read_scores(path), path.name)
    if (path / "run.json").is_file():
        return read_run(path, known=known)
    store = store_of(options)
    if not store.runs():
        raise InputError(f"neither a score file nor a stored run, found {name!r}", remedy="name an existing file")
    return store.load(match_run(store.runs(), name), known)


def _without_places(record: RunRecord, name: str) -> RunRecord:
    """Leave out where in the file a case stands, so that the order of the lines changes no byte of the report."""
    cases = tuple(replace(case, line=0, tags=tuple(sorted(case.tags))) for case in record.cases)
    return replace(record, id=name, cases=cases)


def _stored_name(options: argparse.Namespace, record: RunRecord) -> str:
    return record.id if record.id in store_of(options).runs() else ""


def _report(text: str) -> Path:
    kind, _, path = text.partition("=")
    if kind != "json" or not path:
        raise InputError(f"json=PATH is accepted, found {text!r}", where="--report")
    return Path(path)


def _no_texts() -> Mapping[str, str]:
    return {}
