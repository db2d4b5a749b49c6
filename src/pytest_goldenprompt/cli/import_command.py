"""`goldenprompt import WHAT`: the golden sets of other tools, or the outputs that they got."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli import imported_outputs, imported_sets

OUTPUTS = "outputs"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what can be imported, each with arguments of its own."""
    kinds = parser.add_subparsers(required=True, metavar="WHAT", dest="what")
    outputs = kinds.add_parser(OUTPUTS, help="outputs for a golden dataset, judged and stored as a run")
    imported_outputs.declare(outputs)
    for name, kind in imported_sets.KINDS.items():
        imported_sets.declare(kinds.add_parser(name, help=kind.about))


def run(options: argparse.Namespace) -> int:
    """Import outputs or golden sets."""
    return imported_outputs.run(options) if options.what == OUTPUTS else imported_sets.run(options)
