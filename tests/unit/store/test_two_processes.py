"""Two real processes on one store, and one that is killed while it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.pruning import plan_pruning, prune, survey
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save

TIMES = 20
KILLS = 40
BUSY = Path(__file__).with_name("busy.py")


@pytest.fixture
def store(tmp_path):
    made = FolderStore(tmp_path)
    for run_id in ("r1", "r2"):
        save(made, record(run_id))
    return made


@contextmanager
def busy(word, store, run_id):
    command = [sys.executable, BUSY, word, store.folder, run_id]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()
        assert process.wait() == 0


def tell(process, line):
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def heard(process):
    return process.stdout.readline().strip()


def test_of_two_processes_that_move_a_pointer_at_the_same_moment_one_wins_and_the_other_says_so(store):
    with busy("race", store, "r1") as one, busy("race", store, "r2") as two:
        for number in range(TIMES):
            month = f"{2025 + number // 12}-{number % 12 + 1:02}"
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


def test_two_processes_that_accept_for_a_while_lose_no_move_and_no_line_of_the_log(store):
    with busy("accept", store, "r1") as one, busy("accept", store, "r2") as two:
        for process in (one, two):
            tell(process, TIMES)
        ends = [json.loads(heard(process)) for process in (one, two)]
    log = store.log()
    assert len(log) == sum(end.count("moved") for end in ends)
    assert [entry.replaced for entry in log] == [None, *(entry.run for entry in log[:-1])]
    assert store.pointers().newest().run == log[-1].run


def killed(store, word):
    """Have many processes killed, and give what each left behind."""
    if not hasattr(os, "fork"):
        pytest.skip("processes are forked, so that many can be killed in a second")
    with busy(word, store, "r1") as process:
        tell(process, KILLS)
        return [json.loads(heard(process)) for _ in range(KILLS)]


def test_whenever_a_process_is_killed_the_store_is_the_old_one_or_the_new_one(store):
    moves = 0
    for finished, gained, pointed, logged in killed(store, "kill"):
        assert gained in {finished, finished + 1}
        assert pointed == logged
        moves += gained
    assert moves == len(store.log()) > KILLS


def test_whenever_a_process_is_killed_that_prunes_no_pointer_leads_nowhere_and_no_run_goes_unlogged(store):
    accept(store, store.load("r1"), State.PASS, who="me", time="t", reason="r")
    for finished, gained, pointed, _ in killed(store, "prune"):
        assert gained in {finished, finished + 1}
        assert pointed == "r1"
    accepted, pruned = ({entry.run for entry in store.log() if entry.action == word} for word in ("accept", "prune"))
    assert accepted - pruned <= set(store.runs())
    left = plan_pruning(survey(store), store.pointers(), store.log(), 24)
    prune(store, store.pointers(), left.remove, who="me", time="t")
    assert store.runs() == ["r1", "r2"]
    assert not [path for path in (store.folder / "runs").iterdir() if path.name.endswith(".gone")]
    assert len(pruned) > KILLS / 4
