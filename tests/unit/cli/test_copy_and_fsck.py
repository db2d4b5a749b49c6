from __future__ import annotations

import pytest

from pytest_goldenprompt.cli import main
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = FolderStore(tmp_path / ".goldenprompt")
    save(store, record("r1"))
    accept(store, store.load("r1"), State.PASS, who="me", time="t", reason="r")
    return store.folder


def test_a_sound_store_is_called_so(folder, capsys):
    assert main(["fsck"]) == 0
    assert capsys.readouterr().out == f"{folder}: sound: 1 run, 1 move of pointers\n"


def test_what_is_damaged_is_told_with_its_run_and_what_is_lost(folder, capsys):
    path = folder / "runs" / "r1" / "cases.jsonl"
    path.write_bytes(path.read_bytes().replace(b"true", b"false", 1))
    assert main(["fsck"]) == 6
    damaged, lost, count = capsys.readouterr().out.splitlines()
    assert damaged.startswith(
        f"damaged cases.jsonl of run r1 (baseline of 2026-10, anchor): {path}: changed since it was"
    )
    assert lost == "lost    its results: nothing can be compared with it"
    assert count == f"{folder}: 1 damaged"


def test_a_copy_says_what_it_brought(folder, capsys):
    pytest.importorskip("sqlalchemy", reason="needs the extra sql")
    assert main(["copy", "dir:.goldenprompt", "sqlite:///golden.db"]) == 0
    assert main(["copy", "sqlite:///golden.db", "dir:again"]) == 0
    assert main(["copy", "sqlite:///golden.db", "dir:again"]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == f"1 run and 1 move copied from {folder} to sqlite:///golden.db"
    assert second == f"1 run and 1 move copied from sqlite:///golden.db to {folder.parent / 'again'}"
    assert third.endswith(
        "0 runs and 0 moves copied from sqlite:///golden.db to " + f"{folder.parent / 'again'}, 1 were there already"
    )


def test_a_side_with_a_password_is_named_by_its_variable(folder, capsys, monkeypatch):
    assert main(["copy", "dir:.goldenprompt", "postgresql://a:hunter2@127.0.0.1:1/d"]) == 2
    monkeypatch.setenv("BACKUP", "dir:backup")
    assert main(["copy", "dir:.goldenprompt", "env:BACKUP"]) == 0
    assert main(["copy", "dir:.goldenprompt", "env:NOTHING"]) == 2
    told = capsys.readouterr()
    assert "hunter2" not in told.err
    assert "no store is named by the variable NOTHING" in told.err
    assert (folder.parent / "backup" / "runs" / "r1" / "run.json").is_file()


def test_a_source_with_nothing_in_it_is_told(folder, capsys):
    assert main(["copy", "dir:nowhere", "dir:target"]) == 2
    assert "SRC: nothing is stored in" in capsys.readouterr().err
