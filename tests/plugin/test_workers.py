"""Under pytest-xdist: every case is called once, ahead of its turn, by the worker that has it by rule."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from disturbed_runs import ENDS, OTHER_TESTS, kill_worker

MEETING = """
import pathlib, threading

HERE = pathlib.Path(__file__).parent
MEETING = threading.Barrier(3)

def answer(case, text=""):
    with (HERE / "calls.log").open("a") as log:
        log.write(f"{case}\\n")
    MEETING.wait(timeout=30)
    return "yes"
answer.deterministic = True
"""
"""Answers come only where three calls of one process are under way at once."""
CASES = {f"c{number}": "yes" for number in range(12)}


def once(names):
    return dict.fromkeys(names, 1)


@pytest.mark.parametrize("workers", ["2", "4"])
def test_workers_call_ahead_of_their_whole_share_and_run_the_other_tests_too(library, workers):
    library.write("model.py", MEETING)
    library.dataset("prompts/triage", CASES)
    library.write("test_other.py", OTHER_TESTS)
    run = library.run("--golden-record", "-n", workers)
    assert (run.code, run.state) == (0, "new"), run.out
    assert run.verdict["counts"]["run"] == 12
    assert Counter(library.calls()) == once(CASES)
    assert Counter((library.folder / "tests.log").read_text().split()) == once(map(str, range(10)))


@pytest.mark.parametrize("way", ["loadfile", "worksteal"])
def test_another_way_of_distributing_is_left_to_xdist(library, way):
    library.dataset("prompts/triage", CASES)
    library.dataset("prompts/other", {"one": "yes", "two": "yes"})
    run = library.run("--golden-record", "-n", "2", "--dist", way)
    assert (run.code, run.state) == (0, "new"), run.out
    assert Counter(library.calls()) == once([*CASES, "one", "two"])


def test_a_scheduler_of_somebody_else_is_not_replaced(library):
    library.dataset("prompts/triage", CASES)
    library.write(
        "conftest.py",
        "def pytest_xdist_make_scheduler(config, log):\n    from xdist.scheduler import LoadScheduling\n"
        "    open('theirs', 'w').close()\n    return LoadScheduling(config, log)\n",
    )
    assert library.run("--golden-record", "-n", "2").code == 0
    assert (library.folder / "theirs").exists()
    assert Counter(library.calls()) == once(CASES)


def test_every_worker_for_every_case_is_refused(library):
    library.dataset("prompts/triage", CASES)
    run = library.run("-n", "2", "--dist", "each")
    assert run.code == 4
    assert "--dist each would call every case once a worker" in run.out
    assert library.calls() == []


@pytest.mark.parametrize("words", [("-n", "0"), ("-n", "3", "--maxprocesses", "2")], ids=["none", "few"])
def test_few_workers_or_none(library, words):
    library.dataset("prompts/triage", CASES)
    run = library.run("--golden-record", *words)
    assert (run.code, run.state) == (0, "new"), run.out
    assert Counter(library.calls()) == once(CASES)


@pytest.fixture
def failing(library):
    """A library of forty cases, of which the first two are certainly worse than they were."""
    library.dataset("prompts/triage", {f"c{number}": "yes" for number in range(40)})
    assert library.run("--golden-record").code == 0
    library.calls()
    library.answers({"c0": "no", "c1": "no"})
    return library


@pytest.mark.parametrize("stop", ["-x", "--maxfail=2", "--stepwise"])
def test_a_run_that_may_stop_calls_one_ahead_only(failing, stop):
    run = failing.run("-p", "cacheprovider", "-p", "stepwise", stop)
    assert run.state == "incomplete", run.out
    assert "the run ended early: " in run.out
    assert len(failing.calls()) <= 4


def test_workers_that_may_stop_call_one_ahead_only(failing):
    """No other call is answered before the controller knows of the failure, so that what comes after it is counted."""
    model = (failing.folder / "model.py").read_text()
    wait = "    while case not in ('c0', 'c1') and not (HERE / 'known').exists():\n        time.sleep(0.01)\n"
    failing.write("model.py", "import time\n" + model.replace("    answers =", f"{wait}    answers ="))
    failing.write(
        "conftest.py",
        "import os\n\ndef pytest_runtest_logreport(report):\n"
        "    if report.failed and 'PYTEST_XDIST_WORKER' not in os.environ:\n        open('known', 'w').close()\n",
    )
    run = failing.run("-n", "2", "-x")
    assert (run.code, run.state) == (2, "incomplete"), run.out
    assert "the run ended early: stopping after 1 failures" in run.out
    assert max(Counter(calls := failing.calls()).values()) == 1
    assert len(calls) <= 6


def test_workers_that_collect_different_tests_call_for_nothing(library):
    library.dataset("prompts/triage", CASES)
    library.write(
        "test_odd.py",
        "import os, pytest\n\n@pytest.mark.parametrize('name', [os.environ.get('PYTEST_XDIST_WORKER')])\n"
        "def test_it(name):\n    pass\n",
    )
    run = library.run("-n", "2")
    assert run.code not in {0, 5}, run.out
    assert "collected different tests: test_odd.py::test_it[gw0]" in run.out
    assert library.calls() == []


@pytest.mark.parametrize("end", ENDS)
def test_a_worker_that_is_killed_takes_its_own_cases_with_it_and_no_other(tmp_path, end):
    """The long form is benchmarks/disturbed.py."""
    assert kill_worker(tmp_path, end, random.Random(end).randrange(40)) == []
