"""`goldenprompt merge`: the shards of a run become the run. It is `pytest --golden-merge`, which may ask again."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pytest_goldenprompt.cli.place import root_of


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = "a folder with shards of one run (those that this store has)"
    parser.add_argument("shards", nargs="*", metavar="SHARD", help=what)
    parser.add_argument("--report", action="append", default=[], metavar="json=PATH", help="write the verdict record")
    parser.add_argument("--baseline", metavar="REF", help="what the shards were compared with, as --golden-baseline")
    parser.add_argument("--strict", action="store_true", help="partial and inconclusive runs fail")


def run(options: argparse.Namespace) -> int:
    """Start pytest in the library, and give its exit code."""
    folder = Path(options.folder).resolve()
    words = ["--golden-only", *([f"--golden-store={options.store}"] if options.store else [])]
    words += [f"--golden-merge={folder / name}" for name in options.shards] or ["--golden-merge="]
    for text in options.report:
        kind, separator, path = text.partition("=")
        words.append(f"--golden-report={kind}{separator}{path and folder / path}")
    words += [f"--golden-baseline={options.baseline}"] if options.baseline else []
    words += ["--golden-strict"] if options.strict else []
    return _wait([sys.executable, "-m", "pytest", *words], root_of(options))


def _wait(command: Sequence[str], folder: Path) -> int:
    """Let a program end by itself: Ctrl-C reaches it too, and it keeps what it has before it goes."""
    with subprocess.Popen(command, cwd=folder) as child:  # noqa: S603 - our own interpreter and our own words
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return child.wait()
