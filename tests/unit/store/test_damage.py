"""One byte changed anywhere: found, or without any effect."""

from __future__ import annotations

import json
import random

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept, anchor
from pytest_goldenprompt.store.codec import sealed
from pytest_goldenprompt.store.reference import find_baseline, load_baseline
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save, texts

WORD = {"who": "me", "time": "t", "reason": "r"}
READ = {
    "run.json": lambda store, pointer: store.load(pointer),
    "cases.jsonl": lambda store, pointer: store.load(pointer),
    "texts.jsonl": lambda store, pointer: store.texts(pointer.run),
    "verdict.json": lambda store, pointer: store.verdict(pointer.run),
}


@pytest.fixture
def stored(tmp_path):
    store = FolderStore(tmp_path)
    save(store, record("r1"))
    save(store, record("r2", month="2026-11"))
    accept(store, store.load("r1"), State.PASS, **WORD)
    accept(store, store.load("r2"), State.PASS, **WORD)
    anchor(store, store.load("r2"), State.PASS, **WORD)
    return store


def changes(content, count=250):
    """Give copies of some bytes with one changed, removed or doubled, the same ones each time."""
    luck = random.Random(0)
    for _ in range(count):
        place = luck.randrange(len(content))
        other = luck.choice([bytes([luck.randrange(256)]), b"", content[place : place + 1] * 2])
        if (changed := content[:place] + other + content[place + 1 :]) != content:
            yield changed


@pytest.mark.parametrize("name", READ)
def test_every_change_of_a_run_that_a_pointer_names_is_found(stored, name):
    pointer = stored.pointers().months["2026-10"]
    path = stored.folder / "runs" / "r1" / name
    content = path.read_bytes()
    whole = READ[name](stored, pointer)
    for changed in changes(content):
        path.write_bytes(changed)
        if name == "run.json":
            with pytest.raises(StoreError, match=r"run\.json"):
                stored.load(pointer)
        else:
            with pytest.raises(StoreError, match=f"{name}: (changed|damaged)"):
                READ[name](stored, pointer)
    path.write_bytes(content)
    assert READ[name](stored, pointer) == whole


def test_a_change_of_a_run_named_by_its_id_is_found_or_only_one_of_writing(stored):
    path = stored.folder / "runs" / "r1" / "run.json"
    content, whole = path.read_bytes(), stored.load("r1")
    found = 0
    for changed in changes(content, 600):
        path.write_bytes(changed)
        try:
            assert stored.load("r1") == whole
        except StoreError:
            found += 1
    assert found > 300


def test_a_change_of_the_pointers_is_found_or_only_one_of_writing(stored):
    path = stored.folder / "baselines.json"
    content, whole = path.read_bytes(), stored.pointers()
    found = 0
    for changed in changes(content, 600):
        path.write_bytes(changed)
        try:
            assert stored.pointers() == whole
        except StoreError:
            found += 1
    assert found > 300


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"months": {}},
        {"months": [], "anchor": None},
        {"months": {"2026-10": "r1"}, "anchor": None},
        {"months": {"2026-10": {"run": "r1"}}, "anchor": None},
        {"months": {"2026-10": {"run": "r1", "digest": "d", "more": 1}}, "anchor": None},
        {"months": {}, "anchor": ["r1"]},
        {"months": {}, "anchor": None, "more": 1},
    ],
)
def test_pointers_of_another_shape_are_refused_though_their_seal_fits(stored, plain):
    (stored.folder / "baselines.json").write_text(json.dumps(sealed(plain)))
    with pytest.raises(StoreError, match=r"baselines\.json"):
        stored.pointers()


@pytest.mark.parametrize(
    "plain",
    [
        {"id": "r1"},
        {"schema": "goldenprompt.run/2", "id": "r1"},
        {"schema": "goldenprompt.run/1"},
        {"schema": "goldenprompt.run/1", "id": "r1", "kind": "rehearsal"},
        {"schema": "goldenprompt.run/1", "id": "r1", "kind": []},
        {"schema": "goldenprompt.run/1", "id": "r1", "more": 1},
        {"schema": "goldenprompt.run/1", "id": "r1", "prompts": [3]},
        {"schema": "goldenprompt.run/1", "id": "r1", "prompts": 3},
        {"schema": "goldenprompt.run/1", "id": "r1", "prompts": [{"name": "p"}]},
    ],
)
def test_a_record_of_another_shape_is_refused_though_its_seal_fits(stored, plain):
    path = stored.folder / "runs" / "r1" / "run.json"
    files = json.loads(path.read_text())["files"]
    path.write_text(json.dumps(sealed({**plain, "files": files})))
    with pytest.raises(StoreError, match=r"run\.json"):
        stored.load("r1")


def test_who_merges_the_pointers_by_hand_takes_the_seal_out(stored):
    path = stored.folder / "baselines.json"
    plain = json.loads(path.read_text())
    plain["months"]["2026-12"] = plain["months"]["2026-11"]
    path.write_text(json.dumps(plain))
    with pytest.raises(StoreError, match=r"baselines\.json: changed since it was written"):
        stored.pointers()
    del plain["seal"]
    path.write_text(json.dumps(plain))
    assert sorted(stored.pointers().months) == ["2026-10", "2026-11", "2026-12"]


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "[" * 200_000, '{"a": NaN}', '{"a": 1' + "0" * 5000 + "}"])
@pytest.mark.parametrize("name", ["baselines.json", "runs/r1/run.json"])
def test_what_is_no_json_object_is_one_line_with_the_files_name(stored, name, text):
    (stored.folder / name).write_text(text)
    with pytest.raises(StoreError) as refused:
        stored.pointers() if name == "baselines.json" else stored.load("r1")
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"\xed\xa0\x80"])
def test_what_is_no_utf_8_is_damaged(stored, content):
    (stored.folder / "baselines.json").write_bytes(content)
    with pytest.raises(StoreError, match="damaged: not UTF-8 text"):
        stored.pointers()


@pytest.mark.parametrize("line", ["{", "3", '"text"'])
def test_a_log_line_that_is_no_entry_is_told_with_its_number(stored, line):
    path = stored.folder / "log.jsonl"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(StoreError, match=r"log\.jsonl:4"):
        stored.log()


def test_a_pointer_to_a_removed_run_is_an_error_and_no_empty_baseline(stored):
    for name in ("r1", "r2"):
        for path in (stored.folder / "runs" / name).iterdir():
            path.unlink()
    for name in ("last-month", "anchor", "2026-10"):
        found = find_baseline(stored, name, month="2026-12", recording=False)
        with pytest.raises(StoreError, match=r"no run 'r[12]' is stored here"):
            load_baseline(stored, found)


@pytest.mark.parametrize("name", ["", ".", "..", "../runs/r1", "a/../r1", "/etc", "r1/"])
def test_no_name_of_a_run_leads_out_of_the_store(stored, name):
    with pytest.raises(StoreError, match="no run"):
        stored.load(name)


def test_a_run_under_anothers_name_is_refused(stored):
    runs = stored.folder / "runs"
    (runs / "r1").rename(runs / "r9")
    with pytest.raises(StoreError, match="the place of run 'r9' holds another, found 'r1'"):
        stored.load("r9")


def test_texts_are_those_that_were_stored(stored):
    assert stored.texts("r1") == texts()
