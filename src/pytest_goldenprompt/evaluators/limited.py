"""Regular expressions that end: plain ones here, all others in a second process that can be stopped."""

from __future__ import annotations

import atexit
import json
import re
import subprocess
import sys
import threading
import warnings

from pytest_goldenprompt.errors import InputError

LIMIT = 2.0
"""Seconds that one search may take."""

MOST_STEPS = 20_000_000
"""Steps that a search may take at worst in this process, some 50 ms."""

MOST_BARS = 8
_REPEATED_GROUP = re.compile(r"\)[*+?{]")
_ELSEWHERE = re.compile(r"\\\d|\(\?P=|\)\{|\{\d*,?\d{4,}")

_WORKER = """
import json, re, sys
print(flush=True)
for line in sys.stdin:
    pattern, flags, text = json.loads(line)
    found = re.search(pattern, text, flags)
    print(json.dumps(None if found is None else [found[0], *found.groups()]), flush=True)
"""


class TookTooLong(Exception):  # noqa: N818 - a finding about the pattern and the answer, not a fault
    """A search was stopped at the limit."""


class Worker:
    """A second Python that searches for us, started at the first need and again after each stop."""

    def __init__(self, limit: float = LIMIT) -> None:
        self.limit = limit
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def search(self, pattern: str, flags: int, text: str) -> list[str | None] | None:
        """Give the match and its groups, or None; a search beyond the limit raises TookTooLong."""
        with self._turn:
            process = self._process if self._process and self._process.poll() is None else self._start()
            stopped = threading.Event()
            alarm = threading.Timer(self.limit, _stop, (process, stopped))
            alarm.start()
            try:
                answer = self._ask(process, json.dumps([pattern, flags, text]))
            finally:
                alarm.cancel()
            if stopped.is_set() or not answer:
                self.close()
        if answer:
            found: list[str | None] | None = json.loads(answer)
            return found
        if stopped.is_set():
            raise TookTooLong(f"pattern took longer than {self.limit:g} s on this answer")
        raise RuntimeError("the process that searches for patterns ended by itself")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, process: subprocess.Popen[str], question: str) -> str:
        assert process.stdin is not None  # noqa: S101 - both are pipes; mypy cannot know
        assert process.stdout is not None  # noqa: S101 - as above
        try:
            process.stdin.write(question + "\n")
            process.stdin.flush()
            return process.stdout.readline()
        except BrokenPipeError:
            return ""

    def _start(self) -> subprocess.Popen[str]:
        self.close()
        process = subprocess.Popen(  # noqa: S603 - our own program, run by our own Python
            [sys.executable, "-I", "-S", "-W", "ignore", "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
        )
        assert process.stdout is not None  # noqa: S101 - a pipe
        process.stdout.readline()
        self._process = process
        return process


_SHARED = Worker()
atexit.register(_SHARED.close)


def search(pattern: str, text: str, *, ignore_case: bool = False, worker: Worker = _SHARED) -> list[str | None] | None:
    """Search a text for a pattern: the match and its groups, or None. Raises TookTooLong at the limit."""
    flags = int(re.IGNORECASE) if ignore_case else 0
    if not is_plain(pattern, len(text)):
        return worker.search(pattern, flags, text)
    found = re.search(pattern, text, flags)
    return None if found is None else [found[0], *found.groups()]


def is_plain(pattern: str, length: int) -> bool:
    """Tell whether a search in `length` characters is sure to be short: length ** (repetitions + 1) bounds its steps.

    Repeated groups beside other repetitions, repeated alternatives, and back references are never plain. Counted by
    the characters alone, so that it errs on the side of the second process.
    """
    repeated = sum(map(pattern.count, "*+?{"))
    if _ELSEWHERE.search(pattern) or (repeated > 1 and _REPEATED_GROUP.search(pattern)):
        return False
    if "|" in pattern:
        return repeated == 0 and pattern.count("|") <= MOST_BARS and length * 2**MOST_BARS <= MOST_STEPS
    return bool((length + 1) ** (repeated + 1) <= MOST_STEPS)


def checked_pattern(evaluator: str, pattern: str) -> str:
    """Give the pattern back; one that Python cannot compile is an InputError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise InputError(
            f"`pattern` of `{evaluator}` is no regular expression: {error}, found {pattern!r:.80}"
        ) from None
    return pattern


def _stop(process: subprocess.Popen[str], stopped: threading.Event) -> None:
    stopped.set()
    process.kill()
