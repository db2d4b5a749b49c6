"""`--golden-shard I/N`: a part of a run, which is kept to be merged, and is no verdict of anything by itself."""

from __future__ import annotations

import json

import pytest

from pytest_goldenprompt.plugin.choosing import read_shard

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


def test_a_command_that_runs_nothing_leaves_the_shard_that_was_paid_for(stored):
    assert stored.run("--golden-shard", "2/3").code == 1
    place, report = folder_of(stored, "2-of-3") / "run.json", ".goldenprompt/cache/verdict.json"
    before, green = place.read_bytes(), stored.write(report, '{"verdict": "pass"}')
    assert stored.run("--golden-shard", "2/3", "--collect-only").code == 0
    assert (place.read_bytes(), green.exists()) == (before, True)
    assert stored.run("--golden-shard", "2/3", "--golden-baseline", "nonsense").code == 4
    assert (place.read_bytes(), green.exists()) == (before, False)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/0", "-1/3", "1/3/3", "", "a/b", "1 / 3"])
def test_what_names_no_shard_is_refused(text):
    with pytest.raises(pytest.UsageError, match="I/N with I from 1 to N is accepted, found "):
        read_shard(text)


def test_a_shard_is_one_of_so_many():
    assert (read_shard(None), read_shard("1/1"), read_shard("12/30")) == (None, (1, 1), (12, 30))


@pytest.mark.parametrize("words", [["-k", "c1"], ["prompts/a.golden.yaml::c1"], ["--golden-tag", "x"]])
def test_a_shard_of_a_look_is_refused_before_the_first_call(library, words):
    library.dataset("prompts/a", CASES)
    run = library.run("--golden-shard", "1/3", *words)
    assert (run.code, run.state, library.calls()) == (4, None, []), run.out
    assert f"--golden-shard: shard 1 of 3 runs all of its cases, found {words[0]}; leave it out" in run.out


def test_cases_are_chosen_by_tags_and_make_a_look(stored):
    stored.dataset("prompts/a", CASES, header="tags: [all]", extra=', tags: ["lang:en"]')
    stored.dataset("prompts/b", {"one": "yes"}, extra=', tags: ["lang:de"]')
    stored.dataset("prompts/c", {"two": "yes"})
    stored.write("test_other.py", "def test_it():\n    pass\n")
    run = stored.run("--golden-tag", "all", "--golden-tag", "lang:de", "prompts", "test_other.py")
    assert (run.state, sorted(stored.calls())) == ("incomplete", [*sorted(CASES), "one"]), run.out
    assert "1 of 9 cases were not chosen" in run.out
    assert "test_other.py ." in run.out
    none = stored.run("--golden-tag", "lang:fr")
    assert (none.code, none.state, stored.calls()) == (1, "incomplete", []), none.out
