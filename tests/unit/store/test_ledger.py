from __future__ import annotations

import json

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointers
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save

WORD = {"who": "me", "reason": "r"}


@pytest.fixture
def store(tmp_path):
    made = FolderStore(tmp_path)
    for number, month in enumerate(("2026-09", "2026-10", "2026-11")):
        save(made, record(f"r{number}", month=month))
        accept(made, made.load(f"r{number}"), State.PASS, time=f"t{number}", **WORD)
    return made


def cut_the_last_line(store):
    """Leave the store as a process does that is killed once the pointers are set."""
    path = store.folder / "log.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    return path


def test_a_move_is_logged_though_its_process_was_killed_before_it_wrote_the_line(store):
    cut_the_last_line(store)
    assert [entry.run for entry in store.log()] == ["r0", "r1", "r2"]


def test_the_line_of_a_killed_process_is_written_before_the_next(store):
    path = cut_the_last_line(store)
    save(store, record("r3", month="2026-12"))
    accept(store, store.load("r3"), State.PASS, time="t3", **WORD)
    assert [json.loads(line)["run"] for line in path.read_text().splitlines()] == ["r0", "r1", "r2", "r3"]
    assert [entry.run for entry in store.log()] == ["r0", "r1", "r2", "r3"]


def test_pointers_that_were_put_back_from_version_control_are_no_lost_move(store):
    path = store.folder / "baselines.json"
    old = path.read_text()
    save(store, record("r3", month="2026-12"))
    accept(store, store.load("r3"), State.PASS, time="t3", **WORD)
    path.write_text(old)
    assert "2026-12" not in store.pointers().months
    assert [entry.run for entry in store.log()] == ["r0", "r1", "r2", "r3"]


def test_a_pointer_to_a_run_that_is_not_stored_is_refused(store):
    before = store.pointers()
    after = Pointers({**before.months, "2026-12": before.anchor.__class__("r9", "d")}, before.anchor)
    with pytest.raises(StoreError, match="no run 'r9' is stored here"):
        store.move(before, after, LogEntry("t", "accept", "r9", "2026-12", **WORD))
    assert (store.pointers(), len(store.log())) == (before, 3)


def test_a_log_that_cannot_be_read_hinders_the_move_before_it_is_made(store):
    (store.folder / "log.jsonl").write_text("{half")
    before = store.pointers()
    with pytest.raises(StoreError, match=r"log\.jsonl:1: damaged"):
        accept(store, store.load("r0"), State.PASS, time="t", **WORD)
    assert store.pointers() == before
