"""Two real processes on one store, and one that is killed while it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.place import open_store
from pytest_goldenprompt.store.pruning import plan_pruning, prune, survey
from unit.store.records import record, save

TIMES, KILLS = 20, 40
"""In the folder; elsewhere a few, and fifty in benchmarks/disturbed_stores.py."""

FEW = 6
BUSY = Path(__file__).with_name("busy.py")


@dataclass(frozen=True)
class Place:
    """A store by its library's root and its URL, as other processes open it."""

    root: Path
    url: str

    def opened(self):
        return open_store(self.root, self.url)

    def filled(self):
        for run_id in ("r1", "r2"):
            save(self.opened(), record(run_id))
        return self


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path, "dir:store").filled()


@pytest.fixture(params=["sqlite", "postgresql", "bucket"])
def elsewhere(request, tmp_path):
    if request.param == "sqlite":
        pytest.importorskip("sqlalchemy", reason="needs the extra sql")
        return Place(tmp_path, "sqlite:///golden.db").filled()
    if request.param == "postgresql":
        return Place(tmp_path, f"{request.getfixturevalue('postgres')}#{tmp_path}").filled()
    return Place(tmp_path, f"{request.getfixturevalue('bucket')}/{tmp_path.name}").filled()


@contextmanager
def busy(word, place, run_id):
    command = [sys.executable, BUSY, word, place.root, place.url, run_id]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()
        assert process.wait() == 0


def tell(process, line):
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def heard(process):
    return process.stdout.readline().strip()


def race(place, times):
    """Let two processes accept a run each for a month at the same moment; each time one wins and the other says so."""
    store = place.opened()
    with busy("race", place, "r1") as one, busy("race", place, "r2") as two:
        for number in range(times):
            month = f"{2021 + number // 12}-{number % 12 + 1:02}"
            for line in (month, "go"):
                for process in (one, two):
                    tell(process, line)
                if line == month:
                    assert [heard(process) for process in (one, two)] == ["read", "read"]
            ends = {"r1": heard(one), "r2": heard(two)}
            assert sorted(ends.values()) == ["moved", "moved meanwhile"]
            winner = next(run_id for run_id, end in ends.items() if end == "moved")
            assert store.pointers().months[month].run == winner
            assert [entry.run for entry in store.log()[number:]] == [winner]


def killed(place, word, times):
    """Have many processes killed, and give what each left behind."""
    if not hasattr(os, "fork"):
        pytest.skip("processes are forked, so that many can be killed in a second")
    with busy(word, place, "r1") as process:
        tell(process, times)
        return [json.loads(heard(process)) for _ in range(times)]


def kill(place, times):
    """Kill processes that accept without end: the store can be read, the old one or the new one; give the moves."""
    moves = 0
    for finished, gained, pointed, logged in killed(place, "kill", times):
        assert gained in {finished, finished + 1}
        assert pointed == logged
        moves += gained
    assert moves == len(place.opened().log())
    return moves


def test_of_two_processes_that_move_a_pointer_at_the_same_moment_one_wins_and_the_other_says_so(place):
    race(place, TIMES)


def test_of_two_processes_one_wins_on_every_store(elsewhere):
    race(elsewhere, FEW)


def test_whenever_a_process_is_killed_every_store_is_the_old_one_or_the_new_one(elsewhere):
    assert kill(elsewhere, FEW)


def test_two_processes_that_accept_for_a_while_lose_no_move_and_no_line_of_the_log(place):
    with busy("accept", place, "r1") as one, busy("accept", place, "r2") as two:
        for process in (one, two):
            tell(process, TIMES)
        ends = [json.loads(heard(process)) for process in (one, two)]
    store = place.opened()
    log = store.log()
    assert len(log) == sum(end.count("moved") for end in ends)
    assert [entry.replaced for entry in log] == [None, *(entry.run for entry in log[:-1])]
    assert store.pointers().newest().run == log[-1].run


def test_whenever_a_process_is_killed_the_store_is_the_old_one_or_the_new_one(place):
    assert kill(place, KILLS) > KILLS


def test_whenever_a_process_is_killed_that_prunes_no_pointer_leads_nowhere_and_no_run_goes_unlogged(place):
    store = place.opened()
    accept(store, store.load("r1"), State.PASS, who="me", time="t", reason="r")
    for finished, gained, pointed, _ in killed(place, "prune", KILLS):
        assert gained in {finished, finished + 1}
        assert pointed == "r1"
    accepted, pruned = ({entry.run for entry in store.log() if entry.action == word} for word in ("accept", "prune"))
    assert accepted - pruned <= set(store.runs())
    left = plan_pruning(survey(store), store.pointers(), store.log(), 24)
    prune(store, store.pointers(), left.remove, who="me", time="t")
    assert store.runs() == ["r1", "r2"]
    assert not [path for path in (store.folder / "runs").iterdir() if path.name.endswith(".gone")]
    assert len(pruned) > KILLS / 4
