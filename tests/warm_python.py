"""Processes that need not start: forked from one that has imported pytest and this package already.

Each is a process of its own, with its own folder, environment, output and exit code, as if `python -m pytest` or
`goldenprompt` had been started, in a fifth of the time. What is read when Python starts is that of the first process:
whoever gives `PYTHON...` variables, or has pytest rewrite the modules of installed plugins, starts one the usual way.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import itertools
import json
import os
import pkgutil
import runpy
import select
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LEAST = 2
"""First processes that take turns, each with another hash seed: no two runs in a row have sets in the same order."""


class WarmPythons:
    """The first processes. Runs at the same time, from several threads, have one each."""

    def __init__(self) -> None:
        self._free: deque[_First] = deque()
        self._seeds = itertools.count(1)

    def run(
        self, program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], patience: float
    ) -> tuple[int, str]:
        """Run `pytest` or `goldenprompt`; give the exit code, and all that was written to the output and the errors."""
        while len(self._free) < LEAST:
            self._free.append(_First(next(self._seeds)))
        first = self._free.popleft()
        with tempfile.NamedTemporaryFile() as output:
            asked = [program, list(arguments), str(folder), dict(environment), output.name]
            code = first.run(asked, patience)
            self._free.append(first)
            return code, output.read().decode()


class _First:
    """A process that has imported everything, and forks for each run. It ends with this process."""

    def __init__(self, seed: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.close)

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def run(self, asked: list[Any], patience: float) -> int:
        """Fork one, and wait for its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], patience)[0]:
            os.killpg(self._process.pid, signal.SIGKILL)
            self.close()
            raise subprocess.TimeoutExpired(asked[:2], patience)
        return int(self._process.stdout.readline())


def serve() -> int:
    """Fork for each line of the input; only what was forked comes back from here, and ends as any program does."""
    import_everything()
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            return become(*json.loads(line))
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer
    return 0


def import_everything() -> None:
    """Import what runs import: pytest with its own plugins, and this package."""
    for name in importlib.import_module("_pytest.config").default_plugins:
        importlib.import_module(f"_pytest.{name}")
    package = importlib.import_module("pytest_goldenprompt")
    for found in pkgutil.walk_packages(package.__path__, "pytest_goldenprompt."):
        try:
            importlib.import_module(found.name)
        except ModuleNotFoundError as error:  # of an extra that is not installed; what needs it says so when it is used
            if str(error.name).startswith("pytest_goldenprompt"):
                raise
    sys.path.pop(0)
    gc.freeze()


def become(program: str, arguments: list[str], folder: str, environment: dict[str, str], output: str) -> int:
    """Turn into the program that is asked for."""
    for number, opened in enumerate([os.devnull, output]):
        os.dup2(os.open(opened, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(1, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [program, *arguments]
    if program == "pytest":
        sys.path.insert(0, folder)
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    sys.path.insert(0, "")
    return int(importlib.import_module("pytest_goldenprompt.cli").main())


if __name__ == "__main__":
    sys.exit(serve())
