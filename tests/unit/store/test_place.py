"""Who names the store, what is accepted, and that no password is ever shown."""

from __future__ import annotations

import importlib

import pytest

from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.store.place import open_store
from pytest_goldenprompt.store.store import FolderStore
from pytest_goldenprompt.store.url import DEFAULT_STORE, VARIABLE, choose_store, shown_url

SECRET = "postgresql://golden:hunter2@db.example:5433/runs?sslmode=require#shop"


@pytest.mark.parametrize(
    ("typed", "written", "environment", "chosen"),
    [
        (None, None, {}, DEFAULT_STORE),
        (None, "dir:a", {}, "dir:a"),
        (None, "dir:a", {VARIABLE: SECRET}, SECRET),
        ("dir:b", "dir:a", {VARIABLE: SECRET}, "dir:b"),
        (None, "dir:a", {VARIABLE: ""}, "dir:a"),
    ],
)
def test_what_is_typed_comes_before_the_environment_and_that_before_the_file(typed, written, environment, chosen):
    assert choose_store(typed, written, environment) == chosen


@pytest.mark.parametrize(
    "url", [SECRET, "postgresql:///runs?password=hunter2", "postgresql:///runs?user=a&sslpassword=hunter2"]
)
@pytest.mark.parametrize("place", ["typed", "written"])
def test_a_password_is_accepted_from_the_environment_alone_and_not_repeated(url, place):
    with pytest.raises(InputError, match="a URL without a password is accepted") as refused:
        choose_store(**{"typed": None, "written": None, "environment": {}, place: url})
    assert "hunter2" not in str(refused.value)
    assert VARIABLE in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (SECRET, "postgresql://golden@db.example:5433/runs#shop"),
        ("postgresql:///runs?host=/tmp/x&password=hunter2", "postgresql:///runs"),
        ("postgresql://a:hunter2@db:port/runs", "postgresql:..."),
        ("postgresql://[hunter2", "postgresql:..."),
        ("sqlite:///golden.db", "sqlite:///golden.db"),
        ("dir:.goldenprompt", "dir:.goldenprompt"),
        ("memory:", "memory:"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_its_secrets(url, shown):
    assert shown_url(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "dir:",
        "folder",
        "mysql://h/d",
        "sqlite:golden.db",
        "sqlite:///",
        "sqlite://golden.db",
        "memory:x",
        "postgresql:x",
        "postgresql://h",
        "postgresql://h/",
        "sqlite:///a.db?mode=ro",
        "postgresql://u:hunter2@h",
        "s3://",
        "s3:bucket",
        "s3://b?aws_secret_access_key=hunter2",
    ],
)
def test_a_url_that_names_no_store_is_told_what_is_accepted(tmp_path, url):
    with pytest.raises(InputError, match="accepted") as refused:
        open_store(tmp_path, url)
    assert "hunter2" not in str(refused.value)


def test_a_store_elsewhere_has_its_working_folder_in_the_library(tmp_path):
    assert open_store(tmp_path, "memory:").cache == tmp_path / ".goldenprompt" / "cache"
    assert isinstance(open_store(tmp_path, "dir:there"), FolderStore)
    assert open_store(tmp_path, "dir:there").cache == tmp_path / "there" / "cache"


def test_an_installed_package_may_bring_a_kind_of_store(tmp_path, monkeypatch):
    info = tmp_path / "golden_shelf-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: golden-shelf\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pytest_goldenprompt.stores]\nshelf = golden_shelf:build\n")
    (tmp_path / "golden_shelf.py").write_text(
        "from pytest_goldenprompt.store.memory import MemoryArchive\n\n\n"
        "def build(root, url):\n    made = MemoryArchive()\n    made.name = f'{url} of {root.name}'\n    return made\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert open_store(tmp_path, "shelf://a").name == f"shelf://a of {tmp_path.name}"
    with pytest.raises(InputError, match="no such store"):
        open_store(tmp_path, "other://a")


@pytest.mark.parametrize("url", ["sqlite:///golden.db", "postgresql://h/d"])
def test_a_missing_package_is_one_error_with_the_line_that_installs_it(tmp_path, monkeypatch, url):
    real = importlib.import_module

    def absent(name):
        if name in {"sqlalchemy", "psycopg"}:
            raise ModuleNotFoundError(name=name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(InputError, match=r'not installed \(pip install "pytest-goldenprompt\[sql\]"\)'):
        open_store(tmp_path, url)


def test_a_server_that_is_not_there_is_one_line_without_the_password(tmp_path):
    pytest.importorskip("psycopg", reason="needs the extra sql")
    store = open_store(tmp_path, "postgresql://golden:hunter2@127.0.0.1:1/runs")
    with pytest.raises(StoreError, match=r"postgresql://golden@127\.0\.0\.1:1/runs: .*refused") as refused:
        store.pointers()
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)
