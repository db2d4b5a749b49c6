from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "golden"
PATCH = "shorter-triage.patch"
WAYS = {"plain": (), "xdist": ("-n", "2"), "no-terminal": ("-p", "no:terminal"), "reruns": ("--reruns", "1")}


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> Path:
    """The example library as it is, and beside it the one with the edited prompt."""
    folder = tmp_path_factory.mktemp("examples")
    for name in ("kept", "edited"):
        home = folder / name / "examples" / "golden"
        shutil.copytree(EXAMPLES, home, ignore=shutil.ignore_patterns("cache", ".pytest_cache"))
    subprocess.run(["git", "init", "-q", "."], cwd=folder / "edited", check=True)
    subprocess.run(["git", "apply", f"examples/golden/{PATCH}"], cwd=folder / "edited", check=True)
    shutil.rmtree(folder / "edited" / ".git")
    return folder


def judged(home: Path, *way: str) -> tuple[int, dict]:
    report = home / "verdict.json"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--golden", f"--golden-report=json={report}"]
    environment = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, *way, "examples/golden"], cwd=home, env=environment, capture_output=True, timeout=120, check=False
    )
    verdict = json.loads(report.read_text())
    for name in ("id", "started", "finished"):
        del verdict["run"][name]
    del verdict["expires"]
    return done.returncode, verdict


@pytest.mark.parametrize(("library", "state", "code"), [("kept", "pass", 0), ("edited", "regressed", 1)])
def test_every_way_of_running_gives_the_same_record_and_exit_code(examples, library, state, code):
    found = {name: judged(examples / library, *way) for name, way in WAYS.items()}
    assert {name: (exit_code, verdict["verdict"]) for name, (exit_code, verdict) in found.items()} == dict.fromkeys(
        WAYS, (code, state)
    )
    records = {json.dumps(verdict, sort_keys=True) for _, verdict in found.values()}
    assert len(records) == 1


def test_the_edit_is_flagged_with_its_cases_and_its_cause(examples):
    _, verdict = judged(examples / "edited")
    triage = next(prompt for prompt in verdict["prompts"] if prompt["id"] == "support/triage")
    assert triage["state"] == "regressed"
    assert len(triage["cases"]) == 8
    assert triage["cause"] == ["the prompt file changed (support/triage.prompt.md)"]
    assert verdict["counts"]["run"] == 61
    assert verdict["counts"]["replayed"] == 61
