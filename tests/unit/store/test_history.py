from __future__ import annotations

import json

from pytest_goldenprompt.model.verdict import MonthRate, State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.history import MONTHS, history
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, texts


def store_of(folder, months):
    store = FolderStore(folder)
    for month, rate in months.items():
        made = record(f"run-{month}", month=month)
        verdict = {"verdict": "pass", "prompts": [{"id": "p", "rate": {"then": None, "now": rate}}]}
        store.save(made, texts(), json.dumps(verdict), keep=True)
        accept(store, made, State.PASS, who="w", time="t", reason="r")
    return store


def test_the_months_before_come_oldest_first(tmp_path):
    store = store_of(tmp_path, {"2026-10": 0.7, "2026-08": 0.9, "2026-09": None})
    assert history(store, until="2026-11") == {"p": (MonthRate("2026-08", 0.9), MonthRate("2026-10", 0.7))}
    assert history(store, until="2026-09") == {"p": (MonthRate("2026-08", 0.9),)}
    assert history(store, until="2026-11", besides="run-2026-10") == {"p": (MonthRate("2026-08", 0.9),)}


def test_a_year_is_shown_at_most(tmp_path):
    months = {f"{2025 + number // 12}-{number % 12 + 1:02}": 0.5 for number in range(MONTHS + 3)}
    assert len(history(store_of(tmp_path, months), until="2027-01")["p"]) == MONTHS


def test_a_month_that_cannot_be_read_is_left_out(tmp_path):
    store = store_of(tmp_path, {"2026-08": 0.9, "2026-09": 0.8})
    (tmp_path / "runs" / "run-2026-08" / "verdict.json").write_text("{}")
    assert history(store, until="2026-11") == {"p": (MonthRate("2026-09", 0.8),)}
