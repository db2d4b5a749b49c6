"""The n-th write, sync or rename fails, for every n: what was there before stays readable, and nothing is half."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store import files
from pytest_goldenprompt.store.acceptance import accept, accept_by_itself
from pytest_goldenprompt.store.pruning import Row, prune
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save

MKDIR = os.mkdir
WORD = {"who": "me", "time": "t", "reason": "r"}
MANY = 60
"""More than any of the acts below has writes, syncs, renames and folders made."""


class Disk:
    """Counts what is asked of the disk, and fails from the n-th time on, or just then."""

    def __init__(self, monkeypatch, fails_at, *, for_good):
        self.count = 0
        self.fails_at, self.for_good = fails_at, for_good
        for name in ("fsync", "rename", "replace", "mkdir"):
            monkeypatch.setattr(files.os, name, self._wrapped(getattr(os, name)))
        monkeypatch.setattr(files, "_write_synced", self._writing(files._write_synced))

    @property
    def failed(self):
        return self.count >= self.fails_at

    def _step(self):
        self.count += 1
        if self.count == self.fails_at or (self.for_good and self.failed):
            raise OSError(errno.ENOSPC, "No space left on device")

    def _wrapped(self, real):
        def call(*arguments, **keywords):
            if real is not MKDIR or not Path(arguments[0]).is_dir():  # a folder that is there needs no room
                self._step()
            return real(*arguments, **keywords)

        return call

    def _writing(self, real):
        def write(path, content):
            try:
                self._step()
            except OSError:
                path.write_text(content[: len(content) // 2], encoding="utf-8", errors="replace")
                raise
            real(path, content)

        return write


def readable(store):
    """Read everything there is, and give it."""
    found = {run: (store.load(run), store.texts(run), store.verdict(run)) for run in store.runs()}
    pointers = store.pointers()
    for pointer in (*pointers.months.values(), pointers.anchor):
        if pointer is not None:
            store.load(pointer)
    return found, pointers, store.log()


def pointers_file(store):
    return (store.folder / "baselines.json").read_text()


def acts():
    return {
        "save a recording": lambda store: save(store, record("r3", month="2026-11")),
        "save a check": lambda store: save(store, record("r3", month="2026-11"), keep=False),
        "accept a kept run": lambda store: accept(store, store.load("r1"), State.PASS, **WORD),
        "accept a check": lambda store: accept(store, store.load("r2"), State.PASS, **WORD),
        "prune": lambda store: prune(store, store.pointers(), [Row("r0", "2026-09", "old")], who="me", time="t"),
    }


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("act", acts())
def test_whichever_step_fails_the_state_is_the_old_one_or_the_new_one(tmp_path, monkeypatch, act, for_good):
    failures = 0
    for fails_at in range(1, MANY):
        store = FolderStore(tmp_path / str(fails_at))
        save(store, record("r1"))
        save(store, record("r2", month="2026-11"), keep=False)
        accept(store, store.load("r1"), State.PASS, **WORD)
        save(store, record("r0", month="2026-09"))
        accept(store, store.load("r0"), State.PASS, **WORD)
        before, untouched = readable(store), pointers_file(store)
        with monkeypatch.context() as patched:
            disk = Disk(patched, fails_at, for_good=for_good)
            told = ""
            try:
                acts()[act](store)
            except StoreError as error:
                told = str(error)
                failures += 1
            assert ("No space left on device" in told) is disk.failed
        runs, pointers, log = readable(store)
        moved = pointers_file(store) != untouched
        gone = {"r0"} if act == "prune" and moved else set()
        assert runs.items() >= {run: found for run, found in before[0].items() if run not in gone}.items()
        assert log[: len(before[2])] == before[2]
        assert len(log) - len(before[2]) == moved
        assert (pointers == before[1]) is not (moved and act != "accept a kept run")
        if not disk.failed:
            break
    assert failures == fails_at - 1 > 4


def test_a_recording_that_cannot_be_accepted_leaves_the_old_baseline(tmp_path, monkeypatch):
    store = FolderStore(tmp_path)
    save(store, record("r1"))
    accept(store, store.load("r1"), State.PASS, **WORD)
    before = store.pointers()
    save(store, record("r2", month="2026-11"))
    with monkeypatch.context() as patched:
        Disk(patched, 1, for_good=True)
        with pytest.raises(StoreError):
            accept_by_itself(store, store.load("r2"), State.PASS, first=False)
    assert store.pointers() == before
    accept_by_itself(store, store.load("r2"), State.PASS, first=False)
    assert store.pointers().months["2026-11"].run == "r2"


def test_what_a_killed_process_left_behind_hinders_nobody(tmp_path):
    store = FolderStore(tmp_path)
    save(store, record("r1"))
    accept(store, store.load("r1"), State.PASS, **WORD)
    number = os.getpid()
    (tmp_path / f".baselines.json.{number}").write_text("{half")
    (tmp_path / f".log.jsonl.{number}").write_text("{half")
    (tmp_path / "runs" / f".r2.{number}").mkdir()
    (tmp_path / "runs" / f".r2.{number}" / "run.json").write_text("{half")
    assert store.runs() == ["r1"]
    save(store, record("r2", month="2026-11"))
    accept(store, store.load("r2"), State.PASS, **WORD)
    assert sorted(store.pointers().months) == ["2026-10", "2026-11"]
    assert not list(tmp_path.rglob(f".*.{number}"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "store").write_text("a file in the way")
    with pytest.raises(StoreError, match="cannot be written: "):
        save(FolderStore(tmp_path / "store"), record())


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "baselines.json").mkdir()
    with pytest.raises(StoreError, match="cannot be read: Is a directory"):
        FolderStore(tmp_path).pointers()
