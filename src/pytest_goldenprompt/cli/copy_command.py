"""`goldenprompt copy`: a store copied into another one, to the letter."""

from __future__ import annotations

import argparse
import os

from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.store.copying import copy
from pytest_goldenprompt.store.place import open_store
from pytest_goldenprompt.store.store import Store
from pytest_goldenprompt.store.url import choose_store

PREFIX = "env:"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = f"a store's URL, or {PREFIX}NAME for the one in an environment variable"
    parser.add_argument("source", metavar="SRC", help=what)
    parser.add_argument("target", metavar="DST", help=what)


def run(options: argparse.Namespace) -> int:
    """Copy, and say what was brought."""
    source, target = _opened(options, options.source), _opened(options, options.target)
    if not source.runs() and not source.has_history():
        raise InputError(f"nothing is stored in {source.name}", where="SRC")
    done = copy(source, target)
    there = f", {done.there} were there already" if done.there else ""
    what = f"{counted(done.runs, 'run')} and {counted(done.moves, 'move')}"
    print(f"{what} copied from {source.name} to {target.name}{there}")
    return 0


def _opened(options: argparse.Namespace, url: str) -> Store:
    """Open one side; a password is accepted from the environment alone."""
    variable = url.removeprefix(PREFIX)
    if not url.startswith(PREFIX):
        return open_store(root_of(options), choose_store(url, None, {}))
    if not os.environ.get(variable):
        raise InputError(f"no store is named by the variable {variable}", remedy=f"set {variable} to its URL")
    return open_store(root_of(options), os.environ[variable])
