from __future__ import annotations

import pytest

WAYS = [(), ("-n", "2")]
NAMES = [f"c{number}" for number in range(30)]


@pytest.fixture
def flaky(library):
    """Thirty solid cases of a model that is not deterministic, stored with ten repeats each."""
    library.model(deterministic=False)
    library.dataset("prompts/triage", dict.fromkeys(NAMES, "yes"))
    stored = library.run("--golden-record")
    assert stored.code == 0, stored.out
    assert len(library.calls()) == 300
    return library


@pytest.mark.parametrize("way", WAYS, ids=["plain", "xdist"])
def test_a_single_unlucky_answer_is_run_again_and_not_flagged(flaky, way):
    flaky.answers({"c3": ["no", *["yes"] * 9]})
    run = flaky.run(*way)
    assert run.code == 0, run.out
    assert run.prompt("prompts/triage")["kinds"] == []
    assert run.verdict["counts"]["extra_calls"] >= 9
    assert flaky.calls().count("c3") == 10
    assert "run again" in run.out


@pytest.mark.parametrize("way", WAYS, ids=["plain", "xdist"])
def test_a_broken_case_is_flagged_once_it_was_run_again(flaky, way):
    flaky.answers({"c3": "no"})
    run = flaky.run(*way)
    assert (run.code, run.state) == (1, "regressed"), run.out
    named = run.prompt("prompts/triage")["cases"]
    assert [(case["id"], case["now"]) for case in named] == [("c3", {"passed": 0, "repeats": 10})]


def test_a_quiet_run_makes_no_further_call(flaky):
    run = flaky.run()
    assert run.code == 0
    assert len(flaky.calls()) == 30
    assert run.verdict["counts"]["extra_calls"] == 0


def test_an_outage_while_running_again_is_incomplete_and_no_regression(flaky):
    flaky.answers({"c3": ["no", "!"]})
    run = flaky.run()
    assert (run.code, run.state) == (1, "incomplete"), run.out


def test_a_slow_slide_is_seen_against_the_anchor(library):
    """Forty cases, of which two more become flaky every month; each step is too small to be flagged."""
    library.model(deterministic=False)
    library.dataset("prompts/triage", {f"c{number}": "yes" for number in range(40)})
    library.write("goldenprompt.toml", "[gate]\nbaseline_repeats = 3\nconfirm_repeats = 3\n")
    assert library.run("--golden-record", "--golden-month", "2026-01").code == 0
    states = []
    for month in range(2, 9):
        library.answers({f"c{number}": ["no", "yes", "yes"] for number in range(2 * month)})
        run = library.run("--golden-record", "--golden-month", f"2026-{month:02}")
        states.append(run.state)
        if run.state == "drifted":
            break
    assert states[-1] == "drifted", run.out
    assert "regressed" not in states
    assert "DRIFTED prompts/triage" in run.out
    assert "anchor of 2026-01" in run.out
    assert run.code == 1
    shown = library.command("show", "last")
    assert "DRIFTED prompts/triage" in shown.out


BESIDE = """
import pathlib, sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

def pytest_goldenprompt_register(registry):
    registry.add_provider("ours", "asked:build")

def pytest_goldenprompt_verdict(verdict):
    with (HERE / "told").open("a") as told:
        told.write(f"{verdict.state.value}\\n")
"""
ASKED = """
from types import SimpleNamespace
from pytest_goldenprompt.model.output import Output

def complete(request):
    return Output("no" if request.case_id == "c1" and {broken} else "yes")

def build(argument, setting):
    return SimpleNamespace(
        max_concurrency=None, is_deterministic=lambda request: False, complete=complete, close=lambda: None
    )
"""


def test_a_suspect_is_run_again_with_what_the_conftest_beside_its_dataset_gives(library):
    """Workers load it while they collect; the controller, which runs suspects again and tells plugins, has to too."""
    library.write("evals/conftest.py", BESIDE)
    library.write("evals/asked.py", ASKED.format(broken=False))
    library.dataset("evals/triage", dict.fromkeys(NAMES, "yes"), header="provider: ours:model")
    assert library.run("--golden-record").code == 0
    library.write("evals/asked.py", ASKED.format(broken=True))
    for way in WAYS:
        run = library.run(*way)
        assert (run.code, run.state) == (1, "regressed"), run.out
    assert (library.folder / "evals/told").read_text().split() == ["new", "regressed", "regressed"]
