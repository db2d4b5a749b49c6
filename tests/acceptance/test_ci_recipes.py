"""The recipes for CI systems, executed step by step in clones of a real repository."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy_job import commit, git
from golden_library import GoldenLibrary
from pipelines import GitHub, GitLab, verdict_in

ROOT = Path(__file__).parents[2]
CI = ROOT / "examples" / "ci"
GATE, MONTH, DEPLOY = (CI / "github" / f"golden-{name}.yml" for name in ("gate", "month", "deploy"))
GITLAB, ACTION = CI / "gitlab" / ".gitlab-ci.yml", ROOT / "action.yml"
VALUES = {
    "github.base_ref": "main",
    "github.event.number": "7",
    "github.token": "token",
    "secrets.OPENAI_API_KEY": "key",
}
TOKEN = {"GOLDEN_TOKEN": "t", "CI_SERVER_HOST": "gitlab.example", "CI_PROJECT_PATH": "o/r", "CI_PIPELINE_ID": "9"}


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A bare repository with a stored month and recorded answers; `worse` is a branch with another prompt."""
    folder = tmp_path_factory.mktemp("origin")
    library = GoldenLibrary(folder / "work")
    library.dataset("prompts/triage", {"a": "yes", "b": "yes", "c": "yes", "d": "no"})
    library.write(".gitignore", "__pycache__/\ncalls.log\nverdict.json\n")
    library.write("deploy.sh", "#!/bin/sh\necho deployed\n").chmod(0o755)
    git(library.folder, "init", "-q", "-b", "main")
    assert library.run("--golden-record", "--golden-month=2026-10").code == 0
    assert library.run("--golden-replay=once").code == 0
    commit(library.folder, "a library")
    git(library.folder, "switch", "-q", "-c", "worse")
    library.answers({"a": "no"})
    library.write("prompts/triage.prompt.md", "Answer well: {{text}}\n")
    library.run("--golden-replay=new")
    commit(library.folder, "another prompt")
    git(library.folder, "clone", "-q", "--bare", ".", str(folder / "origin.git"))
    git(folder / "origin.git", "config", "receive.advertisePushOptions", "true")
    return folder / "origin.git"


@pytest.fixture
def repository(origin, tmp_path):
    shutil.copytree(origin, tmp_path / "origin.git")
    return tmp_path / "origin.git"


@pytest.fixture
def github(repository, tmp_path):
    return GitHub(tmp_path / "github", repository, dict(VALUES), {"GITHUB_RUN_ID": "9"})


@pytest.fixture
def gitlab(repository, tmp_path):
    pushed = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://golden:t@gitlab.example/o/r.git",
    }
    return GitLab(tmp_path / "gitlab", repository, environment={**TOKEN, **pushed})


def month():
    return datetime.now(UTC).strftime("%Y-%m")


def branch_of(repository):
    return next(name for name in git(repository, "branch", "--format=%(refname:short)").split() if "golden/" in name)


def test_the_gate_judges_a_pull_request_and_comments(github):
    done = github.job(GATE, "gate", "worse")
    assert not done.passed
    assert github.asked == ["pr comment 7 --edit-last --create-if-none --body-file golden.md"]
    assert "## Golden prompts: REGRESSED" in github.body
    assert done.log.count("policy and waivers from git:origin/main") == 1
    assert verdict_in(github.folder / "artifacts" / "golden") == "regressed"
    assert "::warning::" not in done.log


def test_a_store_that_nobody_filled_for_long_is_warned_of(github, repository, tmp_path):
    old = {"GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"}
    place = github.clone("old", "main")
    words = ["git", "-C", place, "-c", "user.name=n", "-c", "user.email=e@x", "commit", "-q", "--amend", "-m", "old"]
    subprocess.run(words, check=True, env={**github.environment, **old, "PATH": "/usr/bin:/bin"})
    git(place, "push", "-q", "-f", "origin", "HEAD:main", "HEAD:ancient")
    assert (
        "::warning::No golden results were stored for 40 days"
        in github.job(GATE, "gate", "ancient", only="Warn when").log
    )


def test_the_month_is_stored_and_proposed(github, repository):
    done = github.job(MONTH, "record")
    assert done.passed, done.log
    assert "## Golden prompts: PASS" in done.outputs["summary"]
    assert "## Golden prompts: PASS" in github.body
    assert branch_of(repository) == f"golden/{month()}-9"
    assert f"baseline of {month()}" in done.log
    stored = json.loads(git(repository, "show", f"{branch_of(repository)}:.goldenprompt/baselines.json"))
    assert list(stored["months"]) == ["2026-10", month()]
    assert [words.split(" --title")[0] for words in github.asked] == [f"pr create --head golden/{month()}-9"]


def test_a_red_month_is_proposed_without_a_baseline_and_opens_an_issue(github, repository):
    place = github.clone("edit", "main")
    (place / "answers.json").write_text('{"a": "no"}')
    commit(place, "worse")
    git(place, "push", "-q", "origin", "main")
    done = github.job(MONTH, "record")
    assert not done.passed
    stored = json.loads(git(repository, "show", f"{branch_of(repository)}:.goldenprompt/baselines.json"))
    assert list(stored["months"]) == ["2026-10"]
    assert len(git(repository, "ls-tree", branch_of(repository), ".goldenprompt/runs/").splitlines()) == 2
    assert github.asked[-1].startswith(f"issue create --title Golden prompts: the run of {month()} is red")
    assert "## Golden prompts: REGRESSED" in github.body


def test_a_deploy_goes_on_by_the_verdict_of_what_is_deployed_alone(github):
    assert github.job(DEPLOY, "gate").passed
    done = github.job(DEPLOY, "deploy")
    assert done.passed, done.log
    assert done.said[-1] == "deployed\n"
    record = github.folder / "artifacts" / "golden" / "verdict.json"
    record.write_text(record.read_text().replace('"replayed": 0', '"replayed": 1'))
    done = github.job(DEPLOY, "deploy")
    assert not done.passed
    assert "refused (tampered)" in done.log
    assert "deployed" not in done.log


def test_the_gitlab_twin_judges_records_and_deploys(gitlab, repository):
    gitlab.environment["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] = "main"
    done = gitlab.job(GITLAB, "golden-gate", "worse")
    assert not done.passed
    assert "## Golden prompts: REGRESSED" in (gitlab.folder / "golden-gate" / "golden.md").read_text()
    done = gitlab.job(GITLAB, "golden-main")
    assert done.passed, done.log
    done = gitlab.job(GITLAB, "deploy", needs="golden-main")
    assert done.passed, done.log
    assert done.log.endswith("deployed\n")
    done = gitlab.job(GITLAB, "golden-month")
    assert done.passed, done.log
    assert branch_of(repository) == f"golden/{month()}-9"


def test_the_action_gates_and_tells_the_verdict(github):
    done = github.action(ACTION, "worse", baseline="git:origin/main", options="--golden-replay none --golden-strict")
    assert not done.passed
    assert done.outputs["verdict"] == "regressed"
    assert verdict_in(Path(done.outputs["record"]).parent) == "regressed"
    assert "## Golden prompts: REGRESSED" in Path(done.outputs["markdown"]).read_text()


@pytest.mark.parametrize(
    ("schema", "files"),
    [("github-workflows", (GATE, MONTH, DEPLOY)), ("github-actions", (ACTION,)), ("gitlab-ci", (GITLAB,))],
)
def test_the_recipes_are_what_their_systems_schemas_describe(schema, files):
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
