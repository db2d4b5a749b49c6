"""A provider behind a cache: repeats are one answer handed out again, and count once."""

from __future__ import annotations

import json
from collections import Counter

import pytest

WAYS = [(), ("-n", "2")]
in_each_way = pytest.mark.parametrize("way", WAYS, ids=["plain", "xdist"])
NAMES = [f"c{number:02}" for number in range(12)]
TOLD = (
    "copies  prompts/triage: the provider returned the same text for every repeat at temperature 0.8: "
    "a cache or a fixed seed stands between; each case was counted once"
)


def long(name, word="yes", draw=1):
    return f"{word}: {name} {draw} " + "and so on " * 25


@pytest.fixture
def cached(library):
    """Twelve cases with long answers, of a model that is asked to sample and always says the same."""
    library.model(deterministic=False)
    library.dataset("prompts/triage", dict.fromkeys(NAMES, "yes"))
    path = library.folder / "prompts/triage.golden.yaml"
    path.write_text(path.read_text().replace("[exact]", "[contains]"))
    library.write("prompts/triage.prompt.md", "---\ntemperature: 0.8\n---\nAnswer: {{text}}\n")
    library.answers({name: long(name) for name in NAMES})
    return library


@in_each_way
def test_ten_copies_count_once_in_record_verdict_and_show(cached, way):
    run = cached.run("--golden-record", *way)
    assert TOLD in run.out
    assert run.prompt("prompts/triage")["notes"] == [TOLD.partition(": ")[2]]
    assert run.verdict["counts"]["calls"] == 120
    [path] = (cached.folder / ".goldenprompt" / "runs").glob("*/cases.jsonl")
    for line in path.read_text().splitlines():
        assert [one.get("copy", False) for one in json.loads(line)["repeats"]] == [False, *[True] * 9]
    assert TOLD in cached.command("show", "last").out


@in_each_way
def test_an_item_is_not_red_by_ten_copies_of_one_failure_and_no_call_is_paid_to_ask_again(cached, way):
    cached.run("--golden-record", "--golden-month=2026-01")
    cached.answers({name: long(name, "no" if name == "c03" else "yes", draw=2) for name in NAMES})
    cached.calls()
    run = cached.run("--golden-record", "--golden-month=2026-02", *way)
    assert len(cached.calls()) == 120
    assert run.verdict["counts"]["extra_calls"] == 0
    assert run.state == "inconclusive", run.out
    assert "1 case that passed failed now by copies of one answer (c03)" in run.out
    assert "FAILED prompts/triage.golden.yaml::c03" not in run.out
    assert TOLD.replace("triage: the", "triage: in the stored run the") in run.out


def test_whoever_looks_worse_is_asked_again_once_and_copies_are_the_end_of_it(cached):
    cached.answers({name: [long(name), long(name, draw=2)] for name in NAMES})
    stored = cached.run("--golden-record")
    assert "copies  " not in stored.out
    cached.answers({name: long(name, "no" if name < "c04" else "yes", draw=3) for name in NAMES})
    cached.calls()
    run = cached.run()
    assert TOLD in run.out
    assert set(Counter(cached.calls()).values()) == {10}
    assert run.verdict["counts"]["extra_calls"] == 108
    assert {case["now"]["repeats"] for case in run.prompt("prompts/triage")["cases"]} <= {1}
    assert TOLD in cached.command("show", "last").out


@in_each_way
def test_a_model_that_has_but_one_answer_is_known_by_last_months(cached, way):
    first = cached.run("--golden-record", "--golden-month=2026-01")
    assert TOLD in first.out
    second = cached.run("--golden-record", "--golden-month=2026-02", *way)
    assert second.prompt("prompts/triage")["notes"] == [f"in the stored run {TOLD.partition(': ')[2]}"]
    cached.answers({name: long(name, "no" if name == "c03" else "yes") for name in NAMES})
    third = cached.run(*way)
    assert (third.code, third.state) == (1, "regressed"), third.out
    assert [case["id"] for case in third.prompt("prompts/triage")["cases"]] == ["c03"]


def test_answers_that_differ_are_no_copies_whatever_their_length(cached):
    cached.answers({name: [long(name), long(name, draw=2)] for name in NAMES})
    run = cached.run("--golden-record")
    assert "copies  " not in run.out
    assert run.prompt("prompts/triage")["notes"] == []


def test_a_prompt_that_asks_for_no_temperature_is_taken_at_its_word(cached):
    cached.write("prompts/triage.prompt.md", "Answer: {{text}}\n")
    assert "copies  " not in cached.run("--golden-record").out
