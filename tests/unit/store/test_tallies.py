from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.audit import Record
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.store.store import FolderStore
from pytest_goldenprompt.store.tallies import case_histories
from unit.store.records import record, save

PASS, FAIL, ERROR = Repeat(1.0, passed=True, output="x"), Repeat(output="y"), Repeat(error="down")
NASTY = ('"passed":true', "},{", '"repeats":[', '"tags":["x"]}', '"case_id":"x","digest":"y"', "\\", '\\"', "é\ud800")


def case(name="a", *repeats, digest="d", **more):
    return CaseResult("p", name, digest, repeats, **more)


def expected(repeats):
    said = {one.passed for one in repeats if one.error is None}
    return (
        Record.BOTH
        if len(said) > 1
        else {True: Record.PASSES, False: Record.FAILS, None: Record.NOTHING}[next(iter(said), None)]
    )


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path)


@pytest.mark.parametrize(
    ("repeats", "what"),
    [
        ((PASS, PASS), Record.PASSES),
        ((PASS, ERROR), Record.PASSES),
        ((PASS, FAIL), Record.BOTH),
        ((FAIL, FAIL, ERROR), Record.FAILS),
        ((ERROR,), Record.NOTHING),
        ((), Record.NOTHING),
    ],
)
def test_a_case_passes_fails_or_both(store, repeats, what):
    save(store, record("r1", case("a", *repeats)))
    assert [one.records for one in case_histories(store, ["r1"])] == [(what,)]


nasty = st.sampled_from(NASTY)
repeats = st.builds(
    Repeat,
    st.just(1.0),
    st.booleans(),
    output=st.just("x"),
    reasons=st.lists(nasty, max_size=2).map(tuple),
    error=st.none() | nasty,
)


@given(nasty, st.lists(repeats, max_size=4), st.lists(nasty, max_size=2).map(tuple), nasty | st.just(""))
def test_no_text_is_mistaken_for_a_result(tmp_path_factory, name, made, tags, missing):
    store = FolderStore(tmp_path_factory.mktemp("store"))
    save(store, record("r1", CaseResult(name, name, "d", tuple(made), tags, missing=missing)))
    [found] = case_histories(store, ["r1"])
    assert (found.prompt, found.id, found.tags, found.records) == (name, name, tags, (expected(made),))


def test_runs_are_followed_back_while_the_case_was_the_same(store):
    save(store, record("r1", case("a", PASS), case("b", PASS), case("gone", PASS)))
    save(store, record("r2", case("a", FAIL), case("b", PASS, digest="other")))
    save(store, record("r3", case("a", PASS, FAIL, tags=("t",)), case("b", FAIL), case("new", PASS)))
    found = {one.id: one for one in case_histories(store, ["r1", "r2", "r3"])}
    assert found["a"].records == (Record.PASSES, Record.FAILS, Record.BOTH)
    assert found["a"].tags == ("t",)
    assert found["b"].records == (Record.FAILS,)
    assert found["new"].records == (Record.PASSES,)
    assert set(found) == {"a", "b", "new"}
    assert case_histories(store, []) == []


def test_what_changed_since_it_was_stored_is_refused(store):
    save(store, record("r1", case("a", PASS)))
    path = store.folder / "runs" / "r1" / "cases.jsonl"
    path.write_text(path.read_text().replace("true", "false"))
    with pytest.raises(StoreError, match="changed since it was stored"):
        case_histories(store, ["r1"])
    path.write_text("{}\n")
    with pytest.raises(StoreError, match=r"cases.jsonl:1: damaged: not a result of a case"):
        case_histories(store, ["r1"])
