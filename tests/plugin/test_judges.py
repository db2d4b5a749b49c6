"""Whole runs whose cases are judged by a model: a team's function stands for it."""

from __future__ import annotations

import json

import pytest

JUDGE = '''
import json, pathlib, re

HERE = pathlib.Path(__file__).parent

def judge(prompt):
    """Say of each answer what verdicts.json says, with the code that only a judge is told."""
    system, user = (turn["content"] for turn in prompt.messages)
    with (HERE / "judged.log").open("a") as log:
        log.write(".")
    said = json.loads((HERE / "verdicts.json").read_text())
    word = next(word for key, word in said.items() if key in user)
    if word == "!":
        raise RuntimeError("the judge is ill")
    return f"I find it so.\\nVERDICT {re.search(r'Your code is (.+)[.]', system)[1]}: {word}"
'''
DATASET = """
evaluators:
  - judge: {rubric: RUBRIC, choices: {good: 1, bad: 0}, votes: 3}
cases:
  - {id: a, inputs: {text: one}}
  - {id: b, inputs: {text: two}}
"""


@pytest.fixture
def judged(library):
    library.ini("golden_judge = python:judging:judge\n")
    library.model(deterministic=False)
    library.write("judging.py", JUDGE)
    library.write("mail.prompt.md", "Answer: {{text}}\n")
    library.answers({"a": "Dear Ann.", "b": "Dear Bob."})
    define(library)
    verdicts(library)
    return library


def define(library, rubric="Is it kind?"):
    library.write("mail.golden.yaml", DATASET.replace("RUBRIC", rubric))


def verdicts(library, **said):
    library.write("verdicts.json", json.dumps({f"Dear {name}": word for name, word in {**ALL, **said}.items()}))


ALL = {"Ann": "good", "Bob": "good"}


def judgements(library):
    path = library.folder / "judged.log"
    made = len(path.read_text()) if path.exists() else 0
    path.unlink(missing_ok=True)
    return made


def test_a_case_that_the_judge_finds_worse_is_named_with_the_judges_reason(judged):
    assert judged.run("--golden-record", "--golden-repeats", "5").state == "new"
    assert judgements(judged) == 2 * 5 * 3
    verdicts(judged, Bob="bad")
    run = judged.run()
    assert run.state == "regressed"
    assert "judge: bad (3 of 3 votes): I find it so." in run.out
    assert [case["id"] for case in run.prompt("mail")["cases"]] == ["b"]


def test_a_judge_that_gives_no_verdict_is_neither_a_pass_nor_a_regression(judged):
    judged.run("--golden-record", "--golden-repeats", "3")
    verdicts(judged, Bob="!")
    run = judged.run()
    assert (run.state, run.code) == ("incomplete", 1)
    assert "RuntimeError: the judge is ill" in run.out
    verdicts(judged, Bob="splendid")
    run = judged.run()
    assert run.state == "incomplete"
    assert "no known choice" in run.out


def test_another_rubric_is_another_judge_whose_word_is_not_held_against_the_prompt(judged):
    judged.run("--golden-record", "--golden-repeats", "3")
    define(judged, "Is it very kind?")
    verdicts(judged, Ann="bad", Bob="bad")
    run = judged.run()
    assert (run.state, run.verdict["counts"]["changed"]) == ("no-baseline", 2)
    define(judged)
    judged.ini("golden_judge = python:judging:judge2\n")
    judged.write("judging.py", JUDGE + "\njudge2 = judge\n")
    assert judged.run().state == "no-baseline"


def test_what_a_judge_said_is_recorded_and_replayed(judged):
    judged.run("--golden-replay", "once")
    assert judgements(judged) == 2 * 3
    verdicts(judged, Ann="!", Bob="!")
    run = judged.run("--golden-replay", "none")
    assert (run.verdict["counts"]["errored"], run.verdict["counts"]["run"]) == (0, 2)
    assert judgements(judged) == 0
    define(judged, "Is it very kind?")
    run = judged.run("--golden-replay", "none")
    assert run.state == "incomplete"
    assert "no recorded answer" in run.out


def test_without_a_judge_the_dataset_is_refused_in_one_line(judged):
    judged.ini()
    run = judged.run()
    assert run.state == "error"
    assert "mail.golden.yaml:3: no provider for `judge`" in run.out
    assert "Traceback" not in run.out


def test_outputs_of_other_tools_cannot_be_judged_without_a_call(judged):
    judged.write("old.jsonl", '{"case_id": "a", "output": "Dear Ann."}\n')
    run = judged.command("import", "outputs", "mail.golden.yaml=old.jsonl")
    assert (run.code, "no provider for `judge`" in run.out) == (2, True)
    settings = "RUBRIC, provider: openai:m"
    judged.write("mail.golden.yaml", DATASET.replace("RUBRIC", settings))
    run = judged.command("import", "outputs", "mail.golden.yaml=old.jsonl")
    assert (run.code, "ask a judge" in run.out) == (2, True)
