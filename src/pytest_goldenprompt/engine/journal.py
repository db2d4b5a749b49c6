"""Each answer is on the disk before it is judged, so that what a run that was cut off has paid for is kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import TypeAlias

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import JSON, canonical
from pytest_goldenprompt.providers.recorded import output_from_plain, output_to_plain

Key: TypeAlias = tuple[str, str, str, str, int]
"""Whom was asked, prompt id, case id, digest of the request, and the repeat's index."""


def source(asked: Asked, provider: Provider) -> str:
    """Name who answers so that what changes on our side changes the name: a function's file, a server's address."""
    version = getattr(provider, "version", "")
    return f"{asked.provider}@{version}" if version else asked.provider


class Journal:
    """The answers of this process, a line each as they come, and those of earlier runs that were cut off.

    Lines reach the system in one write, which a killed process cannot take back. Without a `path` nothing is
    written. Where the disk refuses, the run goes on without, and `trouble` says why.
    """

    def __init__(self, path: Path | None = None, earlier: Iterable[Path] = ()) -> None:
        self._path = path
        self._earlier = {key: answer for one in earlier for key, answer in _read(one)}
        self._handle: int | None = None
        self._noted: list[bytes] = []
        self.trouble = ""

    def __len__(self) -> int:
        """Count the answers of earlier runs."""
        return len(self._earlier)

    def recall(self, who: str, request: Request) -> Answer | None:
        """Give the answer that an earlier run already has; None where it has none."""
        return self._earlier.get(_key(who, request)) if self._earlier else None

    def take(self, who: str, request: Request, answer: Answer) -> None:
        """Keep an answer that came in another way than by a call, so that it is recalled in place of one."""
        self._earlier[_key(who, request)] = answer
        self.keep(who, request, answer)

    def keep(self, who: str, request: Request, answer: Answer) -> None:
        """Write down an answer that was called for."""
        if self.note(who, request, answer):
            self.write()

    def note(self, who: str, request: Request, answer: Answer) -> bool:
        """Take an answer in to be written next; errors and what a provider had on record are none to keep."""
        if self._path is None or self.trouble or answer.output is None or answer.output.replayed:
            return False
        self._noted.append(_line(_key(who, request), answer))
        return True

    def write(self) -> None:
        """Write down what was noted, in one go."""
        noted, self._noted = self._noted, []
        lines = b"".join(noted)
        if self._path is None or self.trouble or not lines:
            return
        try:
            if self._handle is None:
                self._handle = _open(self._path)
            while lines:  # a disk that fills up takes a part, and says why at the next try
                lines = lines[os.write(self._handle, lines) :]
        except OSError as error:
            self.trouble = f"{self._path}: answers cannot be kept as they come: {error.strerror}"

    def close(self) -> None:
        """Give the file back."""
        self.write()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Together:
    """Writes what comes at one moment into a journal in one go. Whoever brought it goes on once it is written."""

    def __init__(self, journal: Journal, loop: asyncio.AbstractEventLoop) -> None:
        self._journal = journal
        self._loop = loop
        self._waiting: list[asyncio.Future[None]] = []

    async def keep(self, who: str, request: Request, answer: Answer) -> None:
        """Write an answer down with those that come beside it. An answer that is there counts, cancelled or not."""
        if not self._journal.note(who, request, answer):
            return
        written: asyncio.Future[None] = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._write)
        self._waiting.append(written)
        with contextlib.suppress(asyncio.CancelledError):
            await written

    def _write(self) -> None:
        self._journal.write()
        waiting, self._waiting = self._waiting, []
        for written in waiting:
            if not written.done():
                written.set_result(None)


def _key(who: str, request: Request) -> Key:
    return who, request.prompt_id, request.case_id, request.digest(), request.repeat


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)


def _line(key: Key, answer: Answer) -> bytes:
    assert answer.output is not None  # noqa: S101 - the caller looked; said for the type checker
    plain: dict[str, JSON] = {
        "key": list(key),
        "output": output_to_plain(answer.output),
        "latency": answer.latency,
        "attempts": answer.attempts,
    }
    if answer.batched:
        plain["batched"] = True
    return f"{canonical(plain)}\n".encode("ascii")


def _read(path: Path) -> Iterator[tuple[Key, Answer]]:
    """Read a file of answers. What cannot be read, such as a torn last line, is as if it had never been answered."""
    try:
        content = path.read_bytes()
    except OSError:
        return
    for line in content.split(b"\n"):
        try:
            plain = json.loads(line)
            who, prompt, case, digest, repeat = plain["key"]
            output, batched = output_from_plain(plain["output"]), plain.get("batched", False)
            answer = Answer(output, latency=plain["latency"], attempts=plain["attempts"], batched=batched)
            known = {(who, prompt, case, digest, repeat): answer} if _is_sound(answer) else {}
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        yield from known.items()


def _is_sound(answer: Answer) -> bool:
    """Say whether what was read is what the engine reckons with; a file may have been edited by hand."""
    output = answer.output
    assert output is not None  # noqa: S101 - the caller read it; said for the type checker
    counts = [count for count in astuple(output.usage) if count is not None]
    whole = all(type(count) is int and count >= 0 for count in (answer.attempts, *counts))
    return isinstance(output.text, str) and isinstance(answer.latency, float | int | None) and whole
