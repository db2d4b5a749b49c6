"""A run that was cut off is gone on with; two at once on one store are kept apart."""

from __future__ import annotations

import random
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from disturbed_runs import interrupt, kill_and_go_on, slow_library, undisturbed, wait_for

CASES = 200


@pytest.mark.parametrize("way", [(), ("-n", "2")])
def test_at_whatever_moment_it_is_killed_the_next_run_pays_for_the_calls_in_flight_only(tmp_path, way):
    """Four moments; benchmarks/killed.py has more, and a thousand cases."""
    luck = random.Random(0)
    whole = undisturbed(tmp_path / "whole", CASES, *way)
    assert whole.code == 1
    kills = [[luck.uniform(0.0, 0.2) for _ in range(1 + number % 2)] for number in range(4)]

    def one(number: int) -> list[str]:
        return kill_and_go_on(whole, tmp_path / str(number), CASES, kills[number], *way)

    with ThreadPoolExecutor(2) as side_by_side:
        found = list(side_by_side.map(one, range(4)))
    assert {number: wrong for number, wrong in enumerate(found) if wrong} == {}


def test_what_an_interrupted_run_has_is_said_and_gone_on_with(tmp_path):
    library = slow_library(tmp_path)
    left = interrupt(library, signal.SIGINT)
    paid = len(left.calls)
    assert "note    answers are kept: run the same command within 24 hours to go on" in left.out
    again = library.run("--golden-concurrency", "4")
    calls = library.calls()
    assert 200 - paid <= len(calls) < 200
    assert f"golden: going on, where nothing changed, with {200 - len(calls)} answers of the run of " in again.out
    assert "which was cut off; to ask anew, delete " in again.out
    assert again.verdict["counts"]["run"] == 200
    assert len(library.run().out.split("going on,")) == 1
    assert len(library.calls()) == 200


def test_a_function_is_asked_anew_where_what_it_imports_was_edited_meanwhile(tmp_path):
    library = slow_library(tmp_path)
    library.write("app/words.py", "WORD = 'yes'")
    model = (library.folder / "model.py").read_text()
    library.write("model.py", f"from app.words import WORD\n{model}".replace('return "yes"', "return WORD"))
    interrupt(library, signal.SIGINT)
    library.write("app/words.py", "WORD = 'no'")
    run = library.run()
    assert len(library.calls()) == 200
    assert run.prompt("prompts/slow")["rate"]["now"] == 0


def test_more_money_goes_on_where_less_has_ended_and_counts_it_all(library):
    library.dataset("prompts/triage", {f"c{number}": "yes" for number in range(9)})
    library.write("goldenprompt.toml", '[prices."python:model:answer"]\ncall = 1\n')
    short = library.run("--golden-budget", "4")
    assert (short.state, len(library.calls())) == ("incomplete", 4)
    assert "answers are kept" in short.out
    same = library.run("--golden-budget", "4")
    assert (same.state, len(library.calls())) == ("incomplete", 0)
    whole = library.run("--golden-budget", "9")
    assert (whole.verdict["counts"]["run"], len(library.calls())) == (9, 5)
    assert "spend   9.0000 of 9, 9 calls" in whole.out


def test_a_run_that_ended_is_not_gone_on_with_whatever_it_found(library):
    library.dataset("prompts/triage", {"a": "yes", "b": "yes"})
    library.run("--golden-record")
    library.answers({"a": "no", "b": "!"})
    assert library.run().code == 1
    library.calls()
    library.answers({})
    assert library.run().code == 0
    assert sorted(library.calls()) == ["a", "b"]


def test_a_second_run_on_the_same_store_is_refused_before_it_calls(tmp_path):
    library = slow_library(tmp_path)
    first = library.start("--golden-concurrency", "1")
    wait_for(lambda: (library.folder / "calls.log").exists() or first.poll() is not None)
    reports = [library.write(name, '{"verdict": "pass"}') for name in (".goldenprompt/cache/verdict.json", "kept.json")]
    for way in (("--golden-report=json=kept.json",), ("--golden-record",), ("-n", "2")):
        second = library.run(*way)
        assert second.code == 4, second.out
        assert f"another run is using this store, process {first.pid} since 20" in second.out
        assert "Traceback" not in second.out
    assert [report.read_text() for report in reports] == ['{"verdict": "pass"}'] * 2
    assert library.run("--collect-only", "-q").code == 0
    first.kill()
    first.communicate(timeout=60)
    assert library.run("--golden-store", "dir:other").verdict["counts"]["run"] == 200
