"""Jobs of GitHub workflows and GitLab pipelines, run step by step on this machine, in clones of a real repository.

Of what they use from elsewhere only the effect is done here: a checkout is a clone, an artifact a folder. `pip` does
nothing, and `gh` writes down what it was asked for.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from golden_library import ALONE

MAIN = "import sys; from pytest_goldenprompt.cli import main; sys.exit(main())"
PROGRAMS = {
    "pytest": f'exec "{sys.executable}" -m pytest "$@"',
    "goldenprompt": f'exec "{sys.executable}" -c "{MAIN}" "$@"',
    "python": f'exec "{sys.executable}" "$@"',
    "pip": "exit 0",
    "gh": 'for word in "$@"; do test ! -f "$word" || cp "$word" "$ASKED.body"; done; printf "%s\\n" "$*" >> "$ASKED"',
}
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
OUTSIDE = ("CI", "GITHUB_", "PYTEST_", "GIT_", "RUNNER_")


@dataclass
class Pipeline:
    """A repository, the artifacts of its jobs, and what `gh` was asked for; `values` are those of expressions."""

    folder: Path
    origin: Path
    values: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "bin").mkdir()
        (self.folder / "artifacts").mkdir()
        for name, text in PROGRAMS.items():
            path = self.folder / "bin" / name
            path.write_text(f"#!/bin/bash\n{text}\n")
            path.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def body(self) -> str:
        return (self.folder / "asked.body").read_text()

    def clone(self, name: str, revision: str) -> Path:
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        for words in (("clone", "-q", self.origin, place), ("-C", place, "checkout", "-q", revision)):
            subprocess.run(["git", *words], check=True, capture_output=True)
        return place

    def bash(self, script: str, place: Path, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OUTSIDE)}
        own = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "ASKED": str(self.folder / "asked"),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "CI": "true",
        }
        (self.folder / "temp").mkdir(exist_ok=True)
        around = {**kept, **ALONE, **own, **self.environment, **more}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=place, env=around, capture_output=True, text=True, timeout=60, check=False)


@dataclass
class Done:
    """A job that was run: whether it passed, what each step printed, and its outputs."""

    passed: bool = True
    said: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> str:
        return "\n".join(self.said)


class GitHub(Pipeline):
    """Runs a job of a workflow, or a composite action."""

    def job(self, workflow: Path, name: str, revision: str = "main", *, only: str = "") -> Done:
        """Run a job, or of its steps the checkout and the one whose name begins so."""
        steps = yaml.safe_load(workflow.read_text())["jobs"][name]["steps"]
        chosen = steps if not only else [steps[0], *(one for one in steps if one.get("name", "").startswith(only))]
        return self._steps(chosen, f"{workflow.stem}-{name}", revision)

    def action(self, file: Path, revision: str = "main", **inputs: str) -> Done:
        plain = yaml.safe_load(file.read_text())
        given = {key: inputs.get(key, about["default"]) for key, about in plain["inputs"].items()}
        self.values |= {f"inputs.{key}": value for key, value in given.items()}
        checkout = {"uses": "actions/checkout@v4"}
        return self._steps([checkout, *plain["runs"]["steps"]], "action", revision)

    def _steps(self, steps: list[dict], name: str, revision: str) -> Done:
        place, done = self.folder / name, Done()
        for step in steps:
            wanted = {"always()": True, "failure()": not done.passed, None: done.passed}[step.get("if")]
            if not wanted:
                continue
            if "uses" in step:
                getattr(self, step["uses"].partition("@")[0].replace("/", "_").replace("-", "_"))(step, name, revision)
                continue
            self._run(step, place / self._value(step.get("working-directory", ".")), done)
        return done

    def _run(self, step: dict, place: Path, done: Done) -> None:
        files = {name: self.folder / "temp" / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        (self.folder / "temp").mkdir(exist_ok=True)
        for path in files.values():
            path.write_text("")
        told = {name: self._value(value) for name, value in step.get("env", {}).items()}
        ran = self.bash(self._value(step["run"]), place, **{name: str(path) for name, path in files.items()}, **told)
        done.said.append(ran.stdout + ran.stderr)
        done.passed = done.passed and ran.returncode == 0
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        done.outputs |= dict(line.split("=", 1) for line in lines)
        done.outputs["summary"] = files["GITHUB_STEP_SUMMARY"].read_text() or done.outputs.get("summary", "")

    def _value(self, text: str) -> str:
        return EXPRESSION.sub(lambda found: self.values[found[1]], text)

    def actions_checkout(self, step: dict, name: str, revision: str) -> None:
        place = self.clone(name, revision)
        head = subprocess.run(["git", "-C", place, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        self.environment["GITHUB_SHA"] = head.stdout.strip()

    def actions_setup_python(self, step: dict, name: str, revision: str) -> None:
        assert step["with"]["python-version"]

    def actions_upload_artifact(self, step: dict, name: str, revision: str) -> None:
        given = step["with"]
        assert given["include-hidden-files"]
        shutil.copytree(self.folder / name / given["path"], self.folder / "artifacts" / given["name"])

    def actions_download_artifact(self, step: dict, name: str, revision: str) -> None:
        given = step["with"]
        shutil.copytree(self.folder / "artifacts" / given["name"], self.folder / name / given["path"])


class GitLab(Pipeline):
    """Runs a job of a pipeline; its artifacts are there in the job that needs it."""

    def job(self, file: Path, name: str, revision: str = "main", needs: str = "") -> Done:
        plain = yaml.safe_load(file.read_text())
        place = self.clone(name, revision)
        if needs:
            for path in plain[needs]["artifacts"]["paths"]:
                shutil.copytree(self.folder / needs / path, place / path)
        head = subprocess.run(["git", "-C", place, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        told = {**plain["variables"], "CI_COMMIT_SHA": head.stdout.strip(), "CI_DEFAULT_BRANCH": "main"}
        ran = self.bash("\n".join(plain[name]["script"]), place, **told)
        return Done(ran.returncode == 0, [ran.stdout + ran.stderr])


def verdict_in(folder: Path) -> str:
    """Read the state of the verdict that a job left behind."""
    return json.loads((folder / "verdict.json").read_text())["verdict"]
