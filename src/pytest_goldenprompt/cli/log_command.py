"""`goldenprompt log`: who moved which pointer, when and why, oldest first."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli.place import store_of
from pytest_goldenprompt.reports.runs_table import log_table


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: none."""


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    store = store_of(options)
    entries = store.log()
    print(log_table(entries) if entries else f"nothing was accepted yet in {store.name}")
    return 0
