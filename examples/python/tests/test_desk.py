from __future__ import annotations

from contextlib import closing

import pytest

import desk


@pytest.fixture
def database(tmp_path):
    with closing(desk.open_desk(str(tmp_path / "orders.db"))) as opened:
        opened.executemany("insert into orders values (?, ?, ?)", [("A117", "sent", 20), ("B204", "sent", 2)])
        yield opened


@pytest.mark.goldenprompt("triage.golden.yaml")
def test_triage(case, database):
    return desk.triage(database, **case.inputs)


def test_a_new_desk_has_no_orders():
    with closing(desk.open_desk(":memory:")) as opened:
        assert desk.triage(opened, "Where is A117?")["order"] is None
