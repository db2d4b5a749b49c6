"""What a worker on another host is told holds everything, and no folder of this one."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from execnet import XSpec

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.plugin.elsewhere import ground_elsewhere, is_elsewhere, root_told, told_elsewhere
from pytest_goldenprompt.plugin.stored_run import Reference

CASES = tuple(CaseResult("p", f"c{one}", "d", (Repeat(1.0, True, output="o"),)) for one in "\u2028\ud800x")
STORED = RunRecord("r", prompts=(PromptFacts("p", "p.golden.yaml"),), cases=CASES, pooled=("q",))


def told(tmp_path, stored, policy=None):
    here = tmp_path / "here"
    here.mkdir()
    if policy is not None:
        (here / "goldenprompt.toml").write_bytes(policy)
    library = SimpleNamespace(
        reference=Reference(stored, then=lambda: {"o": "yes"}), settings=SimpleNamespace(root=here)
    )
    made = told_elsewhere(library, tmp_path, here)
    assert str(tmp_path) not in json.dumps(made)
    return {**made, "first": False}


def test_policy_and_stored_run_come_over_as_they_are(tmp_path):
    there = told(tmp_path, STORED, b"[gate]\nmargin = 0.04\n")
    assert root_told(SimpleNamespace(rootpath=tmp_path / "there"), there) == tmp_path / "there" / "here"
    ground = ground_elsewhere(there, tmp_path)
    assert (ground.reference.baseline, ground.policy.margin) == (STORED, 0.04)
    assert ground.reference.texts() == {"o": "yes"}


def test_neither_policy_nor_stored_run_is_neither_there(tmp_path):
    ground = ground_elsewhere(told(tmp_path, None), tmp_path)
    assert (ground.reference.baseline, ground.policy) == (None, Policy())


def test_a_policy_that_is_no_text_is_told_before_a_worker_begins(tmp_path):
    with pytest.raises(StoreError, match=r"goldenprompt\.toml: cannot be told to a worker on another host"):
        told(tmp_path, None, b"\xff")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [("popen", False), ("popen//chdir=/x", True), ("popen//via=a", True), ("socket=h:1", True), ("ssh=me@h", True)],
)
def test_a_worker_of_this_machine_and_folder_is_here(spec, expected):
    assert is_elsewhere(XSpec(spec)) is expected
