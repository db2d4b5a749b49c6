"""What a store holds, as tables: its runs, and the log of its pointers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from pytest_goldenprompt.model.pointers import LogEntry
from pytest_goldenprompt.reports.inert import one_line

RUNS = ("run", "month", "kind", "verdict", "size", "pointers")
PRUNED = ("", "run", "month", "why")
LOG = ("time", "action", "run", "month", "who", "reason", "overridden")


def runs_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out one row a run: id, month, kind, verdict, size, pointers."""
    return _laid_out(RUNS, rows)


def log_table(entries: Iterable[LogEntry]) -> str:
    """Lay out one row a line of the log."""
    return _laid_out(LOG, [_cells(entry) for entry in entries])


def pruned_table(rows: Iterable[Sequence[str]]) -> str:
    """Lay out one row a run that was looked at: what became of it, id, month, why."""
    return _laid_out(PRUNED, rows)


def _cells(entry: LogEntry) -> tuple[str, ...]:
    overridden = ", ".join(entry.overridden)
    return entry.time, entry.action, entry.run, entry.month, entry.who, entry.reason, overridden


def _laid_out(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    shown = [[one_line(cell, 80) for cell in row] for row in rows]
    return tabulate(shown, headers, tablefmt="simple", disable_numparse=True)
