from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import RefusedError, accept, accept_by_itself, anchor
from pytest_goldenprompt.store.folder import read_run
from pytest_goldenprompt.store.reference import load_baseline
from pytest_goldenprompt.store.seal import with_seal
from pytest_goldenprompt.store.shards import find_shards, forget_shard, place_of, put_shard, read_shard
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save, texts

SHARD = replace(record("r1"), shard=(2, 3))
WORD = {"who": "me", "time": "2026-11-02T03:04:05Z", "reason": "I want it"}


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "store")


@pytest.fixture
def home(store):
    save(store, SHARD, keep=False)
    return put_shard(store, "r1", (2, 3))


def test_a_shard_is_read_as_it_was_with_what_no_digest_holds(store, home):
    found = read_shard(home)
    assert found.record == SHARD
    assert found.record.cases[0].repeats[0].latency == 0.5
    assert (found.texts, found.verdict) == (texts(), {"verdict": "pass"})
    assert home == place_of(store, (2, 3))


def test_shards_are_found_however_deep_they_are(store, home):
    deep = store.folder / "artifacts" / "golden-2"
    deep.mkdir(parents=True)
    home.rename(deep / "2-of-3")
    assert find_shards([store.folder / "artifacts", deep]) == [deep / "2-of-3"]
    with pytest.raises(InputError, match="no shard of a run is there, found"):
        find_shards([store.folder / "nowhere"])


def test_what_an_earlier_run_left_is_removed_and_its_absence_is_fine(store, home):
    forget_shard(store, (2, 3))
    forget_shard(store, (2, 3))
    assert not home.exists()
    home.write_text("a file")
    with pytest.raises(StoreError, match="an earlier shard cannot be removed: Not a directory"):
        forget_shard(store, (2, 3))


@pytest.mark.parametrize(
    "text",
    ["", '{"prompt_id":"p","case_id":"b","repeats":[{}]}\n' * 2, '{"prompt_id":"p"}\n' * 2, '{"repeats":3}\n' * 2],
)
def test_volatile_lines_that_are_not_its_own_are_refused(home, text):
    (home / "volatile.jsonl").write_text(with_seal(text.splitlines()))
    with pytest.raises(StoreError, match=r"volatile\.jsonl: damaged: not the lines of run r1"):
        read_shard(home)


@pytest.mark.parametrize("change", [lambda text: "", lambda text: text[:-1], lambda text: text.replace("0.5", "0.4")])
def test_volatile_lines_that_were_changed_are_refused(home, change):
    path = home / "volatile.jsonl"
    path.write_text(change(path.read_text()))
    with pytest.raises(StoreError, match=r"volatile\.jsonl: (changed|damaged)"):
        read_shard(home)


@pytest.mark.parametrize("shard", [(1,), (0, 2), (3, 2), ("1", "2"), "1/2", (True, 2)])
def test_a_shard_that_names_no_part_is_damaged(store, shard):
    save(store, replace(SHARD, shard=shard))
    with pytest.raises(StoreError, match=r"not a run record, found shard .*; \[I, N\] is known"):
        read_run(store.folder / "runs" / "r1")


@pytest.mark.parametrize("mover", [accept, anchor])
def test_a_shard_is_no_baseline_whatever_is_overridden(store, mover):
    save(store, SHARD)
    with pytest.raises(RefusedError, match=r"it is shard 2 of 3, which is merged first$"):
        mover(store, SHARD, State.PASS, even=("partial",), **WORD)
    _, told = accept_by_itself(store, SHARD, State.PASS, first=True)
    assert told == "stored, not accepted: it is shard 2 of 3, which is merged first"
    with pytest.raises(InputError, match="run r1 can be no baseline: it is shard 2 of 3, "):
        load_baseline(store, store.pointer_to("r1"))
