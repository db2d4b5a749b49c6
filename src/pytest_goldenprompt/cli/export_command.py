"""`goldenprompt export`: a golden dataset as a file of another tool."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.ours import Ours, read_ours
from pytest_goldenprompt.exchange.to_promptfoo import to_promptfoo
from pytest_goldenprompt.exchange.to_pydantic_evals import to_pydantic_evals
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.store.files import write_files

LEFT = 1
"""The exit code where something was left behind and nothing may be."""

KINDS: Mapping[str, Callable[[Ours, Path], tuple[str, int]]] = {
    "promptfoo": lambda ours, path: to_promptfoo(ours),  # noqa: ARG005 - it is YAML whatever the name
    "pydantic-evals": lambda ours, path: to_pydantic_evals(ours, as_json=path.suffix == ".json"),
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=tuple(KINDS), help="the tool")
    parser.add_argument("path", metavar="DATASET", help="the golden dataset, or a prompt that holds its own cases")
    parser.add_argument("--to", required=True, metavar="FILE", help="the file to write")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--strict", action="store_true", help="write nothing where something cannot be carried")


def run(options: argparse.Namespace) -> int:
    """Write the file, and list what could not be carried."""
    root, folder = root_of(options), Path(options.folder).resolve()
    path, to = (folder / options.path).resolve(), folder / options.to
    if not path.is_relative_to(root) or not path.exists():
        raise InputError(f"no golden dataset, found nothing; one under {root} is accepted", where=options.path)
    ours = read_ours(root, path)
    try:
        text, cases = KINDS[options.what](ours, to)
    except ValueError as error:
        raise InputError(
            f"cannot be written, found {error}; whole characters are accepted", where=options.path
        ) from None
    if options.strict and ours.listing.left:
        told = f"nothing is written: {len(ours.listing.left)} things cannot be carried\n"
        print(f"{told}{ours.listing.text()}", end="")
        return LEFT
    if to.exists() and not options.force:
        raise InputError("the file is there already", where=options.to, remedy="name another file, or --force")
    write_files(to.parent, {to.name: text}, replace=options.force)
    print(f"wrote {options.to}: {counted(cases, 'case')}\n{ours.listing.text()}", end="")
    return 0
