"""`goldenprompt audit`: what of a library nobody looks after: owners, reviews, tags, cases that tell nothing."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli.due_command import declare_day, today
from pytest_goldenprompt.cli.place import root_of, store_of
from pytest_goldenprompt.cli.repeated import to_json
from pytest_goldenprompt.cli.shelf import shelf_of
from pytest_goldenprompt.formats.upkeep import read_upkeep
from pytest_goldenprompt.judge.audit import audit
from pytest_goldenprompt.model.many import uncollected
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.reports.audit import audit_markdown, audit_record, audit_table


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_day(parser)
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    parser.add_argument("--all", action="store_true", help="show all prompts of a rule")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--markdown", action="store_true", help="print it in Markdown, with boxes to tick")


@uncollected()
def run(options: argparse.Namespace) -> int:
    """Audit and print; 1 where there is an error, with --strict also where there is a warning."""
    root = root_of(options)
    shelf = shelf_of(root, store_of(options))
    found, prompts = audit(shelf, read_upkeep(root), today(options)), len(shelf.listed)
    if options.json:
        print(to_json(audit_record(found, prompts)))
    elif options.markdown:
        print(audit_markdown(found, prompts))
    else:
        print(audit_table(found, prompts, every=options.all))
    failing = {Severity.ERROR, Severity.WARNING} if options.strict else {Severity.ERROR}
    return int(any(one.severity in failing for one in found))
