"""`--golden-changed`: what is as it was in the stored run needs no call; what cannot be compared is called."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import pytest

from pytest_goldenprompt import __version__
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt, with_provider
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.plugin.unchanged import Unchanged

CASES = {"one": "yes", "two": "yes", "three": "yes"}
OTHERS = {"uno": "yes", "due": "yes"}
CONTAINS = "evaluators: [{contains: 'yes'}]\ncases:\n  - {id: c, inputs: {text: t}}\n"


JUDGE = """
import re

def judge(prompt):
    system, _ = (turn["content"] for turn in prompt.messages)
    return f"Kind.\\nVERDICT {re.search(r'Your code is (.+)[.]', system)[1]}: good"
"""


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
    library.dataset("prompts/b", OTHERS)
    git(library, "init", "-q")
    git(library, "add", ".")
    git(library, "commit", "-q", "-m", "one")
    library.answers({"two": ["yes", "no", "yes"]})
    assert library.run("--golden-record").code == 0
    library.calls()
    library.answers(dict.fromkeys([*CASES, *OTHERS], "no"))
    return library


def test_what_did_not_change_needs_no_call_and_what_changed_is_called(stored):
    run = stored.run("--golden-changed")
    assert (run.code, run.state, stored.calls()) == (0, "pass", []), run.out
    assert "nothing changed: all of 5 cases taken as stored, without a call (run " in run.out
    assert run.verdict["counts"]["replayed"] == run.verdict["counts"]["calls"] == 50
    refused = stored.command("accept", "last", "--reason", "I want it", "--even", "replayed,dirty")
    assert (refused.code, "5 of its 5 cases were taken from an earlier run" in refused.out) == (2, True), refused.out

    stored.dataset("prompts/b", {**OTHERS, "due": "no", "tre": "yes"})
    run = stored.run("-n", "2", "--golden-changed")
    # The function behind prompts/a may read the dataset of prompts/b.
    assert set(stored.calls()) == {"due", "tre", *CASES}, run.out
    assert "1 of 6 cases taken as stored, without a call" in run.out
    assert (run.prompt("prompts/a")["state"], run.verdict["counts"]["changed"]) == ("regressed", 1)

    stored.write("prompts/a.prompt.md", "Answer shortly: {{text}}\n")
    run = stored.run("--golden-changed")
    assert (run.code, run.prompt("prompts/a")["state"]) == (1, "regressed"), run.out
    assert set(stored.calls()) == {*CASES, *OTHERS, "tre"}


def test_what_names_all_that_it_asks_is_taken_whatever_else_changed(library):
    library.write("pytest.ini", "[pytest]\ngolden_provider = echo:\n")
    for name in ("a", "b"):
        library.write(f"{name}.prompt.md", "yes {{text}}\n")
        library.write(f"{name}.golden.yaml", CONTAINS)
    assert library.run("--golden-record").code == 0
    library.write("b.prompt.md", "no {{text}}\n")
    library.write("model.py", "")
    run = library.run("--golden-changed")
    assert [run.prompt(name)["state"] for name in ("a", "b")] == ["pass", "regressed"], run.out
    assert "1 of 2 cases taken as stored, without a call" in run.out


class Server:
    version = "http://a"

    def is_deterministic(self, request):
        return False


THERE = PromptFacts("p", "p.golden.yaml", path="p.prompt.md", digest="d", provider="openai:m")
PLANNED = PlannedPrompt(THERE, None, (PlannedCase(Case("c"), ("an evaluator",), "d", ()),), "openai:m")
STORED = RunRecord(
    "r",
    tool=__version__,
    prompts=(with_provider(PLANNED, Server()).facts,),
    cases=(CaseResult("p", "c", "d", (Repeat(1.0, True),)),),
)


@pytest.mark.parametrize(
    ("stored", "server", "code", "taken"),
    [
        (STORED, "http://a", False, True),
        (STORED, "http://b", False, False),
        (STORED, "", False, False),
        (replace(STORED, prompts=(THERE,)), "http://a", False, False),
        (replace(STORED, tool="0.0"), "http://a", False, False),
        (STORED, "http://a", True, False),
    ],
    ids=["same", "other server", "own server", "unknown server", "other tool", "evaluator of a team's code"],
)
def test_a_result_is_taken_only_from_the_same_server_tool_and_code(tmp_path, stored, server, code, taken):
    provider = Server()
    provider.version = server
    unchanged = Unchanged(tmp_path, stored, dict, lambda evaluator: code)
    unchanged.planned(PLANNED, lambda name: provider)
    assert (list(unchanged.results) == [("p", "c")]) is taken


def test_what_a_committed_function_judged_is_taken_where_nothing_changed(library):
    library.write(".gitignore", "calls.log\nanswers.json\nverdict.json\n__pycache__\n.pytest_cache\n")
    library.write("tone.py", JUDGE)
    judge = "{judge: {rubric: Kind?, choices: {good: 1, bad: 0}, provider: 'python:tone:judge'}}"
    library.write("mail.golden.yaml", f"evaluators: [{judge}]\ncases: [{{id: m, inputs: {{text: Hello}}}}]\n")
    library.write("mail.prompt.md", "---\nprovider: echo\n---\nAnswer: {{text}}\n")
    git(library, "init", "-q")
    git(library, "add", ".")
    git(library, "commit", "-q", "-m", "one")
    assert library.run("--golden-record").code == 0
    run = library.run("--golden-changed")
    assert (run.code, run.state) == (0, "pass"), run.out
    assert "nothing changed: all of 1 case taken as stored, without a call (run " in run.out


def test_what_cannot_be_compared_is_called(stored):
    stored.write("model.py", (stored.folder / "model.py").read_text() + "# edited\n")
    assert stored.run("--golden-changed").code == 1
    assert set(stored.calls()) == {*CASES, *OTHERS}


@pytest.mark.parametrize("words", [["--golden-record"], ["--golden-repeats", "3"]])
def test_a_run_of_what_changed_is_no_recording_and_has_no_repeats_of_its_own(library, words):
    run = library.run("--golden-changed", *words)
    assert run.code == 4
    assert f"--golden-changed and {words[0]}: one of them is accepted" in run.out


def test_without_a_stored_run_all_is_called(library):
    library.dataset("prompts/a", CASES)
    run = library.run("--golden-changed")
    assert (run.code, run.state, sorted(library.calls())) == (1, "no-baseline", sorted(CASES)), run.out
