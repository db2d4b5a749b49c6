from __future__ import annotations

import subprocess

import pytest

from pytest_goldenprompt.engine.surroundings import commit_of


@pytest.fixture
def git(tmp_path, monkeypatch):
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)

    def run(*words):
        command = ["git", "-C", tmp_path, "-c", "user.name=n", "-c", "user.email=e@x", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    run("init", "-q")
    (tmp_path / "a.txt").write_text("a")
    run("add", ".")
    run("commit", "-qm", "first")
    return run


def test_a_clean_tree_gives_its_commit(git, tmp_path):
    assert commit_of(tmp_path) == (git("rev-parse", "HEAD"), False)


@pytest.mark.parametrize("name", ["a.txt", "new.txt"])
def test_a_changed_or_new_file_makes_the_tree_dirty(git, tmp_path, name):
    (tmp_path / name).write_text("b")
    assert commit_of(tmp_path)[1] is True


def test_the_store_makes_no_tree_dirty(git, tmp_path):
    for folder in (tmp_path / ".goldenprompt" / "runs", tmp_path / "sub" / ".goldenprompt"):
        folder.mkdir(parents=True)
        (folder / "baselines.json").write_text("{}")
    assert commit_of(tmp_path)[1] is False


def test_outside_of_git_and_without_git_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit_of(tmp_path) == (None, None)
    monkeypatch.setenv("PATH", "")
    assert commit_of(tmp_path) == (None, None)


@pytest.mark.parametrize("name", ["a.txt", "shared/new.py"])
def test_a_changed_file_outside_of_the_library_makes_the_tree_dirty_too(git, tmp_path, name):
    library, path = tmp_path / "library", tmp_path / name
    for folder in (library, path.parent, tmp_path / ".goldenprompt"):
        folder.mkdir(exist_ok=True)
    (tmp_path / ".goldenprompt" / "baselines.json").write_text("{}")
    git("config", "status.showUntrackedFiles", "no")
    assert commit_of(library)[1] is False
    path.write_text("b")
    assert commit_of(library)[1] is True
