"""Asks a program: the request as JSON on its standard input, the answer's text on its standard output."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import canonical
from pytest_goldenprompt.providers.own_code import code_version

TRY_AGAIN = 75
"""Exit code by which a program says "later" (EX_TEMPFAIL of sysexits.h)."""


@dataclass(slots=True)
class Command:
    """Starts the program anew for every call, in the root directory, without a shell, in a process group of its own."""

    arguments: tuple[str, ...]
    root: Path
    timeout: float
    version: str = ""
    """Names the code that the program may be, or run."""
    max_concurrency: int | None = field(default=None, init=False)
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set, init=False)

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say no: nothing is known of the program."""
        return False

    def complete(self, request: Request) -> Output:
        """Run the program once. Exit code 75 and a time-out are worth another attempt, other failures are not."""
        process = self._start()
        self._running.add(process)
        try:
            out, err = process.communicate(_question(request), timeout=self.timeout)
        except subprocess.TimeoutExpired:
            told = f"{self._name} took longer than {self.timeout:g} s"
            raise ProviderError(told, transient=True, status=408) from None
        finally:
            self._running.discard(process)
            _kill(process)
        return self._answer(process.returncode, out, err)

    def close(self) -> None:
        """Kill what still runs, with whatever it started."""
        for process in list(self._running):
            _kill(process)

    @property
    def _name(self) -> str:
        return Path(self.arguments[0]).name

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - the team's own program, named by the team; no shell
                self.arguments,
                cwd=self.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise ProviderError(f"{self._name} cannot be started: {error.strerror or error}") from None

    def _answer(self, code: int, out: bytes, err: bytes) -> Output:
        if code != 0:
            lines = err.decode("utf-8", "replace").strip().splitlines()
            said = f": {lines[-1].strip()[:200]}" if lines else ""
            raise ProviderError(f"{self._name} ended with exit code {code}{said}", transient=code == TRY_AGAIN)
        try:
            text = out.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as error:
            raise ProviderError(f"{self._name} wrote bytes that are not UTF-8: {error}") from None
        if not text.strip():
            raise ProviderError(f"{self._name} ended with exit code 0 and wrote no answer")
        return Output(text)


def build(argument: str, setting: ProviderSetting) -> Command:
    """Split `PROGRAM ARGS` as a shell would; nothing is expanded."""
    try:
        arguments = tuple(shlex.split(argument))
    except ValueError as error:
        raise InputError(f"`command` cannot be split into words: {error}, found {argument!r}") from None
    if not arguments:
        raise InputError("`command` names no program, found nothing; accepted is `command:PROGRAM ARGS`")
    return Command(arguments, setting.root, setting.timeout, _version(arguments, setting.root))


def _version(arguments: tuple[str, ...], root: Path) -> str:
    """Name the code, and the files on the command's line by size and time, wherever they lie."""
    program = shutil.which(arguments[0]) or arguments[0]
    found = [path.stat() for path in (root / word for word in (program, *arguments[1:])) if path.is_file()]
    return "+".join([code_version(root), *(f"{one.st_size}.{one.st_mtime_ns}" for one in found)])


def _question(request: Request) -> bytes:
    return canonical(
        {
            "prompt_id": request.prompt_id,
            "case_id": request.case_id,
            "repeat": request.repeat,
            "messages": [message.plain() for message in request.messages],
            "model": request.model,
            "parameters": request.sampling(),
            "inputs": request.inputs,
        }
    ).encode("ascii")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started; its process group outlives it where it left something running."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError, ValueError, subprocess.TimeoutExpired):
        process.communicate(timeout=1)
