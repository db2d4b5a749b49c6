from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.store.files import write_files

FILES = {"a.yaml": "new a", "b.yaml": "new b"}


def test_several_files_are_there_together(tmp_path) -> None:
    write_files(tmp_path / "new", FILES, replace=False)
    assert contents(tmp_path / "new") == FILES
    write_files(tmp_path / "new", {"a.yaml": "newer"}, replace=True)
    assert contents(tmp_path / "new") == {**FILES, "a.yaml": "newer"}


def test_none_is_written_where_one_is_there(tmp_path) -> None:
    (tmp_path / "b.yaml").write_text("old")
    with pytest.raises(StoreError, match=r"b\.yaml: cannot be written"):
        write_files(tmp_path, FILES, replace=False)
    assert contents(tmp_path) == {"b.yaml": "old"}


def test_none_is_written_where_the_disk_is_full(tmp_path, monkeypatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        write_files(tmp_path, FILES, replace=True)
    assert contents(tmp_path) == {}


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}
