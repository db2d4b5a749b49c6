"""What a bucket does that is not there, answers late, or was left half written."""

from __future__ import annotations

import pytest

pytest.importorskip("obstore", reason="needs the extra bucket")

import obstore

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store import bucket as module
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.place import open_store
from unit.store.records import record, save

WORD = {"who": "me", "time": "t", "reason": "r"}


@pytest.fixture
def store(bucket, tmp_path):
    return open_store(tmp_path, f"{bucket}/{tmp_path.name}")


def test_a_bucket_that_is_not_there_is_one_line(bucket, tmp_path):
    store = open_store(tmp_path, "s3://no-such-bucket/runs")
    with pytest.raises(StoreError, match=r"s3://no-such-bucket/runs: ") as refused:
        save(store, record("r1"))
    assert "\n" not in str(refused.value)


def test_a_server_that_is_not_there_is_one_line_without_keys(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RETRIES", {"max_retries": 0})
    for name, value in {"ENDPOINT_URL": "http://127.0.0.1:1", "ALLOW_HTTP": "true", "REGION": "r"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "golden")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    with pytest.raises(StoreError, match=r"s3://b/runs: ") as refused:
        open_store(tmp_path, "s3://b/runs").pointers()
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_run_that_a_killed_process_left_half_written_is_not_there_and_can_be_written(store, monkeypatch):
    real, written = obstore.put, []

    def dying(kept, key, content, **keywords):
        if key.startswith("runs/"):
            raise OSError("killed")
        written.append(key)
        return real(kept, key, content, **keywords)

    monkeypatch.setattr(module.obstore, "put", dying)
    with pytest.raises(StoreError, match="killed"):
        save(store, record("r1"))
    monkeypatch.setattr(module.obstore, "put", real)
    assert (store.runs(), len(written)) == ([], 5)
    save(store, record("r1"))
    assert store.load("r1").id == "r1"


def test_a_write_whose_answer_was_lost_is_not_taken_for_somebody_elses(store, monkeypatch):
    real = obstore.put

    def twice(kept, key, content, **keywords):
        real(kept, key, content, **keywords)
        return real(kept, key, content, **keywords)  # as the client tries again

    monkeypatch.setattr(module.obstore, "put", twice)
    save(store, record("r1"))
    accept(store, store.load("r1"), State.PASS, **WORD)
    save(store, record("r2", month="2026-11"))
    accept(store, store.load("r2"), State.PASS, **WORD)
    assert [entry.run for entry in store.log()] == ["r1", "r2"]


def test_an_odd_id_is_refused(store):
    with pytest.raises(StoreError, match="accepted in a run's id, found 'a/b'"):
        save(store, record("a/b"))
