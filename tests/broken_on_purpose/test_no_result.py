"""Cases without a result: whatever took it away, the dataset is incomplete and never worse or better."""

from __future__ import annotations

import pytest

CHECKS = """
import pathlib, sys
from pytest_goldenprompt.model.result import Score

WORKS = pathlib.Path(__file__).with_name("works")

def crash(output):
    return WORKS.exists() or 1 / 0

def nan(output):
    return 1.0 if WORKS.exists() else float("nan")

def nan_score(output):
    return Score("", 1.0 if WORKS.exists() else float("nan"), True)

def too_much(output):
    return 1.0 if WORKS.exists() else 1.5

def none(output):
    return WORKS.exists() or None

def nothing(output):
    return [True] if WORKS.exists() else []

def uncounted(output):
    return Score("", 1.0, True, counts=WORKS.exists())
"""
PROVIDERS = """
import asyncio, pathlib, sys, time

WORKS = pathlib.Path(__file__).with_name("works")

def answers(function):
    function.deterministic = True
    return function

@answers
def hangs(text):
    return "yes" if WORKS.exists() or text.startswith("one") else time.sleep(30)

@answers
async def hangs_async(text):
    return "yes" if WORKS.exists() or text.startswith("one") else await asyncio.sleep(30)

@answers
def leaves(text):
    return "yes" if WORKS.exists() else sys.exit(0)

@answers
async def leaves_async(text):
    return "yes" if WORKS.exists() else sys.exit(0)

@answers
def says_nothing(text):
    return "yes" if WORKS.exists() else None
"""
EVALUATORS = {
    "crash": "ZeroDivisionError",
    "nan": "returned nan",
    "nan_score": "not in 0..1",
    "too_much": "returned 1.5",
    "none": "returned None",
    "nothing": r"returned \[\]",
    "uncounted": "nothing was checked",
}
ANSWERS = {
    "hangs": "no answer within 0.5 s",
    "hangs_async": "no answer within 0.5 s",
    "leaves": "SystemExit",
    "leaves_async": "SystemExit",
    "says_nothing": "returned NoneType",
}
IDS = {"one": "yes", "two": "yes"}


@pytest.fixture(scope="module")
def run(new_library):
    """One run in which every dataset but one loses results, each in its own way."""
    library = new_library()
    library.write("checks.py", CHECKS)
    library.write("providers.py", PROVIDERS)
    for name in EVALUATORS:
        library.dataset(f"evaluators/{name}", IDS)
        path = library.folder / f"evaluators/{name}.golden.yaml"
        path.write_text(path.read_text().replace("[exact]", f"[python: checks:{name}]"))
    for name in ANSWERS:
        library.dataset(f"providers/{name}", IDS, header=f"provider: python:providers:{name}")
    library.dataset("providers/good", IDS)
    library.dataset("providers/down", {"down-one": "yes", "down-two": "yes"})
    library.dataset("providers/down-once", {"up": "yes", "down": "yes"})
    works = library.write("works", "")
    first = library.run("--golden-record")
    assert first.code == 0, first.out
    works.unlink()
    library.answers(dict.fromkeys(["down-one", "down-two", "down"], "!"))
    return library.run("--golden-timeout", "0.5")


@pytest.mark.parametrize("name", EVALUATORS)
def test_an_evaluator_without_a_usable_score(run, is_red, name):
    is_red(run, rf"\b(one|two) \(.*{EVALUATORS[name]}", state="incomplete")
    assert run.prompt(f"evaluators/{name}")["state"] == "incomplete"


@pytest.mark.parametrize("name", ANSWERS)
def test_a_provider_without_an_answer(run, is_red, name):
    is_red(run, rf"\b(one|two) \(.*{ANSWERS[name]}", state="incomplete")
    assert run.prompt(f"providers/{name}")["state"] == "incomplete"


def test_a_provider_that_is_down_for_all_cases_or_for_one(run, is_red):
    is_red(run, r"2 of 2 cases without a whole result: down-one \(.*the provider is down", state="incomplete")
    is_red(run, r"1 of 2 cases without a whole result: down \(.*the provider is down", state="incomplete")
    assert run.prompt("providers/down")["state"] == "incomplete"
    assert run.prompt("providers/down-once")["state"] == "incomplete"


def test_no_lost_result_is_a_regression_and_no_other_dataset_is_hurt(run):
    states = {prompt["id"]: prompt["state"] for prompt in run.verdict["prompts"]}
    assert "regressed" not in states.values()
    assert [name for name, state in states.items() if state == "pass"] == ["providers/good"]


@pytest.mark.parametrize(
    "way", [(), ("-p", "xdist", "-n", "2"), ("-p", "no:terminal")], ids=["plain", "xdist", "no-terminal"]
)
def test_a_provider_that_is_down_for_one_case_in_every_way_of_running(stored, way):
    stored.answers({"two": "!"})
    run = stored.run(*way)
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert "two (model:answer raised RuntimeError: the provider is down)" in run.verdict["reasons"][0]


def test_replayed_answers_where_none_were_recorded(stored, is_red):
    run = stored.run("--golden-provider", "replay")
    is_red(run, "no recorded answer for this case", state="incomplete")


def test_a_setup_that_fails(stored):
    stored.write("conftest.py", "def pytest_runtest_setup(item):\n    raise RuntimeError('no database')\n")
    run = stored.run()
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert "4 of 4 cases without a whole result" in run.out
