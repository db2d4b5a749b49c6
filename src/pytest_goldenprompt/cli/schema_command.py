"""`goldenprompt schema`: the JSON Schema of a file, for editors and checkers."""

from __future__ import annotations

import argparse
from importlib import resources

NAMES = ("dataset", "policy", "verdict")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", choices=NAMES, help="which file's schema")


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    file = resources.files("pytest_goldenprompt") / "schemas" / f"{options.name}.schema.json"
    print(file.read_text(encoding="utf-8"), end="")
    return 0
