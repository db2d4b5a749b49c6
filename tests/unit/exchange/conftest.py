from __future__ import annotations

import os

import pytest

from unit.exchange.carrying import Desk


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch) -> Desk:
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    return Desk(tmp_path, capsys)
