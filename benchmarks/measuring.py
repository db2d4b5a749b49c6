"""What the benchmarks measure with: whole processes, side by side in every round, and the median of the ratios."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
GOLDEN = (*PYTEST, "-p", "pytest_goldenprompt.plugin", "--golden", "--golden-only")
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "1", "PYTHONDONTWRITEBYTECODE": ""}
"""Other plugins of the environment are left out: their start is not ours. Modules are compiled once, as installed."""

NO_OP = """
import pytest

class Cases(pytest.File):
    def collect(self):
        for number in range({cases}):
            yield Case.from_parent(self, name=f"c{{number}}")

class Case(pytest.Item):
    def runtest(self):
        pass

def pytest_collect_file(file_path, parent):
    return Cases.from_parent(parent, path=file_path) if file_path.name == "cases.txt" else None
"""
"""The least that pytest needs for items that are no Python functions."""


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the wall and of the CPU, and bytes of memory at its peak."""

    wall: float
    cpu: float
    peak: int
    code: int


def cost(command: Sequence[str], folder: Path, environment: Mapping[str, str], accepted: Iterable[int] = (0,)) -> Cost:
    """Measure a whole process; one that ends with another code ends the benchmark."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in set(accepted):
            output.seek(0)
            raise SystemExit(f"{' '.join(command)}\n{output.read().decode()}\nended with {process.returncode}")
    return Cost(took, used.ru_utime + used.ru_stime, _bytes(used), process.returncode)


def _bytes(used: resource.struct_rusage) -> int:
    return used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024


def golden_cost(command: Sequence[str], folder: Path, environment: Mapping[str, str], cases: int) -> Cost:
    """Measure a golden run, red without a stored run; one that has not a result for every case ends the benchmark."""
    took = cost(command, folder, environment, (0, 1))
    verdict = json.loads((folder / ".goldenprompt" / "cache" / "verdict.json").read_text())
    if verdict["counts"]["run"] != cases:
        raise SystemExit(f"{' '.join(command)}: {verdict['reasons']}")
    return took


def write_no_op(folder: Path, cases: int) -> list[str]:
    """Write as many items that do nothing into a folder of their own; give the command that runs them."""
    home = folder / "no-op"
    home.mkdir(exist_ok=True)
    (home / "pytest.ini").write_text("[pytest]\n")
    (home / "conftest.py").write_text(NO_OP.format(cases=cases))
    (home / "cases.txt").write_text("")
    return [*PYTEST, str(home)]


def write_library(folder: Path, cases: int, latency: float = 0.0) -> None:
    """Write one prompt with many cases, and a blocking function that may stand for the model."""
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (folder / "answers.py").write_text(FUNCTION.format(latency=latency))
    (folder / "say.prompt.md").write_text("---\nmodel: m\n---\nSay {{text}}\n")
    lines = [json.dumps({"evaluators": [{"contains": {"value": "o"}}]})]
    lines += [json.dumps({"id": f"c{number}", "inputs": {"text": f"c{number}"}}) for number in range(cases)]
    (folder / "say.golden.jsonl").write_text("\n".join(lines) + "\n")


FUNCTION = """
import os, time

def answer(text):
    if {latency}:
        time.sleep({latency})
    return os.environ.get("ANSWER", "ok")
answer.deterministic = True
"""
"""A model whose answer is good unless the environment says otherwise."""


def middle(ratios: Iterable[float]) -> str:
    """Give the median of the rounds' ratios with their range."""
    ordered = sorted(ratios)
    return f"{statistics.median(ordered):.2f}   ({ordered[0]:.2f} to {ordered[-1]:.2f})"


def load() -> str:
    """Say how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
