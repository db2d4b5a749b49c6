"""The stores that come with the project are as the store writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_goldenprompt.store.checking import check
from pytest_goldenprompt.store.store import FolderStore

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("place", ["examples/golden/.goldenprompt", "src/pytest_goldenprompt/starter/store"])
def test_it_is_sound(place):
    store = FolderStore(ROOT / place)
    assert store.archive.runs.ids()
    assert list(check(store)) == []
