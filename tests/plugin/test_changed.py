"""`--golden-changed`: what is as it was in the stored run needs no call; what cannot be compared is called."""

from __future__ import annotations

import os
import subprocess

import pytest

CASES = {"one": "yes", "two": "yes", "three": "yes"}


def git(library, *words):
    names = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {"PATH": os.environ["PATH"], **dict.fromkeys(names, "me@example.org")}
    subprocess.run(["git", *words], cwd=library.folder, check=True, env=environment, capture_output=True)


@pytest.fixture
def stored(library):
    """A committed library with a stored run, whose answers are flaky, and whose model says what it would say now."""
    library.model(deterministic=False)
    library.write(".gitignore", "calls.log\nanswers.json\nverdict.json\n__pycache__\n")
    library.dataset("prompts/a", CASES)
    library.dataset("prompts/b", CASES)
    git(library, "init", "-q")
    git(library, "add", ".")
    git(library, "commit", "-q", "-m", "one")
    library.answers({"two": ["yes", "no", "yes"]})
    assert library.run("--golden-record").code == 0
    library.calls()
    library.answers(dict.fromkeys(CASES, "no"))
    return library


def test_what_did_not_change_needs_no_call_and_what_changed_is_called(stored):
    run = stored.run("--golden-changed")
    assert (run.code, run.state, stored.calls()) == (0, "pass", []), run.out
    assert "nothing changed: all of 6 cases taken as stored, without a call (run " in run.out
    assert run.verdict["counts"]["replayed"] == run.verdict["counts"]["calls"] == 60
    refused = stored.command("accept", "last", "--reason", "I want it", "--even", "replayed,dirty")
    assert (refused.code, "6 of its 6 cases were taken from an earlier run" in refused.out) == (2, True), refused.out

    stored.dataset("prompts/b", {**CASES, "three": "no", "four": "yes"})
    run = stored.run("-n", "2", "--golden-changed")
    assert sorted(stored.calls()) == ["four", "three"], run.out
    assert "5 of 7 cases taken as stored, without a call" in run.out
    assert (run.prompt("prompts/a")["state"], run.verdict["counts"]["changed"]) == ("pass", 1)

    stored.write("prompts/a.prompt.md", "Answer shortly: {{text}}\n")
    run = stored.run("--golden-changed")
    assert (run.code, run.prompt("prompts/a")["state"]) == (1, "regressed"), run.out
    assert set(stored.calls()) == {*CASES, "four"}


def test_what_cannot_be_compared_is_called(stored):
    stored.write("model.py", (stored.folder / "model.py").read_text() + "# edited\n")
    assert stored.run("--golden-changed").code == 1
    assert set(stored.calls()) == set(CASES)


@pytest.mark.parametrize("words", [["--golden-record"], ["--golden-repeats", "3"]])
def test_a_run_of_what_changed_is_no_recording_and_has_no_repeats_of_its_own(library, words):
    run = library.run("--golden-changed", *words)
    assert run.code == 4
    assert f"--golden-changed and {words[0]}: one of them is accepted" in run.out


def test_without_a_stored_run_all_is_called(library):
    library.dataset("prompts/a", CASES)
    run = library.run("--golden-changed")
    assert (run.code, run.state, sorted(library.calls())) == (1, "no-baseline", sorted(CASES)), run.out
