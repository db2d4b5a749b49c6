from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.model.record import RunKind
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept, anchor
from pytest_goldenprompt.store.archive import MovedError
from pytest_goldenprompt.store.pruning import Row, Stored, plan_pruning, prune, survey
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, texts

WORD = {"who": "me", "time": "t", "reason": "r"}
MONTHS = [f"{2024 + number // 12}-{number % 12 + 1:02}" for number in range(30)]


def keep(store, run_id, month, baseline=None, pooled=(), **more):
    """Store a run whose verdict names what it was compared with."""
    made = record(run_id, month=month, **more)
    verdict = {"verdict": "pass", "baseline": baseline and {"id": baseline, "pooled": list(pooled)}, "anchor": None}
    store.save(made, texts(), json.dumps(verdict), keep=made.kind is not RunKind.CHECK)
    return made


@pytest.fixture
def store(tmp_path):
    """Thirty accepted months, each compared with the one before, the first of them the anchor."""
    made = FolderStore(tmp_path)
    for before, month in zip([None, *MONTHS], MONTHS, strict=False):
        run = keep(made, f"run-{month}", month, before and f"run-{before}")
        accept(made, run, State.PASS, **WORD)
    return made


def planned(store, months=24):
    return plan_pruning(survey(store), store.pointers(), store.log(), months)


def removed(plan):
    return {row.run: row.why for row in plan.remove}


def test_accepted_months_are_kept_for_two_years_with_the_one_that_the_oldest_was_compared_with(store):
    plan = planned(store)
    assert removed(plan) == {
        f"run-{month}": "older than 2024-07, the first month that is kept" for month in MONTHS[1:5]
    }
    assert plan.hold == (Row("run-2024-06", "2024-06", "run run-2024-07 was compared with it"),)


def test_the_anchor_stays_and_so_does_what_it_was_compared_with(store):
    anchor(store, store.load("run-2024-03"), State.PASS, **WORD)
    assert removed(planned(store)).keys() == {"run-2024-01", "run-2024-04", "run-2024-05"}


def test_the_newest_accepted_run_stays_however_few_months_are_kept(store):
    plan = planned(store, 1)
    assert len(plan.remove) == 27
    assert [row.run for row in plan.hold] == ["run-2026-05"]


def test_pooled_runs_count_as_compared_with(store):
    keep(store, "check", "2026-06", "run-2026-06", ["run-2024-02"], kind=RunKind.CHECK)
    assert Row("run-2024-02", "2024-02", "run check was compared with it") in planned(store).hold


def test_a_run_that_waits_for_a_person_goes_once_a_later_month_is_accepted(store):
    keep(store, "waits", "2026-06", "run-2026-05")
    keep(store, "waited", "2026-05", "run-2026-04")
    assert removed(planned(store, 100)) == {"waited": "never accepted, while 2026-06 is"}


def test_a_replaced_recording_goes_in_any_month(store):
    accept(store, keep(store, "again", "2026-06", "run-2026-05"), State.PASS, **WORD)
    assert removed(planned(store, 100)) == {"run-2026-06": "replaced by run again"}


def test_checks_are_left_to_go_by_themselves(store):
    keep(store, "check", "2024-02", kind=RunKind.CHECK)
    assert removed(planned(store, 100)) == {}


def test_nothing_goes_before_anything_was_accepted(tmp_path):
    store = FolderStore(tmp_path)
    keep(store, "r1", "2020-01")
    assert planned(store, 1) == plan_pruning([], Pointers(), [], 1)


def test_a_run_whose_pointer_somebody_took_out_by_hand_goes_unless_it_is_needed(store):
    before = store.pointers()
    months = {month: pointer for month, pointer in before.months.items() if month != "2026-03"}
    store.move(before, Pointers(months, before.anchor))
    keep(store, "run-x", "2026-04", "run-2026-02")
    found = {row.run: row.why for row in (*planned(store, 100).remove, *planned(store, 100).hold)}
    assert found["run-x"] == "never accepted, while 2026-06 is"
    assert found["run-2026-03"] == "run run-2026-04 was compared with it"


def test_what_is_removed_is_logged_and_the_rest_is_readable(store):
    plan = planned(store)
    before = store.log()
    prune(store, store.pointers(), plan.remove, who="me", time="t9")
    assert store.log()[: len(before)] == before
    why = "older than 2024-07, the first month that is kept"
    assert store.log()[len(before) :] == [
        LogEntry("t9", "prune", f"run-{month}", month, "me", why) for month in MONTHS[1:5]
    ]
    assert store.runs() == [f"run-{month}" for month in (MONTHS[0], *MONTHS[5:])]
    assert sorted(store.pointers().months) == [MONTHS[0], *MONTHS[5:]]
    for pointer in store.pointers().all():
        store.load(pointer)
    assert planned(store).remove == ()


def test_nothing_is_removed_where_a_pointer_was_moved_meanwhile(store):
    before, plan = store.pointers(), planned(store)
    anchor(store, store.load("run-2024-03"), State.PASS, **WORD)
    with pytest.raises(MovedError):
        prune(store, before, plan.remove, **{key: WORD[key] for key in ("who", "time")})
    assert len(store.runs()) == 30


def test_a_removal_that_was_not_ended_is_ended_by_the_next(store, monkeypatch):
    plan = planned(store)
    with monkeypatch.context() as patched:
        patched.setattr("pytest_goldenprompt.store.folder.remove_folders", lambda paths: None)
        prune(store, store.pointers(), plan.remove, who="me", time="t9")
    assert len(store.runs()) == 30
    left = planned(store)
    assert removed(left) == dict.fromkeys(removed(plan), "its removal was begun and not ended")
    (store.folder / "runs" / ".run-2023-01.gone").mkdir()
    prune(store, store.pointers(), left.remove, who="me", time="t10")
    assert len(store.runs()) == 26
    assert not list((store.folder / "runs").glob(".*"))


@pytest.mark.parametrize("name", ["run.json", "verdict.json"])
def test_nothing_is_removed_where_a_run_that_may_need_another_cannot_be_read(store, name):
    path = store.folder / "runs" / "run-2026-01" / name
    path.write_text(path.read_text().replace("2025-12", "2024-02").replace("2026", "2025"))
    with pytest.raises(StoreError, match=f"nothing was removed, as a run that cannot be read .*{name}"):
        planned(store)


def test_a_verdict_of_another_shape_is_told(store):
    made = record("odd", month="2026-06")
    store.save(made, texts(), json.dumps({"verdict": "pass", "baseline": {}}), keep=True)
    with pytest.raises(StoreError, match="run odd: its verdict does not name what it was compared with"):
        planned(store)


def test_a_folder_that_cannot_be_removed_is_told(store):
    shutil.rmtree(store.folder / "runs" / "run-2024-02")
    with pytest.raises(StoreError, match="run-2024-02: cannot be removed: No such file"):
        prune(store, store.pointers(), [Row("run-2024-02", "2024-02", "w")], who="me", time="t")


RUNS = st.lists(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(["accepted", "kept", "check"]), st.integers(0, 40)), max_size=12
)


@given(RUNS, st.integers(0, 11), st.integers(1, 30))
def test_no_plan_takes_what_is_needed_and_a_second_one_finds_nothing_more(drawn, pinned, months):
    runs = [
        Stored(f"r{number}", month, (f"r{other}",) if other < len(drawn) else (), check=kind == "check")
        for number, (month, kind, other) in enumerate(drawn)
    ]
    accepted = [run for run, (_, kind, _) in zip(runs, drawn, strict=True) if kind == "accepted"]
    pointers = Pointers(
        {run.month: Pointer(run.id, "d") for run in accepted},
        Pointer(accepted[pinned % len(accepted)].id, "d") if accepted else None,
    )
    log = [LogEntry("t", "accept", run.id, run.month, "w", "r") for run in accepted]
    plan = plan_pruning(runs, pointers, log, months)
    gone = {row.run for row in plan.remove}
    left = [run for run in runs if run.id not in gone]
    held = {row.run for row in plan.hold}
    assert not gone & {name for run in left if run.id not in held for name in run.compared}
    assert not gone & {run.id for run in runs if run.check}
    if accepted:
        assert pointers.anchor.run not in gone
        assert pointers.newest().run not in gone
    after = Pointers({month: one for month, one in pointers.months.items() if one.run not in gone}, pointers.anchor)
    assert plan_pruning(left, after, log, months).remove == ()
