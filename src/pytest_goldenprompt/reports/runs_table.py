"""Stored runs as a table."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

from pytest_goldenprompt.reports.inert import one_line

HEADERS = ("run", "month", "kind", "verdict", "size", "pointers")


def runs_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out one row a run: id, month, kind, verdict, size, pointers."""
    shown = [[one_line(cell, 80) for cell in row] for row in rows]
    return tabulate(shown, HEADERS, tablefmt="simple", disable_numparse=True)
