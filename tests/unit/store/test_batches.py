from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.batch import Batch
from pytest_goldenprompt.store.batches import read_batches, write_batches

MADE = Batch(
    "openai:m1@here", "run-0", "recording", "2026-11", "2026-11-24T09:31:00Z", {"n1": ("p", "\ud800", 0, "d")}, "b1"
)
UNSURE = Batch("openai:m1", "run-1", "check", "2026-11", "2026-11-24T09:32:00Z", {})


OTHERS = (
    {"submitted": "x"},
    {"submitted": "2026-11-24T09:31:00"},
    {"submitted": 5},
    {"month": 5},
    {"month": "November"},
    {"id": 5},
    {"kind": None},
)


def with_other(**other):
    plain = {**asdict(MADE), "requests": {"n1": ["p", "c", 0, "d"]}, **other}
    return json.dumps({"goldenprompt.batches/1": [plain]})


def test_what_is_under_way_is_read_back_to_the_letter_and_the_file_goes_with_the_last_of_it(tmp_path):
    path = tmp_path / "cache" / "batches.json"
    assert read_batches(path) == ()
    write_batches(path, [MADE, UNSURE])
    assert read_batches(path) == (MADE, UNSURE)
    before = path.read_bytes()
    write_batches(path, [MADE, UNSURE])
    assert path.read_bytes() == before
    write_batches(path, [])
    assert not path.exists()
    write_batches(path, [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"goldenprompt.batches/2": []}',
        '{"goldenprompt.batches/1": [{}]}',
        '{"goldenprompt.batches/1": [[]]}',
        '{"goldenprompt.batches/1": [{"label": "x", "requests": {}}]}',
        '{"goldenprompt.batches/1": [{"label": "x", "requests": {"n": ["p"]}}]}',
        pytest.param("[" * 100_000, id="deep"),
        *(pytest.param(with_other(**other), id=str(other)) for other in OTHERS),
    ],
)
def test_a_file_that_cannot_be_read_is_not_taken_for_nothing_under_way(tmp_path, text):
    path = tmp_path / "batches.json"
    path.write_text(text)
    with pytest.raises(StoreError, match=r"batches\.json: not what this version writes"):
        read_batches(path)


def test_a_file_that_cannot_be_removed_is_told(tmp_path):
    path = tmp_path / "batches.json"
    path.mkdir()
    with pytest.raises(StoreError, match=r"batches\.json: cannot be removed"):
        write_batches(path, [])
