"""Copies are the same to the letter, whichever way; what is damaged is found, and never copied."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.values import digest_of
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept, anchor
from pytest_goldenprompt.store.checking import check
from pytest_goldenprompt.store.copying import Copied, copy
from pytest_goldenprompt.store.place import open_store
from pytest_goldenprompt.store.pruning import Row, prune
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import case, name_of, record, save, verdict

WORD = {"who": "me \u2028\ud800", "time": "t", "reason": "because\r\nof this"}
AWKWARD = ["", "\0", "a\r\nb\rc\n", "\u2028\x85\x0c", "\ud800", "\U0010ffff", "yes " * 300]


def fill(store):
    """Three months, one pruned, one accepted anew, an anchor, and awkward texts."""
    for number, month in enumerate(("2026-08", "2026-09", "2026-10")):
        cases = [case(f"{index}", text) for index, text in enumerate(AWKWARD)]
        made = record(f"r{number}", *cases, month=month, commit="\ud800")
        store.save(made, {name_of(text): text for text in AWKWARD}, verdict(), keep=True)
        accept(store, store.load(made.id), State.PASS, **WORD)
    anchor(store, store.load("r2"), State.PASS, **WORD)
    prune(store, store.pointers(), [Row("r0", "2026-08", "old"), Row("r1", "2026-09", "old")], who="me", time="t")
    save(store, record("r3", month="2026-11"))
    accept(store, store.load("r3"), State.PASS, **WORD)
    save(store, record("waiting", month="2026-12"))
    return store


@pytest.fixture
def filled(tmp_path):
    return fill(FolderStore(tmp_path / "first"))


def kept(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "cache" not in path.parts
    }


@pytest.fixture(params=["memory:", "sqlite:///golden.db", "postgresql", "bucket", "dir:second"])
def between(request, tmp_path):
    if request.param == "postgresql":
        return open_store(tmp_path, f"{request.getfixturevalue('postgres')}#{tmp_path}")
    if request.param == "bucket":
        return open_store(tmp_path, f"{request.getfixturevalue('bucket')}/{digest_of(str(tmp_path), 8)}")
    if request.param.startswith("sqlite"):
        pytest.importorskip("sqlalchemy", reason="needs the extra sql")
    return open_store(tmp_path, request.param)


def test_a_copy_there_and_back_is_the_same_to_the_letter(filled, between, tmp_path):
    back = FolderStore(tmp_path / "back")
    assert copy(filled, between) == Copied(3, 0, 7)
    assert (between.pointers(), between.log()) == (filled.pointers(), filled.log())
    assert copy(between, back) == Copied(3, 0, 7)
    assert kept(back.folder) == kept(filled.folder)
    assert [*check(between), *check(back)] == []


def test_a_copy_brings_only_what_is_new_the_next_time(filled, between):
    copy(filled, between)
    assert copy(filled, between) == Copied(0, 3, 0)
    accept(filled, filled.load("waiting"), State.PASS, **WORD)
    assert copy(filled, between) == Copied(0, 3, 1)
    assert between.archive.pointers() == filled.archive.pointers()


def test_a_copy_that_was_cut_off_is_gone_on_with(filled, tmp_path, monkeypatch):
    target, real = FolderStore(tmp_path / "target"), filled.archive.runs.open

    def failing(run_id):
        if run_id == "r3":
            raise StoreError("the disk is gone")
        return real(run_id)

    looked = list(check(filled))
    monkeypatch.setattr("pytest_goldenprompt.store.copying.check", lambda store: looked)
    monkeypatch.setattr(filled.archive.runs, "open", failing)
    with pytest.raises(StoreError, match="the disk is gone"):
        copy(filled, target)
    assert target.log() == []
    monkeypatch.setattr(filled.archive.runs, "open", real)
    assert copy(filled, target) == Copied(2, 1, 7)
    assert kept(target.folder) == kept(filled.folder)


def test_a_store_with_a_history_of_its_own_is_left_alone(filled, tmp_path):
    other = FolderStore(tmp_path / "other")
    save(other, record("own"))
    accept(other, other.load("own"), State.PASS, **WORD)
    before = kept(other.folder)
    with pytest.raises(StoreError, match="its pointers were moved otherwise"):
        copy(filled, other)
    assert kept(other.folder) == before


def test_another_run_of_the_same_id_is_left_alone(filled, tmp_path):
    other = FolderStore(tmp_path / "other")
    save(other, record("r2", month="2020-01"))
    with pytest.raises(StoreError, match="r2: another run of that id is there"):
        copy(filled, other)
    assert other.facts("r2").month == "2020-01"
    assert other.log() == []


def test_nothing_is_copied_of_a_store_that_is_damaged(filled, tmp_path):
    path = filled.folder / "runs" / "r3" / "texts.jsonl"
    path.write_bytes(path.read_bytes().replace(b"yes", b"Yes"))
    with pytest.raises(StoreError, match=r"nothing was copied: .*r3/texts\.jsonl: changed .*fsck"):
        copy(filled, FolderStore(tmp_path / "target"))
    assert not (tmp_path / "target").exists()


def flipped(content, luck):
    """Give some bytes with one bit flipped."""
    place = luck.randrange(8 * len(content))
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_each_of_200_flipped_bits_of_a_folder_is_found_where_it_is(filled):
    luck, contents = random.Random(7), kept(filled.folder)
    del contents[".gitignore"]
    names = sorted(contents)
    weights = [len(contents[name]) for name in names]
    assert list(check(filled)) == []
    for name in [*names, *luck.choices(names, weights, k=200 - len(names))]:
        path = filled.folder / name
        path.write_bytes(flipped(contents[name], luck))
        found = list(check(filled))
        path.write_bytes(contents[name])
        parts = {(damage.run, damage.part) for damage in found}
        part = tuple(name.split("/")[1:]) if "/" in name else ("", name)
        assert part in parts, (name, found)
        assert all(damage.lost for damage in found)
    assert list(check(filled)) == []


def test_a_flipped_bit_of_any_object_of_a_bucket_is_found(bucket, tmp_path):
    obstore = pytest.importorskip("obstore")
    store, luck = open_store(tmp_path, f"{bucket}/flipped"), random.Random(9)
    save(store, record("r2"))
    accept(store, store.load("r2"), State.PASS, **WORD)
    kept = store.archive._bucket
    paths = [entry["path"] for page in obstore.list(kept) for entry in page]
    assert len(paths) == 7
    for path in 2 * paths:
        content = bytes(obstore.get(kept, path).bytes())
        obstore.put(kept, path, flipped(content, luck))
        assert list(check(store)), path
        obstore.put(kept, path, content)
    assert list(check(store)) == []


COLUMNS = {
    "goldenprompt_files": {"run": "TEXT", "name": "TEXT", "content": "BLOB"},
    "goldenprompt_texts": {"digest": "BLOB", "content": "BLOB"},
    "goldenprompt_pointers": {"content": "TEXT"},
    "goldenprompt_log": {"line": "TEXT"},
}


def cells(connection):
    """Give every value of the tables: how to set it, its row, and its bytes."""
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            for row, value in connection.execute(f"SELECT rowid, CAST({name} AS BLOB) FROM {table}").fetchall():
                yield f"UPDATE {table} SET {name} = CAST(? AS {kind}) WHERE rowid = ?", row, value


def test_each_of_200_flipped_bits_of_a_database_is_found(tmp_path):
    pytest.importorskip("sqlalchemy", reason="needs the extra sql")
    store, luck = open_store(tmp_path, "sqlite:///golden.db"), random.Random(8)
    save(store, record("r2"))
    accept(store, store.load("r2"), State.PASS, **WORD)
    with closing(sqlite3.connect(tmp_path / "golden.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        places = list(cells(connection))
        for _ in range(200):
            update, row, value = luck.choice(places)
            connection.execute(update, (flipped(value, luck), row))
            assert list(check(store)), (update, value)
            connection.execute(update, (value, row))
    assert list(check(store)) == []
