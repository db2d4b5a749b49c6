"""Runs disturbed at a random moment, by a signal or by a worker's death, and what is wrong with what is left."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from golden_library import GoldenLibrary

SLOW_MODEL = """
import os, pathlib, signal, time

HERE = pathlib.Path(__file__).parent
DEADLY = HERE / "deadly"

def answer(case, repeat, text=""):
    with (HERE / "calls.log").open("a") as log:
        log.write(f"{case}\\n")
    time.sleep(0.05)
    if DEADLY.exists() and case == DEADLY.read_text():
        {end}
    return "yes"
answer.deterministic = True
"""
ENDS = {"exit": "os._exit(1)", "kill": "os.kill(os.getpid(), signal.SIGKILL)"}
"""Ways in which a provider can take its worker with it."""

OTHER_TESTS = """
import pathlib, pytest

@pytest.mark.parametrize("number", range(10))
def test_it(number):
    with (pathlib.Path(__file__).parent / "tests.log").open("a") as log:
        log.write(f"{number}\\n")
"""


@dataclass(frozen=True)
class Left:
    """What an interrupted run left: its exit code, its output, the seconds it took to leave, its verdict, its calls."""

    code: int
    out: str
    seconds: float
    verdict: dict
    calls: list[str]


def slow_library(folder: Path, cases: int = 200, end: str = "exit") -> GoldenLibrary:
    """Make a library whose calls take so long together that there are moments to choose from."""
    folder.mkdir(exist_ok=True)
    library = GoldenLibrary(folder)
    library.write("model.py", SLOW_MODEL.replace("{end}", ENDS[end]))
    library.dataset("prompts/slow", {f"c{number}": "yes" for number in range(cases)})
    library.environment["TMPDIR"] = str(library.write("tmp/here", "").parent)
    return library


def moments(count: int) -> list[float]:
    """Give seconds after the first call, in the first second of a run."""
    luck = random.Random(0)
    return [luck.uniform(0.0, 1.0) for _ in range(count)]


def interrupt(
    library: GoldenLibrary, which: signal.Signals, *way: str, group: bool = False, after: float = 0.3
) -> Left:
    """Run, wait for the first call and `after` seconds more, and send a signal: to one process, or to its group."""
    library.calls()
    run = library.start("--golden-concurrency", "4", *way)
    wait_for(lambda: (library.folder / "calls.log").exists() or run.poll() is not None)
    time.sleep(after)
    began = time.perf_counter()
    if group:
        os.killpg(run.pid, which)
    else:
        run.send_signal(which)
    out, _ = run.communicate(timeout=60)
    return Left(run.returncode, out, time.perf_counter() - began, stored_verdict(library), library.calls())


def wait_for(condition, seconds: float = 60.0) -> None:
    """Wait until something is so; a run that never gets there is a failure."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def stored_verdict(library: GoldenLibrary) -> dict:
    """Read the verdict of the only run among the checks."""
    [path] = (library.folder / ".goldenprompt/cache/runs").glob("*/verdict.json")
    return json.loads(path.read_text(encoding="utf-8"))


def wrong_after_signal(left: Left, cases: int = 200) -> list[str]:
    """Say what is wrong with how a run was left."""
    counts, called = left.verdict["counts"], set(left.calls)
    wrong = {
        f"exit code {left.code}": left.code != 2,
        f"verdict {left.verdict['verdict']}": left.verdict["verdict"] != "incomplete",
        f"{counts['planned']} cases planned": counts["planned"] != cases,
        f"{counts['run']} results of {len(called)} calls": not 0 <= counts["run"] <= len(called),
        "a call was doubled": len(called) != len(left.calls),
        "a traceback": "Traceback" in left.out or "INTERNALERROR" in left.out,
        "no reason": not any("the run ended early" in reason for reason in left.verdict["reasons"]),
    }
    return [word for word, found in wrong.items() if found]


def kill_worker(folder: Path, end: str, deadly: int) -> list[str]:
    """Run forty cases with four workers, one of which dies over a case, and say what is wrong with what is left."""
    library = slow_library(folder, 40, end)
    library.write("deadly", f"c{deadly}")
    library.write("test_other.py", OTHER_TESTS)
    run = library.run("-n", "4", "--golden-concurrency", "8")
    [path] = (library.folder / ".goldenprompt/cache/runs").glob("*/cases.jsonl")
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    whole = {case["case_id"] for case in cases if not case.get("missing")}
    others = {f"c{number}" for number in range(40) if (number - deadly) % 4}
    tests = Counter((library.folder / "tests.log").read_text().split())
    wrong = {
        f"exit code {run.code}": run.code != 1,
        f"verdict {run.state}": run.state != "incomplete",
        "a case has no line or two": sorted(case["case_id"] for case in cases) != sorted(f"c{n}" for n in range(40)),
        f"lost results {others - whole}": not others <= whole,
        "a result of the deadly call": f"c{deadly}" in whole,
        "a call was doubled": max(Counter(library.calls()).values()) > 1,
        "the crash is not told": "the run ended early: worker gw" not in run.out,
        # The call may have killed the worker while it ran one of them.
        f"other tests: {tests}": len(tests) < 9 or max(tests.values()) > 1,
    }
    return [word for word, found in wrong.items() if found]


@dataclass(frozen=True)
class Whole:
    """A run that nobody disturbed: its library, the record of its cases, and its exit code."""

    library: GoldenLibrary
    cases: bytes
    code: int


PAID_MODEL = """
import os, pathlib, time

HERE = pathlib.Path(__file__).parent

def answer(case, repeat, text=""):
    log = os.open(HERE / "calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(log, f"{case}\\n".encode())
    os.close(log)
    time.sleep(0.005)
    return "yes" if int(case[1:]) % 3 else "no, " + case
answer.deterministic = True
"""

IN_FLIGHT = 8


def paid_library(folder: Path, cases: int) -> GoldenLibrary:
    """Make a library that notes each call before it answers, a third of which fail their case."""
    folder.mkdir(exist_ok=True)
    library = GoldenLibrary(folder)
    library.write("model.py", PAID_MODEL)
    library.dataset("prompts/paid", {f"c{number}": "yes" for number in range(cases)})
    library.environment["TMPDIR"] = str(library.write("tmp/here", "").parent)
    return library


def undisturbed(folder: Path, cases: int, *way: str) -> Whole:
    """Run once to the end."""
    library = paid_library(folder, cases)
    run = library.run("--golden-concurrency", str(IN_FLIGHT), *way)
    return Whole(library, stored_cases(library), run.code)


def stored_cases(library: GoldenLibrary) -> bytes:
    """Read the record of the only run's cases; empty where none is stored."""
    found = list((library.folder / ".goldenprompt").glob("**/runs/*/cases.jsonl"))
    assert len(found) <= 1
    return found[0].read_bytes() if found else b""


def kill_and_go_on(whole: Whole, folder: Path, cases: int, kills: list[float], *way: str) -> list[str]:
    """Kill a run, and each that goes on with it, after so many seconds of calls; say what is wrong at the end."""
    library = paid_library(folder, cases)
    words = ("--golden-concurrency", str(IN_FLIGHT), *way)
    wrong: list[str] = []
    for after in kills:
        run = library.start(*words, stdout=subprocess.DEVNULL)
        before = _made(library)
        wait_for(lambda run=run, before=before: _made(library) > before or run.poll() is not None)
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):  # it was over by then
            os.killpg(run.pid, signal.SIGKILL)
        code = run.wait()
        wrong += [f"exit code {code} of a killed run"] * (code not in {-signal.SIGKILL, whole.code})
        wrong += ["the store cannot be read"] * (library.command("list").code != 0)
        if stored_cases(library):
            return wrong + ["another record"] * (stored_cases(library) != whole.cases)
    last = library.run(*words)
    paid = _made(library) - cases
    wrong += [f"exit code {last.code}"] * (last.code != whole.code)
    wrong += ["another record"] * (stored_cases(library) != whole.cases)
    wrong += [f"{paid} calls paid again, over {len(kills)} kills"] * (not 0 <= paid <= IN_FLIGHT * len(kills))
    wrong += ["answers are left behind"] * any((library.folder / ".goldenprompt/cache/journal").glob("*"))
    return wrong


def _made(library: GoldenLibrary) -> int:
    log = library.folder / "calls.log"
    return log.read_bytes().count(b"\n") if log.exists() else 0
