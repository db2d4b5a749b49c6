"""Runs in which very many cases got worse: what pytest would look through for each failure is not kept."""

from __future__ import annotations

import pytest

CONFTEST = """
def pytest_runtest_teardown(item):
    if item.name == "two":
        print("something was left behind")

def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats[""]:
        terminalreporter.line(f"kept {report.nodeid} {report.when}")
"""
OWN = {"test_own.py::test_it setup", "test_own.py::test_it teardown"}
TOLD = "prompts/triage.golden.yaml::two teardown"


@pytest.fixture
def red(library):
    """Two cases that fail, one with something to say when it is torn down, and a test of the library's own."""
    library.dataset("prompts/triage", {"one": "no", "two": "no"})
    library.write("test_own.py", "def test_it():\n    pass\n")
    library.write("conftest.py", CONFTEST)
    return library


def kept(run):
    marked = (line.removeprefix("kept ") for line in run.out.splitlines() if line.startswith("kept "))
    return {line for line in marked if "::gate" not in line}


@pytest.mark.parametrize("way", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_of_silent_setups_and_teardowns_none_is_looked_through_and_the_others_are_shown(red, way):
    run = red.run(*way)
    assert run.code == 1
    assert kept(run) == {*OWN, TOLD}
    assert run.out.count("something was left behind") == 1


def test_their_durations_are_shown_where_they_are_asked_for(red):
    assert {f"prompts/triage.golden.yaml::{case} setup" for case in ("one", "two")} < kept(red.run("--durations=3"))
