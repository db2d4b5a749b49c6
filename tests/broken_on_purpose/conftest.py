from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from golden_library import GoldenLibrary, Run

CASES = {"one": "yes", "two": "yes", "three": "yes", "four": "no"}


@pytest.fixture(scope="session")
def new_library(tmp_path_factory):
    """Make an empty library in a folder of its own, or in the one given."""

    def make(folder: Path | None = None) -> GoldenLibrary:
        return GoldenLibrary(folder or tmp_path_factory.mktemp("library"))

    return make


@pytest.fixture
def library(new_library, tmp_path) -> GoldenLibrary:
    return new_library(tmp_path)


@pytest.fixture(scope="session")
def recorded(new_library) -> Path:
    """A library whose stored run passed three of four cases, made once."""
    library = new_library()
    library.dataset("prompts/triage", CASES)
    first = library.run("--golden-record")
    assert first.code == 0, first.out
    library.calls()
    return library.folder


@pytest.fixture
def stored(recorded, new_library, tmp_path) -> GoldenLibrary:
    """A copy of that library, to be broken."""
    shutil.copytree(recorded, tmp_path, dirs_exist_ok=True)
    return new_library(tmp_path)


@pytest.fixture(scope="session")
def is_red():
    """Say that a run is red with this exit code, and says why in one line, without a traceback."""

    def check(run: Run, why: str, *, code: int = 1, state: str | None = None) -> None:
        assert run.code == code, run.out
        assert any(re.search(why, line) for line in run.out.splitlines()), run.out
        assert "Traceback" not in run.out, run.out
        assert "INTERNALERROR" not in run.out, run.out
        if state is not None:
            assert run.state == state, run.out

    return check
