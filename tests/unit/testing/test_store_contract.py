"""Every archive of ours keeps the contract; what breaks it fails one of its tests."""

from __future__ import annotations

import os

import pytest

from pytest_goldenprompt.model.values import digest_of
from pytest_goldenprompt.store.archive import FILES
from pytest_goldenprompt.store.folder import FolderArchive
from pytest_goldenprompt.store.memory import MemoryArchive
from pytest_goldenprompt.store.place import open_store
from pytest_goldenprompt.testing import StoreContract


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)


class TestFolder(StoreContract):
    def make(self, folder):
        return FolderArchive(folder / "store")


class TestMemory(StoreContract):
    def make(self, folder):
        self.made = getattr(self, "made", None) or MemoryArchive()
        return self.made


class TestSqlite(StoreContract):
    def make(self, folder):
        pytest.importorskip("sqlalchemy", reason="needs the extra sql")
        return open_store(folder, "sqlite:///golden.db").archive


class TestOneLibraryOfMany(StoreContract):
    """Beside another library in the same database, which has runs of the same names."""

    def make(self, folder):
        pytest.importorskip("sqlalchemy", reason="needs the extra sql")
        other = open_store(folder, "sqlite:///golden.db#other").archive
        if not other.runs.has("r1"):
            other.runs.put("r1", dict.fromkeys(FILES, "other\n"))
            other.swap(None, "other\n", ["other"])
        return open_store(folder, "sqlite:///golden.db#mine").archive


class TestBucket(StoreContract):
    @pytest.fixture(autouse=True)
    def server(self, bucket):
        self.url = bucket

    def make(self, folder):
        return open_store(folder, f"{self.url}/{digest_of(str(folder), 8)}").archive


class TestPostgresql(StoreContract):
    @pytest.fixture(autouse=True)
    def server(self, postgres):
        self.url = postgres

    def make(self, folder):
        return open_store(folder, f"{self.url}#{folder}").archive
