"""Ctrl-C and SIGTERM: the run stops at once, what it has so far is kept, and pytest ends with exit code 2."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

INTERRUPTED = "it was interrupted"
SHELTER = 3.0
"""Seconds that the end of a run has for itself; a signal after that ends it whatever is lost."""


class Leaving:
    """Turns SIGTERM into what Ctrl-C is, a KeyboardInterrupt, and both into a note while the run is being concluded.

    People press Ctrl-C again and again, and a terminal's signal may come twice: the second must not cost the record.
    Handlers that somebody else set are left alone, and so is every thread but the main one, which alone may set them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: float | None = None
        self._before: dict[signal.Signals, Any] = {}
        self.why = ""
        """Why the run was left while it was being concluded, as a sentence; empty where it was not."""

    def listen(self, *signals: signal.Signals) -> None:
        """Take the signals that still do what they do by default."""
        if threading.current_thread() is not threading.main_thread():
            return
        for one in signals:
            before = signal.getsignal(one)
            if before in {signal.SIG_DFL, signal.default_int_handler}:
                self._before[one] = before
                signal.signal(one, self._hear)

    def restore(self) -> None:
        """Give the signals back to whom they belonged."""
        for one, before in self._before.items():
            signal.signal(one, before)
        self._before.clear()

    def shelter(self) -> None:
        """Conclude the run undisturbed from here on, for a while."""
        self._until = self._clock() + SHELTER

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a signal interrupt a part of the conclusion, at once where one came before."""
        self._until = None
        try:
            self._obey()
            yield
        except KeyboardInterrupt as interrupt:
            self.why = self.why or str(interrupt) or INTERRUPTED
            raise
        finally:
            self.shelter()

    def _obey(self) -> None:
        if self.why:
            raise KeyboardInterrupt(self.why)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        """Hear a signal. It is for whoever is at work; a Python test may have sent it to itself, and catch it."""
        __tracebackhide__ = True
        del frame
        why = "" if number == signal.SIGINT else f"it was ended by {signal.Signals(number).name}"
        if self._until is not None and self._clock() < self._until:
            self.why = self.why or why or INTERRUPTED
        else:
            raise KeyboardInterrupt(*filter(None, [why]))
