"""`goldenprompt anchor`: pin a stored run as the approved reference that never moves by itself."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli import accept_command
from pytest_goldenprompt.store import acceptance


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: those of `accept`."""
    accept_command.declare(parser)


def run(options: argparse.Namespace) -> int:
    """Move the pointer, or say why not."""
    return accept_command.move(options, acceptance.anchor, "the anchor")
