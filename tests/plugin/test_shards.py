"""`--golden-shard I/N`: a part of a run, which is kept to be merged, and is no verdict of anything by itself."""

from __future__ import annotations

import json

import pytest

CASES = {f"c{number}": "yes" for number in range(7)}


def folder_of(library, name):
    return library.folder / ".goldenprompt" / "cache" / "shards" / name


@pytest.fixture
def stored(library):
    """A library with a stored run."""
    library.dataset("prompts/a", CASES)
    library.dataset("prompts/b", {"one": "yes", "two": "no"})
    assert library.run("--golden-record").code == 0
    library.calls()
    return library


def test_a_shard_runs_its_cases_and_is_no_verdict(stored):
    run = stored.run("--golden-shard", "2/3")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert sorted(stored.calls()) == ["c1", "c4", "one"]
    assert "3 of 9 cases, shard 2 of 3, provider" in run.out
    assert "VERDICT INCOMPLETE: shard 2 of 3, which says nothing by itself" in run.out
    assert "record  shard 2 of 3 is in .goldenprompt/cache/shards/2-of-3" in run.out
    assert "goldenprompt merge" in run.out
    assert " failed" not in run.out
    assert run.verdict["run"]["shard"] == [2, 3]
    assert run.verdict["run"]["narrowed"] == []
    assert (folder_of(stored, "2-of-3") / "run.json").is_file()
    refused = stored.command("accept", "last", "--reason", "I want it", "--even", "partial")
    assert (refused.code, stored.run("--golden-baseline", run.verdict["run"]["id"]).code) == (2, 4)
    assert "was not accepted: it is shard 2 of 3, which is merged first" in refused.out


def test_a_shard_is_dealt_to_workers_as_a_whole_run_is(stored):
    run = stored.run("-n", "2", "--golden-shard", "2/3", "--golden-only")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert sorted(stored.calls()) == ["c1", "c4", "one"]


def test_what_an_earlier_run_left_of_a_shard_is_never_merged_for_this_one(stored):
    assert stored.run("--golden-shard", "2/3").code == 1
    stored.write("prompts/broken.golden.yaml", "cases: [\n")
    assert stored.run("--golden-shard", "2/3").code == 4
    assert json.loads((folder_of(stored, "2-of-3") / "verdict.json").read_text())["verdict"] == "error"
    stored.write("goldenprompt.toml", "nonsense")
    assert stored.run("--golden-shard", "2/3").code == 4
    assert not folder_of(stored, "2-of-3").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["0/3"], "--golden-shard: I/N with I from 1 to N is accepted, found '0/3'; such as 1/3"),
        (["4/3"], "found '4/3'"),
        (["1"], "found '1'"),
        (["1/3", "-k", "c1"], "--golden-shard: shard 1 of 3 runs all of its cases, found -k; leave it out"),
        (["1/3", "prompts/a.golden.yaml::c1"], "found prompts/a.golden.yaml::c1"),
    ],
)
def test_what_cannot_be_merged_is_refused_before_the_first_call(stored, words, told):
    run = stored.run("--golden-shard", *words)
    assert (run.code, run.state) == (4, None), run.out
    assert told in run.out
    assert stored.calls() == []
