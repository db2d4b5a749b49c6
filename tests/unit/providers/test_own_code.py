from __future__ import annotations

import subprocess

import pytest

from asking import setting
from pytest_goldenprompt.providers.command import build
from pytest_goldenprompt.providers.own_code import code_version


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "app"
    root.mkdir()
    git(root, "init", "-q", "..")
    (root / "prompts.md").write_text("good")
    (tmp_path / "rules.py").write_text("WORD = 'yes'")
    commit(root)
    return root


def git(root, *words):
    named = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *named, *words], check=True, capture_output=True)


def commit(root):
    git(root, "add", ":/")
    git(root, "commit", "-qm", "change")


def test_what_runs_leave_behind_changes_nothing(repository):
    before = code_version(repository)
    (repository / "calls.log").write_text("a")
    (repository / ".goldenprompt" / "cache").mkdir(parents=True)
    (repository / ".goldenprompt" / "cache" / "notes.md").write_text("a")
    assert code_version(repository) == before


@pytest.mark.parametrize("name", ["app/prompts.md", "rules.py"])
def test_an_edit_anywhere_in_the_repository_is_other_code_whether_committed_or_not(repository, name):
    path = repository.parent / name
    before, text = code_version(repository), path.read_text()
    path.write_text("bad")
    edited = code_version(repository)
    commit(repository)
    assert len({before, edited, code_version(repository)}) == 3
    path.write_text(text)
    assert code_version(repository) != before


def test_a_new_source_is_other_code_and_so_is_an_edit_of_it(repository):
    seen = [code_version(repository)]
    for text in ("A = 1", "A = 2"):
        (repository / "helper.py").write_text(text)
        seen.append(code_version(repository))
    assert len(set(seen)) == 3


def test_a_program_is_known_by_its_file_wherever_it_lies(tmp_path):
    script = tmp_path / "answer.sh"
    script.write_text("echo yes")
    root = tmp_path / "root"
    root.mkdir()
    before = build(f"sh {script}", setting(root)).version
    assert build(f"sh {script}", setting(root)).version == before
    script.write_text("echo no, never")
    assert build(f"sh {script}", setting(root)).version != before
