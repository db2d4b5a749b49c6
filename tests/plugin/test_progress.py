"""The live line: seen while somebody waits, and gone without a trace before anything else is written."""

from __future__ import annotations

import re

import pytest

from pytest_goldenprompt.plugin.progress import duration, status
from terminal_screen import run_on_terminal, seen

SLOW = """
import time

def answer(text):
    time.sleep(1.2 if text == "c4 text" else 0.01)
    return "yes"
answer.deterministic = True
"""
LIVE = re.compile(r"golden: (\d+) of 6 cases, 1 calls in flight, [\d.]+ cases a second, \d+ s left")


@pytest.fixture
def slow(library):
    """Six cases, of which the fifth keeps its caller waiting."""
    library.write("model.py", SLOW)
    library.dataset("prompts/slow", {f"c{number}": "yes" for number in range(6)})
    return library


@pytest.mark.parametrize(("way", "line"), [((), "prompts/slow.golden.yaml ......"), (("-v",), "::c4 PASSED")])
def test_the_line_shows_how_far_the_calls_are_and_leaves_nothing_behind(slow, way, line):
    code, written = run_on_terminal(slow, "--golden-record", *way)
    assert (code, LIVE.search(written)[1]) == (0, "5"), written
    shown = seen(written)
    assert not [one for one in shown if "in flight" in one]
    assert [one for one in shown if line in one], shown
    assert shown[-1].strip("= ").startswith("7 passed in")


def test_an_interruption_takes_the_line_away(slow):
    code, written = run_on_terminal(slow, end_at="in flight")
    assert code == 2
    assert not [one for one in seen(written) if "in flight" in one]


@pytest.mark.parametrize(
    ("way", "environment"),
    [(("-q",), {}), (("-s",), {}), ((), {"CI": "true"}), ((), {"TERM": "dumb"}), (("-o", "log_cli=true"), {})],
    ids=["quiet", "uncaptured", "ci", "dumb", "live-logs"],
)
def test_where_nobody_looks_or_something_else_writes_there_is_none(slow, way, environment):
    _, written = run_on_terminal(slow, "--golden-record", *way, **environment)
    assert "VERDICT" in written
    assert "in flight" not in written


def test_without_a_terminal_there_is_none(slow):
    run = slow.run("--golden-record")
    assert run.code == 0
    assert "in flight" not in run.out


def test_the_rate_is_of_answered_cases_and_the_rest_is_reckoned_from_it():
    assert status(0, 40, 8, 3.0) == "golden: 0 of 40 cases, 8 calls in flight"
    assert status(10, 40, 8, 5.0) == "golden: 10 of 40 cases, 8 calls in flight, 2.0 cases a second, 15 s left"
    assert status(40, 40, 0, 5.0, "0.1200 of 5 USD").endswith(", 8.0 cases a second, 0 s left, 0.1200 of 5 USD spent")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7300, "2 h 1 min")]
)
def test_durations_have_two_units_at_most(seconds, words):
    assert duration(seconds) == words
