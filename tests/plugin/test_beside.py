"""Other plugins in the same run: what they do to Python tests they do not do to golden cases."""

from __future__ import annotations

import pytest

SLOW = """
import pathlib, time

HERE = pathlib.Path(__file__).parent

def answer(case, text=""):
    with (HERE / "calls.log").open("a") as log:
        log.write(f"{case}\\n")
    time.sleep(0.5)
    return (HERE / "says").read_text()
answer.deterministic = True
"""


@pytest.fixture
def slow(library):
    """A library whose calls take half a second, recorded as passing."""
    library.write("model.py", SLOW)
    library.write("says", "yes")
    library.dataset("prompts/slow", {"one": "yes", "two": "yes"})
    library.write("test_other.py", "def test_it():\n    pass\n")
    assert library.run("--golden-record").code == 0
    library.calls()
    return library


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_a_time_out_of_tests_is_none_of_calls(slow, method):
    pytest.importorskip("pytest_timeout")
    run = slow.run("--timeout", "0.2", "--timeout-method", method)
    assert (run.code, run.state) == (0, "pass"), run.out
    assert sorted(slow.calls()) == ["one", "two"]


def test_reruns_of_tests_ask_no_case_again(slow):
    slow.write("says", "no")
    run = slow.run("--reruns", "2")
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert "rerun" not in run.out.splitlines()[-1]
    assert sorted(slow.calls()) == ["one", "two"]
    assert slow.run("--reruns", "2", "--force-reruns", "2").state == "regressed"
    assert sorted(slow.calls()) == ["one", "two"]


def test_a_group_of_a_split_run_is_a_look(slow):
    pytest.importorskip("pytest_split")
    runs = [slow.run("--splits", "3", "--group", str(group)) for group in (1, 2, 3)]
    assert {run.state for run in runs} == {"incomplete"}
    assert sorted(slow.calls()) == ["one", "two"]
