"""`goldenprompt init`: a small library to start from, with a stored month and recorded answers of a real model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pytest_goldenprompt.authoring.schemas import schema_files
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.store.files import write_file
from pytest_goldenprompt.store.folder import IGNORED

NEXT = """\
wrote {count} files to {folder}
next    pytest --golden                       passes: the same answers as last month's
        edit prompts/support/triage.prompt.md and run again: a recorded answer is for one prompt only,
        so put your own provider there, such as `provider: openai:gpt-4o-mini`
        pytest --golden --golden-record       stores this month's results of your model
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: none."""


def run(options: argparse.Namespace) -> int:
    """Write the library; a file that is there already is never replaced."""
    folder = Path(options.folder).resolve()
    files = {**dict(_files(resources.files("pytest_goldenprompt") / "starter", "")), **schema_files()}
    there = sorted(name for name in files if (folder / name).exists())
    if there:
        raise InputError(
            f"these files are there already: {', '.join(there[:5])}", remedy="run it in another folder, or move them"
        )
    for name, text in files.items():
        write_file(folder / name, text)
    print(NEXT.format(count=len(files), folder=folder), end="")
    return 0


def _files(place: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    """Give every file of the starter with its place in a library; the store has a hidden name there."""
    for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
        name = ".goldenprompt" if not prefix and entry.name == "store" else entry.name
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", entry.read_text(encoding="utf-8")
    if prefix == ".goldenprompt/":
        yield ".goldenprompt/.gitignore", IGNORED
