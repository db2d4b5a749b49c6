from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import pytest

from pytest_goldenprompt.engine.unchanged import is_code_unchanged, is_same, is_whole
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

THEN = PromptFacts("p", "p.golden.yaml", digest="d", parameters_digest="t", provider="openai:m", model="m")


@pytest.mark.parametrize(
    "change", [{"digest": "x"}, {"parameters_digest": "x"}, {"provider": "openai:x"}, {"model": "x"}]
)
def test_what_is_asked_otherwise_is_not_the_same(change):
    assert is_same(THEN, replace(THEN, served=("m-1",), dataset_digest="x", owner="me"), code=False)
    assert not is_same(replace(THEN, **change), THEN, code=True)


@pytest.mark.parametrize(
    "change", [{"provider": "python:m:f"}, {"provider": "mine:x"}, {"evaluators": ("python:m:f@1",)}]
)
def test_what_code_stands_behind_is_the_same_only_where_no_code_changed(change):
    now = replace(THEN, **change)
    assert (is_same(now, now, code=True), is_same(now, now, code=False)) == (True, False)


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


def test_code_is_all_that_is_no_prompt_no_dataset_and_no_store(checkout):
    run = RunRecord("r", commit=git(checkout, "rev-parse", "HEAD").strip(), dirty=False)
    (checkout / "a.golden.yaml").write_text("")
    (checkout / "a.prompt.md").write_text("")
    (checkout / "b.golden").mkdir()
    (checkout / "b.golden/late.yaml").write_text("")
    (checkout / ".goldenprompt" / "runs").mkdir(parents=True)
    (checkout / ".goldenprompt" / "runs" / "run.json").write_text("")
    assert is_code_unchanged(checkout, run)
    assert not is_code_unchanged(checkout, replace(run, dirty=True))
    assert not is_code_unchanged(checkout, replace(run, dirty=None))
    assert not is_code_unchanged(checkout, replace(run, commit="0" * 40))
    (checkout.parent / "code.py").write_text("two")
    assert not is_code_unchanged(checkout, run)
    git(checkout, "checkout", "-q", "..")
    assert is_code_unchanged(checkout, run)
    (checkout.parent / "more.py").write_text("")
    assert not is_code_unchanged(checkout, run)


def test_outside_of_git_nothing_is_known(tmp_path):
    assert not is_code_unchanged(tmp_path, RunRecord("r", commit=None, dirty=None))
