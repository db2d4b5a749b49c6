"""`goldenprompt merge`: what the shards of a run make is what one machine would have made, or nothing."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

CASES = {f"c{number}": "yes" for number in range(7)}
VOLATILE = ("id", "started", "finished")


def shard(library, number, of=3, *words):
    run = library.run(*words, "--golden-only", "--golden-shard", f"{number}/{of}")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    return run


def all_shards(library, *words, of=3):
    for number in range(1, of + 1):
        shard(library, number, of, *words)


def merge(library, *folders):
    return library.run("--golden-only", *(f"--golden-merge={folder}" for folder in folders or ("",)))


def without_times(verdict):
    run = {name: value for name, value in verdict["run"].items() if name not in VOLATILE}
    return {**verdict, "run": run, "expires": None}


@pytest.fixture
def library(library):
    """A library that is committed: shards that run code are merged of such alone."""
    library.model(deterministic=False)
    library.dataset("prompts/a", CASES)
    library.dataset("prompts/b", {"one": "yes", "two": "no"}, header="tags: [small]")
    library.write(".gitignore", ".goldenprompt/cache\n__pycache__\n.pytest_cache\n*.log\nanswers.json\n*verdict.json\n")
    git(library, "init", "-q", "-b", "main")
    commit(library, "one")
    return library


def commit(library, said):
    git(library, "add", ".")
    git(library, "commit", "-q", "-m", said)


@pytest.fixture
def stored(library):
    """A library with a stored run in which some cases are flaky."""
    library.answers({"c3": ["yes", "yes", "yes", "no"]})
    assert library.run("--golden-record").code == 0
    library.calls()
    return library


def test_three_shards_make_the_run_that_one_machine_makes_and_confirm_it(stored):
    stored.answers({"c1": "no", "c4": ["no", "yes"], "two": "no"})
    plain = stored.run("--golden-only")
    called = sorted(stored.calls())
    assert (plain.code, plain.state) == (1, "regressed"), plain.out
    assert plain.verdict["counts"]["extra_calls"] > 0
    all_shards(stored)
    first = sorted(stored.calls())
    assert len(first) == len(CASES) + 2
    found = stored.command("merge", "--report", "json=merged.json")
    assert found.code == 1, found.out
    verdict = json.loads((stored.folder / "merged.json").read_text())
    assert without_times(verdict) == without_times(plain.verdict)
    assert sorted(first + stored.calls()) == called


def test_a_recording_run_of_shards_becomes_the_baseline(library):
    all_shards(library, "--golden-record", of=2)
    assert len(library.calls()) == 10 * 9
    run = merge(library)
    assert (run.code, run.state, run.verdict["run"]["kind"]) == (0, "new", "recording"), run.out
    assert "stored and accepted as the baseline of" in run.out
    assert library.calls() == []
    shown = library.command("list").out
    assert run.verdict["run"]["id"] in shown


def test_what_looks_worse_and_cannot_be_asked_again_where_shards_were_carried_to_is_incomplete(stored):
    stored.answers({"c1": "no"})
    shard(stored, 1, 1)
    (stored.folder / ".goldenprompt" / "cache" / "shards").rename(stored.folder / "artifacts")
    stored.answers({"c1": "!"})
    run = merge(stored, "artifacts")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert "c1" in run.verdict["reasons"][0]


def test_a_shard_that_ended_early_makes_the_run_incomplete(stored):
    stored.answers({"c1": "!"})
    stored.run("--golden-only", "-x", "--golden-shard", "2/2")
    shard(stored, 1, 2)
    run = stored.run("-n", "2", "--golden-only", "--golden-merge", ".goldenprompt/cache/shards")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert run.verdict["run"]["stopped"] == ["shard 2 of 2: stopping after 1 failures"]
    assert run.verdict["counts"]["run"] < 9


def refused(library, told):
    library.calls()
    run = merge(library)
    assert (run.code, run.verdict, library.calls()) == (4, None, []), run.out
    assert told in run.out
    assert "Traceback" not in run.out


def test_a_gap_and_shards_of_two_runs_are_refused(library):
    shards = library.folder / ".goldenprompt" / "cache" / "shards"
    shard(library, 1, 2)
    refused(library, "gap: shard 2 of 2 is missing; all shards of a run are accepted")
    shard(library, 2, 2, "--golden-provider", "echo")
    refused(library, "shard 1 of 2 and shard 2 of 2 differ in what they asked of prompts/a: its provider")
    (shards / "2-of-2" / "cases.jsonl").write_text("")
    refused(library, "cases.jsonl: changed since it was stored")


def test_shards_of_other_files_than_are_here_are_refused(library):
    library.write("prompts/new.txt", "of no commit")
    all_shards(library, "--golden-provider", "echo", of=2)
    library.dataset("prompts/b", {"one": "no", "two": "no"})
    run = library.run("--golden-merge=", "--golden-only", "--golden-provider", "echo")
    assert (run.code, run.state) == (4, "error"), run.out
    assert "prompts/b.golden.yaml: not what the shards ran, found another dataset_digest" in run.out
    git(library, "commit", "-q", "--allow-empty", "-m", "two")
    refused(library, "the shards differ from this run in their commit, found ")


def test_shards_that_were_judged_as_main_was_are_merged_so(library):
    library.write("goldenprompt.toml", "[gate]\nmargin = 0.04\n")
    assert library.run("--golden-record").code == 0
    commit(library, "stored")
    git(library, "checkout", "-q", "-b", "branch")
    library.write("goldenprompt.toml", "[gate]\nmargin = 0.06\n")
    commit(library, "looser")
    assert library.run("--golden-record", "--golden-repeats", "1").code == 0
    words = ("--golden-baseline", "git:main")
    plain = library.run("--golden-only", *words)
    assert plain.verdict["baseline"]["revision"].startswith("git:main at "), plain.out
    assert {one["what"] for one in plain.verdict["loosened"]} > {"margin"}, plain.verdict["loosened"]
    for number in (1, 2):
        shard(library, number, 2, *words)
    run = library.run("--golden-merge=", "--golden-only", *words)
    assert run.code == plain.code, run.out
    assert without_times(run.verdict) == without_times(plain.verdict)


def test_shards_that_were_compared_with_another_run_are_refused(stored):
    shard(stored, 1, 2)
    assert stored.run("--golden-record", "--golden-repeats", "1").code == 0
    shard(stored, 2, 2)
    refused(stored, "shard 1 of 2 and shard 2 of 2 were compared with another baseline")
    shard(stored, 1, 2)
    run = stored.run("--golden-merge=", "--golden-baseline", "2020-01")
    assert (run.code, "the shards were compared with another baseline, found run " in run.out) == (4, True), run.out


def git(library, *words):
    names = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {"PATH": os.environ["PATH"], **dict.fromkeys(names, "me@example.org")}
    subprocess.run(["git", *words], cwd=library.folder, check=True, env=environment, capture_output=True)


def test_a_prompt_that_is_gone_where_the_shards_are_merged_is_missed(library):
    library.write("prompts/new.txt", "of no commit")
    shard(library, 1, 1, "--golden-provider", "echo")
    for path in (library.folder / "prompts").glob("b.*"):
        path.unlink()
    run = library.run("--golden-merge=", "--golden-only", "--golden-provider", "echo")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert run.verdict["run"]["stopped"] == ["prompts/b, which the shards ran, is not here"]


def test_suspects_are_run_again_by_the_code_that_the_shards_ran_or_not_at_all(library):
    all_shards(library, of=2)
    library.model(deterministic=True)
    refused(library, "the shards ran on committed files, found model.py changed since")
    library.model(deterministic=False)
    (library.folder / ".goldenprompt/cache/shards").rename(library.folder / "shards")
    library.write("sitecustomize.py", "")
    run = merge(library, "shards")
    assert (run.state, run.verdict["run"]["dirty"]) == ("no-baseline", True), run.out
    (library.folder / "sitecustomize.py").unlink()
    run = merge(library, "shards")
    assert (run.state, run.verdict["run"]["dirty"]) == ("no-baseline", False), run.out


def test_shards_of_code_that_was_not_committed_are_refused(library):
    library.write("notes.txt", "of no commit")
    all_shards(library, of=2)
    refused(library, "shard 1 of 2 ran on files that were not committed, found the code of python:model:answer")
