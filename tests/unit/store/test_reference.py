from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.model.pointers import Pointer, Pointers
from pytest_goldenprompt.model.record import RunKind
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept, anchor
from pytest_goldenprompt.store.place import find_root, open_store
from pytest_goldenprompt.store.reference import earlier_accepted, find_baseline, load_baseline, match_run
from pytest_goldenprompt.store.store import CHECKS_KEPT, FolderStore
from unit.store.records import record, save

WORD = {"who": "me", "time": "t", "reason": "r"}
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31)) | st.sampled_from(
    [date(2024, 2, 29), date(2028, 2, 29), date(2024, 3, 1), date(2025, 12, 31), date(2026, 1, 1)]
)


class Named(FolderStore):
    """A store with pointers and no disk."""

    def __init__(self, *months):
        self.named = Pointers({month: Pointer(f"run-{month}", "d") for month in months})

    def pointers(self):
        return self.named

    def runs(self):
        return []


def month_of(day):
    return day.strftime("%Y-%m")


def month_before(day):
    return month_of(day.replace(day=1) - timedelta(days=1))


def last_month(day, months, *, recording):
    found = find_baseline(Named(*months), "last-month", month=month_of(day), recording=recording)
    return found.run.removeprefix("run-") if found else None


@pytest.fixture
def store(tmp_path):
    store = FolderStore(tmp_path / "store")
    for run_id, month in (("r1", "2026-09"), ("r2", "2026-10"), ("r3", "2026-11")):
        save(store, record(run_id, month=month))
        accept(store, store.load(run_id), State.PASS, **WORD)
    return store


@settings(deadline=None)
@given(DAYS)
def test_a_recording_of_any_day_compares_with_the_month_before(day):
    months = {month_of(day), month_before(day), month_before(day.replace(day=1) - timedelta(days=1))}
    assert last_month(day, months, recording=True) == month_before(day)


@settings(deadline=None)
@given(DAYS)
def test_any_other_run_of_any_day_compares_with_the_newest(day):
    months = {month_of(day), month_before(day)}
    assert last_month(day, months, recording=False) == month_of(day)
    assert last_month(day, {month_before(day)}, recording=False) == month_before(day)


@settings(deadline=None)
@given(DAYS, st.sets(DAYS.map(month_of), min_size=1, max_size=8), st.booleans())
def test_last_month_is_the_newest_accepted_one_that_may_be_meant(day, months, recording):
    earlier = {month for month in months if month < month_of(day)}
    assert last_month(day, months, recording=recording) == max((recording and earlier) or months)


def test_the_first_minute_of_a_month_belongs_to_it():
    assert last_month(date(2026, 12, 1), {"2026-11", "2026-12"}, recording=True) == "2026-11"
    assert last_month(date(2026, 11, 30), {"2026-10", "2026-11"}, recording=True) == "2026-10"
    assert last_month(date(2027, 1, 1), {"2025-12", "2026-12"}, recording=True) == "2026-12"


def test_a_month_that_was_left_out_is_no_gap():
    assert last_month(date(2026, 12, 5), {"2026-08", "2026-09"}, recording=True) == "2026-09"


def test_recording_the_first_month_again_compares_with_what_it_replaces():
    assert last_month(date(2026, 10, 20), {"2026-10"}, recording=True) == "2026-10"


@pytest.mark.parametrize("recording", [True, False])
def test_an_empty_store_has_no_last_month(recording):
    assert last_month(date(2026, 10, 20), (), recording=recording) is None


@pytest.mark.parametrize(
    ("name", "run"), [("2026-09", "r1"), ("2026-11", "r3"), ("anchor", "r1"), ("r2", "r2"), ("last-month", "r3")]
)
def test_a_baseline_has_these_names(store, name, run):
    found = find_baseline(store, name, month="2026-12", recording=True)
    assert load_baseline(store, found).id == run


def test_a_month_or_an_anchor_that_nobody_accepted_is_none(store, tmp_path):
    assert find_baseline(store, "2026-08", month="2026-12", recording=False) is None
    assert find_baseline(FolderStore(tmp_path / "other"), "anchor", month="2026-12", recording=False) is None


def test_an_anchor_that_a_person_set_is_the_one(store):
    anchor(store, store.load("r2"), State.PASS, **WORD)
    assert find_baseline(store, "anchor", month="2026-12", recording=False).run == "r2"


def test_the_folder_of_a_run_anywhere_is_a_baseline(store):
    path = store.folder / "runs" / "r2"
    found = find_baseline(store, str(path), month="2026-12", recording=False)
    assert found == path
    assert load_baseline(store, found).id == "r2"
    (path / "cases.jsonl").write_text("")
    with pytest.raises(StoreError, match=r"cases\.jsonl: changed since"):
        load_baseline(store, found)


@pytest.mark.parametrize(
    "name", ["last month", "2026-13", "2026-1", "2026-10-01", "Anchor", "r", "r9", "", "nowhere/r1", "a\0b", "٢٠٢٦-10"]
)
def test_any_other_name_is_refused_with_those_that_are_accepted(store, name):
    with pytest.raises(InputError, match=r"no such baseline, found .*; accepted are last-month, anchor, a month"):
        find_baseline(store, name, month="2026-12", recording=False)


@pytest.mark.parametrize(
    ("name", "run"), [("last", "20261002-b"), ("20261001-a", "20261001-a"), ("20261002", "20261002-b"), ("x", "x")]
)
def test_a_run_may_be_named_by_its_beginning(name, run):
    assert match_run(["20261001-a", "x", "xy", "20261002-b"], name) == run


@pytest.mark.parametrize(
    ("name", "told"), [("2026", "2 runs with"), ("z", "no run with"), ("", "no run with"), ("last ", "no run with")]
)
def test_a_beginning_of_none_or_of_several_runs_is_refused(name, told):
    with pytest.raises(InputError, match=told):
        match_run(["20261001-a", "20261002-b"], name)


@pytest.mark.parametrize(("name", "what"), [("last", "no run is stored yet"), ("", "no run with")])
def test_an_empty_store_has_no_last_run(name, what):
    with pytest.raises(InputError, match=what):
        match_run([], name)


def test_an_empty_name_is_not_the_only_run():
    with pytest.raises(InputError, match="no run with"):
        match_run(["20261001-a"], "")


def test_the_last_checks_are_kept_and_older_ones_dropped(tmp_path):
    store = FolderStore(tmp_path)
    save(store, record("r000"))
    for number in range(1, CHECKS_KEPT + 6):
        save(store, record(f"r{number:03}", kind=RunKind.CHECK), keep=False)
    assert store.runs() == ["r000", *(f"r{number:03}" for number in range(6, CHECKS_KEPT + 6))]


def test_a_check_of_a_clock_that_was_set_back_is_kept_all_the_same(tmp_path):
    store = FolderStore(tmp_path)
    for number in range(CHECKS_KEPT):
        save(store, record(f"r{number:03}", kind=RunKind.CHECK), keep=False)
    save(store, record("a-earlier", kind=RunKind.CHECK), keep=False)
    assert store.load("a-earlier").id == "a-earlier"
    assert len(store.runs()) == CHECKS_KEPT


def test_what_is_no_run_is_no_run(store):
    (store.folder / "runs" / "notes.txt").write_text("mine")
    (store.folder / "runs" / "zz").mkdir()
    (store.folder / "runs" / ".r9.1").mkdir()
    (store.folder / "runs" / ".r9.1" / "run.json").write_text("{")
    assert store.runs() == ["r1", "r2", "r3"]


@pytest.mark.parametrize("mark", [".goldenprompt", "goldenprompt.toml"])
def test_the_root_is_the_nearest_folder_with_a_store_or_a_policy(tmp_path, mark):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / mark).mkdir()
    assert find_root(inner) == tmp_path
    (tmp_path / "a" / mark).touch()
    assert find_root(inner) == tmp_path / "a"


def test_without_any_the_root_is_where_one_starts(tmp_path):
    assert find_root(tmp_path) == tmp_path


def test_a_store_is_a_folder_relative_to_the_root(tmp_path):
    assert open_store(tmp_path, "dir:here").folder == tmp_path / "here"
    assert open_store(tmp_path, "dir:/else/where").folder.as_posix() == "/else/where"


@pytest.mark.parametrize("url", ["", "here", "dir", "dir:", "ftp://host/runs"])
def test_any_other_store_is_refused(tmp_path, url):
    with pytest.raises(InputError, match=r"no such store, found .*; accepted is dir:FOLDER"):
        open_store(tmp_path, url)


@pytest.mark.parametrize(
    ("name", "number", "runs"),
    [
        ("2026-11", 1, ["r2"]),
        ("2026-11", 5, ["r2", "r1"]),
        ("last-month", 0, []),
        ("r2", 2, ["r1"]),
        ("2026-09", 2, []),
        ("2026-08", 2, []),
    ],
)
def test_the_accepted_months_before_a_baseline_are_found_the_latest_first(store, name, number, runs):
    found = find_baseline(store, name, month="2026-12", recording=False)
    assert [one.run for one in earlier_accepted(store.pointers(), found, number)] == runs


def test_a_run_that_is_no_months_baseline_has_no_months_before(store):
    save(store, record("r9", month="2026-11"))
    found = find_baseline(store, "r9", month="2026-12", recording=False)
    assert earlier_accepted(store.pointers(), found, 5) == []
    assert earlier_accepted(store.pointers(), store.folder / "runs" / "r3", 5) == []
