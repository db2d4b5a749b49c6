"""A year in a real git repository, in short: one prompt of a hundred cases that loses a point a month.

Answers come from a seed, and this is a year in which nothing but the anchor sees the slide, in May. The long form, with
other years and larger libraries, is benchmarks/year.py.
"""

from __future__ import annotations

import json

import pytest
from year import BY_NAME, REASON, WORSE, Design, accept, begin, git, months, record


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return begin(tmp_path_factory.mktemp("year"), Design(prompts=1, seed=11))


@pytest.fixture(scope="module")
def walk(library):
    return months(library)


@pytest.fixture(scope="module")
def seen(walk):
    """The months until one is worse."""
    found = [next(walk)]
    while found[-1].run.state not in WORSE:
        found.append(next(walk))
    return found


@pytest.fixture(scope="module")
def unheeded(library, seen):
    """The month after, where nobody did anything."""
    return record(library, len(seen) + 1, seen[-1])


@pytest.fixture(scope="module")
def refused(library, seen, unheeded):
    return accept(library, seen[-1]), accept(library, seen[-1], "--reason", REASON), pointers(library)


@pytest.fixture(scope="module")
def accepted(library, seen, refused):
    return accept(library, seen[-1], "--reason", REASON, *BY_NAME)


@pytest.fixture(scope="module")
def heeded(walk, accepted):
    """The month after again, once the run before was accepted: the same answers."""
    return next(walk)


def pointers(library) -> dict:
    return json.loads((library.folder / ".goldenprompt" / "baselines.json").read_text("utf-8"))


def log(library) -> list[dict]:
    return [
        json.loads(line) for line in (library.folder / ".goldenprompt" / "log.jsonl").read_text("utf-8").splitlines()
    ]


def test_last_month_alone_is_silent_and_the_anchor_says_drifted(seen):
    assert [month.run.state for month in seen] == ["new", "pass", "pass", "pass", "drifted"]
    assert [month.run.code for month in seen] == [0, 0, 0, 0, 1]
    assert {month.alone for month in seen[1:]} <= {"pass", "inconclusive"}
    assert [month.reference("baseline") for month in seen[1:]] == [month.name for month in seen[:-1]]
    assert {month.reference("anchor") for month in seen[1:]} == {"2025-01"}
    assert "worse than the anchor of 2025-01" in seen[-1].run.out


def test_every_run_judges_committed_files_and_its_store_is_committed(library, seen):
    commits = git(library, "log", "--format=%H").split()
    assert len(commits) == len(seen)
    runs = [month.run.verdict["run"] for month in seen]
    assert [run["commit"] for run in runs] == commits[::-1]
    assert not any(run["dirty"] for run in runs)
    assert seen[-2].id in git(library, "ls-files", ".goldenprompt/runs")


def test_the_drifted_run_is_stored_and_waits_so_that_the_next_is_held_against_the_month_before_it(
    library, seen, unheeded
):
    assert "stored, not accepted" in seen[-1].run.out
    assert (library.folder / ".goldenprompt" / "runs" / seen[-1].id).is_dir()
    assert unheeded.reference("baseline") == seen[-2].name
    assert unheeded.run.state in WORSE


def test_it_is_not_accepted_without_a_reason_nor_without_its_name(seen, refused):
    without, unnamed, after = refused
    assert (without.code, unnamed.code) == (2, 2)
    assert "required: --reason" in without.out
    assert unnamed.out == (
        f"goldenprompt: run {seen[-1].id} was not accepted: it is drifted, and a worse baseline hides what gets worse "
        "after it (name it with --even regressed if that is what you want)\n"
    )
    assert sorted(after["months"]) == [month.name for month in seen[:-1]]


def test_by_name_and_with_a_reason_it_is_and_the_log_tells_who_when_and_why(library, seen, accepted):
    assert accepted.code == 0, accepted.out
    entry = next(entry for entry in log(library) if entry["run"] == seen[-1].id)
    assert (entry["action"], entry["month"], entry["who"], entry["reason"]) == ("accept", "2025-05", "Ada", REASON)
    assert entry["time"] >= seen[-1].run.verdict["run"]["finished"]
    assert "the anchor, which nobody has set yet, moved to it too" in accepted.out


def test_the_year_goes_on_from_the_level_that_was_accepted(seen, heeded):
    assert (heeded.reference("baseline"), heeded.reference("anchor")) == (seen[-1].name, seen[-1].name)
    assert heeded.run.state not in WORSE
    assert heeded.run.code == 0
