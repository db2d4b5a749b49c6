"""`goldenprompt schema`: the JSON Schema of a file, for editors and checkers."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.authoring.schemas import FOLDER, NAMES, schema_files, schema_text
from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.store.files import write_file


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", nargs="?", choices=NAMES, help="which file's schema")
    parser.add_argument("--write", action="store_true", help=f"write those that editors read into {FOLDER}")


def run(options: argparse.Namespace) -> int:
    """Print a schema, or write them all."""
    if options.write == (options.name is not None):
        raise InputError(f"either a name or --write is accepted; names are {', '.join(NAMES)}", where="schema")
    if options.name is not None:
        print(schema_text(options.name), end="")
        return 0
    root = root_of(options)
    for name, text in schema_files().items():
        write_file(root / name, text)
        print(f"wrote {name}")
    return 0
