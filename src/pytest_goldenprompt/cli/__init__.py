"""The command line: what is stored, read and judged without pytest."""

from __future__ import annotations


def main() -> int:
    """Run a command."""
    return 2
