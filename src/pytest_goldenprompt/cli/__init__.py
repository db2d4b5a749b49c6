"""The command line: what is stored, read and judged without pytest."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from pytest_goldenprompt import __version__
from pytest_goldenprompt.errors import GoldenpromptError, StoreError
from pytest_goldenprompt.reports.inert import one_line

COMMANDS = {
    "init": "write a small library to start from",
    "lint": "check prompts, datasets and policy without a call",
    "add": "make a case of an example from production",
    "review": "walk through what differs, and through candidates",
    "list": "list the stored runs",
    "show": "show a run, a prompt of it, or a case",
    "open": "write a run as one HTML page",
    "compare": "compare two runs or two score files",
    "verify": "check a verdict record before a deploy",
    "due": "say when prompts are to be run again, and which were left out",
    "triage": "list what runs found, assign it, and close it",
    "trend": "say what slides over months or weeks",
    "audit": "say what of the library nobody looks after",
    "coverage": "say what production asks and a golden set lacks",
    "merge": "merge the shards of a run into the run",
    "accept": "make a run the baseline of its month",
    "anchor": "pin a run as the approved reference",
    "log": "list who moved which pointer, when and why",
    "prune": "remove stored runs that nobody needs any more",
    "copy": "copy a store into another one, and look at each byte",
    "fsck": "look at every byte of the store for damage",
    "import": "carry over golden sets and outputs of other tools",
    "export": "write a golden set as a file of another tool",
    "judge-check": "hold a judge against answers that people labelled",
    "calibrate": "measure the gate on the repeats of a stored run",
    "plan": "say what it takes to find a drop of a wished size",
    "schema": "print the JSON Schema of a file",
}
USAGE, REFUSED = 2, 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a user's error is one line on standard error (exit 2), an unreadable store exit 6."""
    options = _parse(sys.argv[1:] if arguments is None else list(arguments))
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal of another encoding shows escapes, never a traceback
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except StoreError as error:
        return _fail(error, REFUSED)
    except GoldenpromptError as error:
        return _fail(error, USAGE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _fail(StoreError(f"{error.filename or 'the store'}: {error.strerror}"), REFUSED)
    return code


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("goldenprompt", description="Golden-dataset regression gating of LLM prompts.")
    parser.add_argument("--version", action="version", version=f"goldenprompt {__version__}")
    parser.add_argument("-C", dest="folder", default=".", metavar="FOLDER", help="run as if started in FOLDER")
    parser.add_argument("--store", metavar="URL", help="the store ($GOLDENPROMPT_STORE, else dir:.goldenprompt)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=f"{help_text.capitalize()}.")
        if name in arguments:
            module = importlib.import_module(f"pytest_goldenprompt.cli.{name.replace('-', '_')}_command")
            module.declare(command)
            command.set_defaults(run=module.run)
    return parser.parse_args(arguments)


def _fail(error: GoldenpromptError, code: int) -> int:
    sys.stderr.write(f"goldenprompt: {one_line(str(error))}\n")
    return code
