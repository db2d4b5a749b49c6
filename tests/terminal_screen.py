"""A terminal on paper: runs a process on a pseudo terminal and shows what a person would see."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from dataclasses import dataclass, field

from golden_library import GoldenLibrary

WIDTH = 100
MOVES = re.compile(r"\x1b\[(\d*)([A-Za-z])|\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|[\r\n]|[^\x1b\r\n]+")


@dataclass
class Screen:
    """Lines as they stand after all that was written; only what pytest and the plugin use is understood."""

    lines: list[str] = field(default_factory=lambda: [""])
    row: int = 0
    column: int = 0

    def write(self, text: str) -> None:
        for piece in MOVES.finditer(text):
            self._do(piece[0], piece[2], int(piece[1] or 1))

    def _do(self, text: str, command: str | None, count: int) -> None:
        if command == "A":
            self.row = max(0, self.row - count)
        elif command == "G":
            self.column = count - 1
        elif command == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif text == "\r":
            self.column = 0
        elif text == "\n":
            self.row += 1
            self.lines += [""] * (self.row + 1 - len(self.lines))
        elif not text.startswith("\x1b"):
            before = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = before[: self.column] + text + before[self.column + len(text) :]
            self.column += len(text)


def run_on_terminal(library: GoldenLibrary, *arguments: str, end_at: str = "", **environment: str) -> tuple[int, str]:
    """Run on a pseudo terminal, and give exit code and all that was written; Ctrl-C once `end_at` is shown."""
    library.environment.update({"TERM": "xterm", "COLUMNS": str(WIDTH), **environment})
    ours, theirs = os.openpty()
    process = library.start(*arguments, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody holds the other end any more
        while piece := os.read(ours, 65536):
            written += piece
            if end_at and end_at.encode() in written:
                end_at = ""
                process.send_signal(signal.SIGINT)
    os.close(ours)
    return process.wait(60), written.decode()


def seen(written: str) -> list[str]:
    """Give the screen's lines that are not empty."""
    screen = Screen()
    screen.write(written)
    return [line.rstrip() for line in screen.lines if line.strip()]
