"""The tables of a database: made when something is written, brought up to date, never read by an older version."""

from __future__ import annotations

import sqlite3

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra sql")

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store import database
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.place import open_store
from unit.store.records import record, save, texts

URL = "sqlite:///golden.db"


@pytest.fixture
def stored(tmp_path):
    store = open_store(tmp_path, URL)
    save(store, record("r1"))
    accept(store, store.load("r1"), State.PASS, who="me", time="t", reason="r")
    return store


def rows(tmp_path, statement):
    with sqlite3.connect(tmp_path / "golden.db") as connection:
        return connection.execute(statement).fetchall()


def test_who_only_looks_makes_no_database(tmp_path):
    store = open_store(tmp_path, URL)
    assert (store.runs(), store.log(), store.has_history()) == ([], [], False)
    assert not (tmp_path / "golden.db").exists()


def test_a_later_version_takes_the_steps_that_are_left_and_loses_nothing(tmp_path, monkeypatch, stored):
    step = ("ALTER TABLE goldenprompt_log ADD COLUMN note TEXT", "CREATE TABLE goldenprompt_more (one {bytes})")
    monkeypatch.setattr(database, "STEPS", (*database.STEPS, step))
    later = open_store(tmp_path, URL)
    assert later.load(later.pointers().months["2026-10"]) == stored.load("r1")
    assert rows(tmp_path, "SELECT version FROM goldenprompt_schema") == [(1,), (2,)]
    assert rows(tmp_path, "SELECT note FROM goldenprompt_log") == [(None,)]


def test_an_older_version_reads_and_writes_nothing(tmp_path, stored):
    rows(tmp_path, "INSERT INTO goldenprompt_schema VALUES (2)")
    older = open_store(tmp_path, URL)
    for act in (older.runs, older.pointers, lambda: save(older, record("r2"))):
        with pytest.raises(
            StoreError, match=r"golden\.db: written by a newer version, found schema 2; up to 1 is known"
        ):
            act()
    assert rows(tmp_path, "SELECT DISTINCT run FROM goldenprompt_files") == [("r1",)]


def test_a_step_that_fails_changes_nothing(tmp_path, monkeypatch, stored):
    monkeypatch.setattr(
        database, "STEPS", (*database.STEPS, ("CREATE TABLE one (a TEXT)", "CREATE TABLE one (a TEXT)"))
    )
    with pytest.raises(StoreError, match="already exists"):
        open_store(tmp_path, URL).runs()
    assert rows(tmp_path, "SELECT version FROM goldenprompt_schema") == [(1,)]
    assert rows(tmp_path, "SELECT name FROM sqlite_master WHERE name = 'one'") == []


@pytest.mark.parametrize(
    "content", [b"no database at all, and long enough to be looked at" * 100, b"SQLite format 3\0" * 200]
)
def test_a_file_that_is_no_database_is_one_line(tmp_path, content):
    (tmp_path / "golden.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"sqlite:///golden\.db: ") as refused:
        open_store(tmp_path, URL).runs()
    assert "\n" not in str(refused.value)


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(StoreError, match=r"sqlite:///there/golden\.db: unable to open database file"):
        save(open_store(tmp_path, "sqlite:///there/golden.db"), record("r1"))


def test_an_output_that_several_runs_gave_is_kept_once_and_for_as_long_as_one_of_them_is(tmp_path, stored):
    save(stored, record("r2", month="2026-11"))
    assert len(rows(tmp_path, "SELECT digest FROM goldenprompt_texts")) == len(texts())
    before = stored.pointers()
    stored.archive.swap(stored.archive.pointers(), "x\n", [], drop=["r1"])
    assert len(rows(tmp_path, "SELECT digest FROM goldenprompt_texts")) == len(texts())
    stored.archive.swap("x\n", "y\n", [], drop=["r2"])
    assert rows(tmp_path, "SELECT digest FROM goldenprompt_texts") == []
    assert before.months
