"""The live line on a terminal: how far the calls are, drawn only while nothing else is written."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable

import pytest

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.waiting import wait


class Progress:
    """Draws a line below the one that pytest writes on, and takes it away before pytest goes on.

    Only on a terminal that a person looks at: not in CI, not under -q, not where pytest's reporter is another one, not
    where something else may be written (-s, live logs).
    """

    def __init__(self, config: pytest.Config, *, in_ci: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._in_ci = in_ci
        self._clock = clock
        self._began = 0.0
        self._terminal: int | None = None
        self._drawn = False

    def begin(self) -> None:
        """Take hold of the terminal. Called between items, when pytest does not capture what is written to it."""
        self._began = self._clock()
        with contextlib.suppress(OSError):  # somebody's own stdout may have no file behind it
            if self._is_wanted() and os.isatty(sys.stdout.fileno()):
                self._terminal = os.dup(sys.stdout.fileno())

    def end(self) -> None:
        """Let the terminal go."""
        if self._terminal is not None:
            os.close(self._terminal)
            self._terminal = None

    def wait(self, job: Job, status: Callable[[float], str]) -> tuple[Answer, ...]:
        """Wait for a job's answers. `status` gives the line for the seconds since the run began."""
        if self._terminal is None:
            return wait(job.answers)
        try:
            return wait(job.answers, lambda: self._draw(status(self._clock() - self._began)))
        finally:
            if self._drawn:
                self._draw("")
                self._drawn = False

    def _is_wanted(self) -> bool:
        config = self._config
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if self._in_ci or os.name == "nt" or type(reporter) is not pytest.TerminalReporter or not reporter.isatty:
            return False
        logs = config.getini("log_cli") or config.getoption("log_cli_level", default=None)
        captured = config.getoption("capture", default="no") != "no"
        return os.environ.get("TERM") != "dumb" and reporter.verbosity >= 0 and captured and not logs

    def _draw(self, text: str) -> None:
        """Write a line below the current one and go back; nothing where it cannot be told to which column."""
        writer = self._config.get_terminal_writer()
        column, width = writer.width_of_current_line, writer.fullwidth
        if self._terminal is not None and 0 <= column < width - 1:
            line = f"\r\n{text[: width - 1]}\x1b[K\r\x1b[A\x1b[{column + 1}G"
            self._drawn = True  # before it is: a signal may come in between
            os.write(self._terminal, line.encode("ascii", "replace"))


def status(done: int, total: int, in_flight: int, seconds: float, spent: str = "") -> str:
    """Say how many of the cases are answered, at what rate since the first call, and when the rest will be."""
    said = [f"golden: {done} of {total} cases", f"{in_flight} calls in flight"]
    if done and seconds:
        said += [f"{done / seconds:.1f} cases a second", f"{duration((total - done) * seconds / done)} left"]
    return ", ".join([*said, f"{spent} spent"] if spent else said)


def duration(seconds: float) -> str:
    """Give seconds in the two largest units."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
