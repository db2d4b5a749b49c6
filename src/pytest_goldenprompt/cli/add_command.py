"""`goldenprompt add`: an example from production, or a trace, becomes a case for a person to look at."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.authoring.places import find_place
from pytest_goldenprompt.cli.added import STDIN, Adding, source_of
from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.examples import Example, read_examples
from pytest_goldenprompt.store.lock import alone_in


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("prompt", metavar="PROMPT", help="a prompt's id, its file or its golden dataset")
    parser.add_argument("file", nargs="?", default=STDIN, metavar="FILE", help="JSON, JSON Lines or a trace (stdin)")
    parser.add_argument("--expected", metavar="TEXT", help="what is right, in place of what was said")
    parser.add_argument("--id", metavar="ID", help="the case's id (made of its words)")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="a tag of the case")
    parser.add_argument("--accept", action="store_true", help="add to the dataset itself, not to its candidates")


def run(options: argparse.Namespace) -> int:
    """Add what is new, and say where it stands; 1 where something was refused."""
    root, start = root_of(options), Path(options.folder).resolve()
    examples = _chosen(options, read_examples(source_of(start, options.file)))
    place = find_place(root, start, options.prompt)
    with alone_in(root):  # another process would write over what is read here
        added = Adding(place, options.tag, accept=options.accept).add(examples)
    return int(added < len(examples))


def _chosen(options: argparse.Namespace, examples: tuple[Example, ...]) -> tuple[Example, ...]:
    """Put in what was typed, which only one example can mean."""
    typed = {"expected": options.expected, "id": options.id}
    typed = {key: value for key, value in typed.items() if value is not None}
    if typed and len(examples) > 1:
        what = f"one example is accepted beside it, found {len(examples)}"
        raise InputError(what, where=f"--{next(iter(typed))}")
    return tuple(replace(example, **typed) for example in examples)
