"""A small typed harness: a library of prompts in a temporary folder, a model whose answers a test sets, and runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warm_python import WarmPythons

MODEL = """
import json, pathlib

HERE = pathlib.Path(__file__).parent

def answer(case, repeat, text=""):
    with (HERE / "calls.log").open("a") as log:
        log.write(f"{case}\\n")
    answers = json.loads((HERE / "answers.json").read_text())
    given = answers.get(case, "yes")
    if isinstance(given, list):
        given = given[repeat % len(given)]
    if given == "!":
        raise RuntimeError("the provider is down")
    return given
answer.deterministic = {deterministic}
"""


ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p goldenprompt"}
"""No other plugin of the environment: three runs in the time of one."""

COLD = {
    "pytest": (sys.executable, "-m", "pytest"),
    "goldenprompt": (sys.executable, "-c", "import sys; from pytest_goldenprompt.cli import main; sys.exit(main())"),
}
"""How each program is started by a Python that has imported nothing."""

INTERRUPTIBLE = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.console_main())
"""
"""Pytest that hears Ctrl-C also where these tests run in a shell's background, which has its children ignore it."""

WARM = WarmPythons()

BESIDE = {"-n": "xdist", "--reruns": "rerunfailures", "--timeout": "timeout", "--splits": "pytest-split"}
"""Plugins that a run loads for an option of theirs."""


def run_cold(
    program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], patience: float
) -> tuple[int, str]:
    """Do what `WarmPythons.run` does with a process that starts as usual."""
    command = [*COLD[program], *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=patience, check=False
    )
    return done.returncode, done.stdout + done.stderr


@dataclass(frozen=True)
class Run:
    """What a run left behind."""

    code: int
    out: str
    verdict: dict | None

    @property
    def state(self) -> str | None:
        return self.verdict["verdict"] if self.verdict else None

    def prompt(self, name: str) -> dict:
        assert self.verdict is not None, self.out
        return next(prompt for prompt in self.verdict["prompts"] if prompt["id"] == name)


@dataclass
class GoldenLibrary:
    """A folder with prompts and datasets; `run` is a real pytest in a process of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(ALONE))
    patience: float = 120.0
    """Seconds that one run may take."""

    def __post_init__(self) -> None:
        self.ini()
        self.model()
        self.answers({})

    def ini(self, text: str = "") -> None:
        self.write("pytest.ini", f"[pytest]\ngolden_provider = python:model:answer\npythonpath = .\n{text}")

    def model(self, *, deterministic: bool = True) -> None:
        self.write("model.py", MODEL.replace("{deterministic}", str(deterministic)))

    def answers(self, answers: dict[str, str | list[str]]) -> None:
        self.write("answers.json", json.dumps(answers))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def dataset(self, name: str, cases: dict[str, str], header: str = "", extra: str = "") -> None:
        """Write a prompt and its dataset; `cases` maps ids to what is expected."""
        self.write(f"{name}.prompt.md", "Answer: {{text}}\n")
        lines = [header, "evaluators: [exact]", "cases:"]
        for case_id, expected in cases.items():
            lines.append(f"  - {{id: {case_id}, inputs: {{text: {case_id} text}}, expected: {expected}{extra}}}")
        self.write(f"{name}.golden.yaml", "\n".join(line for line in lines if line) + "\n")

    def calls(self) -> list[str]:
        path = self.folder / "calls.log"
        made = path.read_text().split() if path.exists() else []
        path.unlink(missing_ok=True)
        return made

    def run(self, *arguments: str, golden: bool = True, **environment: str) -> Run:
        report = self.folder / "verdict.json"
        report.unlink(missing_ok=True)
        words = ["--golden", f"--golden-report=json={report}"] if golden else []
        beside = [word for flag, name in BESIDE.items() if flag in arguments for word in ("-p", name)]
        given = ["-p", "no:cacheprovider", *beside, *words, *arguments]
        return self._finish("pytest", given, environment, report)

    def start(self, *arguments: str, **keywords) -> subprocess.Popen:
        """Start a golden run in a process group of its own, to be disturbed; `keywords` are Popen's."""
        words = ["-p", "no:cacheprovider", *(["-p", "xdist"] if "-n" in arguments else []), "--golden", *arguments]
        command = [sys.executable, "-c", INTERRUPTIBLE, *words]
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **keywords}
        return subprocess.Popen(command, cwd=self.folder, env=self._surroundings({}), start_new_session=True, **given)

    def command(self, *arguments: str) -> Run:
        return self._finish("goldenprompt", list(arguments), {}, None)

    def _finish(self, program: str, arguments: list[str], environment: dict[str, str], report: Path | None) -> Run:
        surroundings = self._surroundings(environment)
        # Where pytest looks for plugins by itself, it rewrites them, which it cannot once they are imported.
        start = WARM.run if "PYTEST_DISABLE_PLUGIN_AUTOLOAD" in surroundings and hasattr(os, "fork") else run_cold
        code, out = start(program, arguments, self.folder, surroundings, self.patience)
        verdict = json.loads(report.read_text()) if report and report.exists() else None
        return Run(code, out, verdict)

    def _surroundings(self, environment: dict[str, str]) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("PYTEST_")}
        # Workers make temporary folders, and pytest then clears away what others left in the shared place.
        own = {"PYTEST_DEBUG_TEMPROOT": str(self.folder.parent)}
        return {**kept, **own, **self.environment, **environment}
