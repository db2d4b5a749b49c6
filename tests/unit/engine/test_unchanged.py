from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from types import ModuleType

import pytest

from pytest_goldenprompt.engine.surroundings import commit_of
from pytest_goldenprompt.engine.unchanged import (
    changed_since,
    is_code_unchanged,
    is_in_sight,
    is_same,
    is_told,
    is_whole,
)
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

THEN = PromptFacts("p", "p.golden.yaml", digest="d", parameters_digest="t", provider="openai:m", model="m")


@pytest.mark.parametrize("name", ["digest", "parameters_digest", "provider", "provider_version", "model"])
def test_what_is_asked_otherwise_is_not_the_same(name):
    assert is_same(THEN, replace(THEN, served=("m-1",), dataset_digest="x", owner="me"))
    assert not is_same(replace(THEN, **{name: "x"}), THEN)
    assert not is_same(THEN, replace(THEN, **{name: "x"}))


def test_code_has_a_part_in_what_is_asked_behind_other_providers_and_other_formats():
    told = [is_told(replace(THEN, path=path)) for path in ("", "p.prompt.md", "p.prompt.toml")]
    behind = [is_told(replace(THEN, provider=one)) for one in ("echo:", "python:m:f", "mine:x", "local:x.gguf")]
    assert (told, behind) == ([True, True, False], [True, False, False, False])


def test_a_result_stands_for_a_new_one_only_where_it_is_whole():
    good = CaseResult("p", "c", "d", (Repeat(1.0, True),))
    lost = replace(good, repeats=(*good.repeats, Repeat(error="HTTP 500")))
    known = [is_whole(one) for one in (good, lost, replace(good, missing="skipped"), replace(good, repeats=()))]
    assert known == [True, False, False, False]


@pytest.fixture
def checkout(tmp_path):
    """A library in a folder of a committed checkout."""
    root = tmp_path / "library"
    root.mkdir()
    (tmp_path / "code.py").write_text("one")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return root


def git(folder, *words):
    names = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {"PATH": os.environ["PATH"], **dict.fromkeys(names, "me@example.org")}
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, env=environment, capture_output=True, text=True
    ).stdout


@pytest.fixture
def run(checkout):
    return RunRecord("r", commit=git(checkout, "rev-parse", "HEAD").strip(), dirty=False)


def test_code_is_all_but_the_prompts_own_dataset_and_stores(checkout, run):
    (checkout / ".goldenprompt" / "runs").mkdir(parents=True)
    (checkout / ".goldenprompt" / "runs" / "run.json").write_text("")
    assert changed_since(checkout, run) == frozenset()
    (checkout / "a.golden.yaml").write_text("")
    (checkout / "b.golden").mkdir()
    (checkout / "b.golden" / "late.yaml").write_text("")
    changed = changed_since(checkout, run)
    assert changed == {"a.golden.yaml", "b.golden/late.yaml"}
    a, b = replace(THEN, dataset="a.golden.yaml"), replace(THEN, dataset="b.golden")
    assert (is_code_unchanged(changed, a), is_code_unchanged({"a.golden.yaml"}, a)) == (False, True)
    assert (is_code_unchanged(changed, b), is_code_unchanged({"b.golden/late.yaml"}, b)) == (False, True)
    assert not is_code_unchanged({"b.golden/rules.py"}, b)
    assert not is_code_unchanged({"/a.golden.yaml"}, a)
    assert not is_code_unchanged({"a.prompt.md"}, a)


def test_what_changed_elsewhere_in_the_checkout_is_seen_whatever_a_persons_settings_hide(checkout, run):
    git(checkout, "config", "diff.relative", "true")
    git(checkout, "config", "diff.renames", "true")
    (checkout.parent / "code.py").rename(checkout / "a.golden.yaml")
    git(checkout, "add", "-A", "..")
    assert changed_since(checkout, run) == {"a.golden.yaml", "/code.py"}


def test_a_changed_submodule_is_seen_also_where_git_is_told_to_ignore_it(checkout, run):
    inner = checkout / "inner"
    inner.mkdir()
    (inner / "rules.py").write_text("one")
    git(inner, "init", "-q")
    git(inner, "add", ".")
    git(inner, "commit", "-q", "-m", "one")
    git(checkout, "add", "inner")
    git(checkout, "commit", "-q", "-m", "two")
    git(checkout, "config", "diff.ignoreSubmodules", "all")
    run = replace(run, commit=git(checkout, "rev-parse", "HEAD").strip())
    assert (changed_since(checkout, run), commit_of(checkout)[1]) == (frozenset(), False)
    (inner / "rules.py").write_text("two")
    assert (changed_since(checkout, run), commit_of(checkout)[1]) == ({"inner"}, True)


@pytest.mark.parametrize("change", [{"dirty": True}, {"dirty": None}, {"commit": "0" * 40}, {"commit": None}])
def test_of_other_runs_git_cannot_tell(checkout, run, change):
    assert changed_since(checkout, replace(run, **change)) is None


@pytest.mark.parametrize(
    ("provider", "seen"),
    [
        ("openai:m", True),
        ("mine:x", True),
        ("replay:", False),
        ("command:./ask.sh --key=ask.sh -v", True),
        ("command:../library/ask.sh", True),
        ("command:ask.sh", False),
        ("command:sh ask.sh", False),
        ("command:./ignored.sh", False),
        ("command:./*.sh", False),
        ("command:./link.sh", False),
        ("command:./ask.sh ignored.sh", False),
        ("command:./ask.sh --key=ignored.sh", False),
        ("command:./ask.sh '", False),
        (f"command:./ask.sh {'x' * 5000}", False),
        ("local:ask.sh", True),
        ("local:ignored.sh", False),
        ("local:", False),
        ("python:asked_sh:answer", True),
        ("python:ignored_sh:answer", False),
        ("python:sys:exit", False),
        ("python:not_imported:answer", False),
    ],
)
def test_code_and_files_are_in_sight_where_git_has_them(checkout, monkeypatch, provider, seen):
    (checkout / ".gitignore").write_text("ignored*\n")
    for name in ("ask.sh", "ignored.sh"):
        (checkout / name).write_text("")
    (checkout / "link.sh").symlink_to("ignored.sh")
    git(checkout, "add", ".")
    for name, file in (("asked_sh", "ask.sh"), ("ignored_sh", "ignored.sh")):
        module = ModuleType(name)
        module.__file__ = str(checkout / file)
        monkeypatch.setitem(sys.modules, name, module)
    assert is_in_sight(checkout, provider) is seen
    assert not is_in_sight(checkout, f"local:{checkout / 'ask.sh'}")
