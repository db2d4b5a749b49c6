"""Limits that are hit: the run is incomplete, whatever was called before; never green, never a regression."""

from __future__ import annotations

import pytest

PRICED = '[prices]\ncurrency = "USD"\n\n[prices."python:model:answer"]\ncall = 0.01\n'
WAYS = {"plain": (), "xdist": ("-n", "2"), "no-terminal": ("-p", "no:terminal")}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)

SLOW = """
import time

def answer(text):
    if not text.startswith("one"):
        time.sleep(60)
    return "yes"
answer.deterministic = True
"""

DIES = """
import os

def answer(case, text):
    if case == "two":
        os._exit(9)
    open("calls.log", "a").write(f"{case}\\n")
    return "yes"
answer.deterministic = True
"""


def is_incomplete(run, why):
    assert (run.code, run.state) == (1, "incomplete"), run.out
    (prompt,) = run.verdict["prompts"]
    assert (prompt["state"], prompt["kinds"]) == ("incomplete", ["missing"])
    assert why in run.verdict["reasons"][0]
    assert {case["outcome"] for case in prompt["cases"]} <= {"missing"}


@each_way
def test_the_limit_of_calls(stored, way):
    stored.calls()
    run = stored.run("--golden-max-calls", "2", *way)
    is_incomplete(run, "2 of 4 cases without a whole result")
    assert "not called: the limit of 2 calls is reached" in run.verdict["reasons"][0]
    assert len(stored.calls()) == run.verdict["spend"]["calls"] == 2


@each_way
def test_the_budget(stored, way):
    stored.write("goldenprompt.toml", PRICED)
    stored.calls()
    run = stored.run("--golden-budget", "0.025", *way)
    is_incomplete(run, "2 of 4 cases without a whole result")
    assert "not called: the budget of 0.025 USD is spent" in run.verdict["reasons"][0]
    assert len(stored.calls()) == 2
    spend = run.verdict["spend"]
    assert (spend["amount"], spend["currency"], spend["calls"]) == (0.02, "USD", 2)
    assert spend["models"]["python:model:answer"]["amount"] == 0.02
    assert ("spend   0.0200 of 0.025 USD, 2 calls" in run.out) is (way != WAYS["no-terminal"])


def test_a_budget_and_a_count_in_the_ini_file(stored):
    stored.write("goldenprompt.toml", PRICED)
    stored.ini("golden_budget = 0.015\ngolden_max_calls = 3\n")
    is_incomplete(stored.run(), "not called: the budget of 0.015 USD is spent")
    is_incomplete(stored.run("--golden-budget", "1"), "not called: the limit of 3 calls is reached")


@each_way
def test_the_deadline(stored, way):
    stored.write("model.py", SLOW)
    run = stored.run("--golden-deadline", "4", *way)
    is_incomplete(run, "the deadline of 4 s has passed")


def test_a_case_that_got_worse_before_the_limit_is_still_no_verdict_on_the_rest(stored):
    stored.answers({"one": "no"})
    run = stored.run("--golden-max-calls", "2")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert run.prompt("prompts/triage")["state"] == "incomplete"


def test_a_limit_that_is_not_hit_changes_nothing(stored):
    stored.write("goldenprompt.toml", PRICED)
    run = stored.run("--golden-budget", "0.04", "--golden-max-calls", "4", "--golden-deadline", "1000")
    assert (run.code, run.state) == (0, "pass"), run.out
    assert run.verdict["spend"]["amount"] == 0.04


@pytest.mark.parametrize("way", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_a_budget_for_calls_without_a_price_is_refused_before_the_first_of_them(stored, is_red, way):
    stored.write("goldenprompt.toml", PRICED)
    stored.write("other.py", (stored.folder / "model.py").read_text())
    stored.dataset("prompts/other", {"five": "yes"}, header="provider: python:other:answer")
    stored.calls()
    run = stored.run("--golden-budget", "5", *way)
    is_red(run, "no price is known for python:other:answer, which --golden-budget needs", code=4, state="error")
    assert 'write input and output under [prices."python:other:answer"] into goldenprompt.toml' in run.out
    assert stored.calls() == []


def test_a_budget_for_calls_that_could_cost_any_amount_is_refused(stored, is_red):
    stored.write("goldenprompt.toml", '[prices."model:answer"]\ninput = 1\noutput = 2\n')
    run = stored.run("--golden-budget", "5")
    is_red(run, "no bound on the cost of a call is known for python:model:answer", code=4, state="error")
    assert "write most_output_tokens under" in run.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--golden-budget", "0"),
        ("--golden-budget", "-1"),
        ("--golden-budget", "nan"),
        ("--golden-budget", "inf"),
        ("--golden-max-calls", "0"),
        ("--golden-deadline", "-3"),
    ],
)
def test_a_limit_that_makes_no_sense(stored, is_red, arguments):
    stored.calls()
    is_red(stored.run(*arguments), f"{arguments[0]}: more than zero is accepted, found", code=4)
    assert stored.calls() == []


def test_a_price_that_cannot_be_read(stored, is_red):
    stored.write("goldenprompt.toml", "[prices.m]\ninput = -1\n")
    is_red(stored.run(), r"goldenprompt\.toml:2: wrong `input` in .* found -1", code=4)


@pytest.mark.parametrize("way", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_suspects_are_run_again_with_what_is_left(library, way):
    names = [f"c{number}" for number in range(8)]
    library.model(deterministic=False)
    library.dataset("prompts/triage", dict.fromkeys(names, "yes"))
    library.write("goldenprompt.toml", "[gate]\nbaseline_repeats = 5\nconfirm_repeats = 9\n")
    assert library.run("--golden-record").code == 0
    library.answers({"c3": "no"})
    library.calls()
    run = library.run("--golden-max-calls", "14", *way)
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert "1 of 8 cases without a whole result: c3 (not called: the limit of 14 calls is reached)" in run.out
    assert library.calls().count("c3") == 7
    assert run.verdict["spend"]["calls"] == 14


def test_the_share_of_a_lost_worker_is_taken_as_spent(stored):
    stored.write("model.py", DIES)
    stored.write("goldenprompt.toml", PRICED)
    stored.calls()
    run = stored.run("--golden-budget", "0.05", "-n", "2")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    spend = run.verdict["spend"]
    assert spend["models"]["a lost worker"]["amount"] == 0.025
    assert spend["amount"] <= 0.05
    assert len(stored.calls()) <= 4


def test_recorded_answers_are_no_calls(stored):
    stored.write("goldenprompt.toml", PRICED)
    assert stored.run("--golden-replay", "new").verdict["spend"]["calls"] == 4
    run = stored.run("--golden-replay", "new", "--golden-budget", "0.001", "--golden-max-calls", "1")
    assert (run.code, run.state) == (0, "pass"), run.out
    assert run.verdict["spend"] is None
