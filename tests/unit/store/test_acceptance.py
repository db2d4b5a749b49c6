from __future__ import annotations

from itertools import combinations

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointers
from pytest_goldenprompt.model.record import PromptFacts, RunKind
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import WORDS, RefusedError, accept, accept_by_itself, anchor, objections
from pytest_goldenprompt.store.archive import MovedError
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import case, record, save

WORD = {"who": "me", "time": "2026-11-02T03:04:05Z", "reason": "it is better"}
ERROR = Repeat(error="HTTP 500")
AGAINST = {
    "partial": "not every case of it was run",
    "errored": "some of its calls or files failed",
    "dirty": "it ran on files that were not committed",
    "replayed": "its answers are recorded ones, which say nothing of the model today",
    "regressed": "it is regressed, and a worse baseline hides what gets worse after it",
    "waived": "something in it passes by a waiver alone, which would end with this baseline",
}
MADE = {
    "partial": {"narrowed": ("-k",)},
    "errored": {"cases": (case("a"), case("b", repeats=(ERROR,)))},
    "dirty": {"dirty": True},
    "replayed": {"prompts": (PromptFacts("p", "p.golden.yaml", replayed=True),)},
    "regressed": {},
    "waived": {},
}
BECAME = {accept: "accepted", anchor: "made the anchor"}


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path)


@pytest.fixture
def forestall(store, monkeypatch):
    """Let another process accept a run at the moment when somebody sets about to accept one."""

    def of(theirs):
        as_stored = store.pointer_to

        def meanwhile(run_id):
            monkeypatch.setattr(store, "pointer_to", as_stored)
            accept(FolderStore(store.folder), theirs, State.PASS, **WORD)
            return as_stored(run_id)

        monkeypatch.setattr(store, "pointer_to", meanwhile)

    return of


def made(*words, run_id="r1", **more):
    """Give a record that the words speak against, and its state."""
    fields = {key: value for word in words for key, value in MADE[word].items()} | more
    state = State.REGRESSED if "regressed" in words else State.PASS
    return record(run_id, *fields.pop("cases", ()), **fields), state


def stored(store, run_id="r1", **more):
    save(store, record(run_id, **more))
    return store.load(run_id)


@pytest.mark.parametrize("count", range(7))
def test_each_objection_has_its_sentence_and_its_word_and_they_add_up(count):
    assert tuple(AGAINST) == WORDS
    for words in combinations(AGAINST, count):
        found = objections(*made(*words), waived="waived" in words)
        assert found == {word: AGAINST[word] for word in words}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"narrowed": ("1 of 2",)}, "not every case of it was run"),
        ({"stopped": ("-x",)}, "not every case of it was run"),
        ({"cases": (case("a"), case("b", repeats=(), missing="not run"))}, "not every case of it was run"),
        ({"cases": (case("a", repeats=()),)}, "no case of it was run"),
    ],
)
def test_a_run_is_partial_in_any_of_these_ways(more, sentence):
    assert objections(*made(**more)) == {"partial": sentence}


def test_a_run_without_any_case_is_no_baseline_by_oversight(store):
    empty = record("r1").__class__("r1", month="2026-10", kind=RunKind.RECORDING)
    assert objections(empty, State.INCOMPLETE) == {"partial": "no case of it was run"}


@pytest.mark.parametrize(("state", "word"), [(State.DRIFTED, "regressed"), (State.ERROR, "errored")])
def test_states_that_speak_against_a_run_whatever_its_cases(state, word):
    assert list(objections(record(), state)) == [word]


@pytest.mark.parametrize("state", [State.PASS, State.NEW, State.INCONCLUSIVE, State.NO_BASELINE])
def test_states_that_a_person_may_accept(state):
    assert objections(record(), state) == {}


@pytest.mark.parametrize("move", [accept, anchor])
@pytest.mark.parametrize("word", AGAINST)
def test_a_refusal_names_its_reason_and_the_word_that_overrides_it(store, move, word):
    run, state = made(word)
    waived = word == "waived"
    save(store, run)
    with pytest.raises(RefusedError) as refused:
        move(store, run, state, **WORD, waived=waived)
    assert str(refused.value) == (
        f"run r1 was not {BECAME[move]}: {AGAINST[word]} (name it with --even {word} if that is what you want)"
    )
    assert refused.value.words == (word,)
    assert (store.pointers(), store.log()) == (Pointers(), [])
    assert move(store, run, state, **WORD, waived=waived, even=[word]).run == "r1"


@pytest.mark.parametrize("move", [accept, anchor])
def test_the_log_keeps_who_when_why_and_what_was_overridden(store, move):
    run, state = made("dirty", "regressed")
    save(store, run)
    move(store, run, state, **WORD, even=["regressed", "dirty", "partial"])
    (entry,) = store.log()
    assert (entry.who, entry.time, entry.reason) == ("me", "2026-11-02T03:04:05Z", "it is better")
    assert entry.overridden == ("dirty", "regressed")


@pytest.mark.parametrize("move", [accept, anchor])
def test_a_move_is_refused_where_another_process_moved_the_baseline_meanwhile(store, move, forestall):
    mine = stored(store, "r1")
    forestall(stored(store, "r2"))
    with pytest.raises(MovedError, match="the baseline was moved meanwhile by another process: look at"):
        move(store, mine, State.PASS, **WORD)
    assert (store.pointers().months["2026-10"].run, store.pointers().anchor.run) == ("r2", "r2")
    assert [entry.run for entry in store.log()] == ["r2"]


def test_every_objection_has_to_be_named(store):
    run, state = made("dirty", "regressed", "partial")
    save(store, run)
    with pytest.raises(RefusedError, match="--even partial,regressed if"):
        accept(store, run, state, **WORD, even=["dirty", "some other word"])
    assert accept(store, run, state, **WORD, even=["dirty", "regressed", "partial"]).month == "2026-10"


def test_an_accepted_run_is_the_baseline_of_its_month_and_the_first_is_the_anchor_too(store):
    first, second = stored(store, "r1"), stored(store, "r2", month="2026-11")
    entry = accept(store, first, State.PASS, **WORD)
    assert entry == LogEntry(WORD["time"], "accept", "r1", "2026-10", "me", "it is better")
    accept(store, second, State.PASS, **WORD)
    pointers = store.pointers()
    assert {month: pointer.run for month, pointer in pointers.months.items()} == {"2026-10": "r1", "2026-11": "r2"}
    assert (pointers.anchor.run, pointers.anchor.approved) == ("r1", False)
    assert store.load(pointers.months["2026-11"]).id == "r2"
    assert [one.run for one in store.log()] == ["r1", "r2"]


def test_accepting_another_run_of_the_month_says_which_one_it_replaces(store):
    accept(store, stored(store, "r1"), State.PASS, **WORD)
    entry = accept(store, stored(store, "r2"), State.PASS, **WORD)
    assert entry.replaced == "r1"
    assert store.pointers().months["2026-10"].run == "r2"
    assert store.pointers().anchor.run == "r1"
    assert store.load("r1").id == "r1"


def test_an_anchor_is_approved_moves_no_baseline_and_stays(store):
    accept(store, stored(store, "r1"), State.PASS, **WORD)
    entry = anchor(store, stored(store, "r2", month="2026-11"), State.PASS, **WORD)
    assert (entry.action, entry.run, entry.month, entry.replaced) == ("anchor", "r2", "2026-11", "r1")
    assert (store.pointers().anchor.run, store.pointers().anchor.approved) == ("r2", True)
    assert list(store.pointers().months) == ["2026-10"]
    accept(store, stored(store, "r3", month="2026-12"), State.PASS, **WORD)
    assert (store.pointers().anchor.run, store.pointers().anchor.approved) == ("r2", True)


def test_an_accepted_check_outlives_the_checks(store):
    save(store, record("r00", kind=RunKind.CHECK), keep=False)
    accept(store, store.load("r00"), State.PASS, **WORD)
    for number in range(1, 25):
        save(store, record(f"r{number:02}", kind=RunKind.CHECK), keep=False)
    assert store.load(store.pointers().months["2026-10"]).id == "r00"
    assert len(store.runs()) == 21


@pytest.mark.parametrize("state", [State.PASS, State.NEW, State.INCONCLUSIVE])
@pytest.mark.parametrize("kind", [RunKind.RECORDING, RunKind.IMPORT])
def test_a_recording_without_objections_accepts_itself(store, state, kind):
    pointer, sentence = accept_by_itself(store, stored(store, kind=kind), state, first=False)
    assert sentence == "stored and accepted as the baseline of 2026-10"
    assert pointer == store.pointers().months["2026-10"]
    (entry,) = store.log()
    assert (entry.who, entry.reason, entry.time) == ("the recording run", state.value, "2026-10-01T05:00:00Z")


def test_a_check_never_accepts_itself(store):
    assert accept_by_itself(store, stored(store, kind=RunKind.CHECK), State.PASS, first=True) == (None, "")
    assert store.pointers() == Pointers()


@pytest.mark.parametrize("word", sorted(MADE.keys() - {"waived"}))
def test_a_recording_with_an_objection_is_stored_and_waits(store, word):
    run, state = made(word)
    save(store, run)
    pointer, sentence = accept_by_itself(store, run, state, first=False)
    assert (pointer, sentence) == (None, f"stored, not accepted: {AGAINST[word]}")
    assert (store.pointers(), store.log(), store.runs()) == (Pointers(), [], ["r1"])


@pytest.mark.parametrize("state", [State.INCOMPLETE, State.NO_BASELINE])
def test_a_recording_in_another_state_waits_too(store, state):
    pointer, sentence = accept_by_itself(store, stored(store), state, first=False)
    assert (pointer, sentence) == (None, f"stored, not accepted: it is {state.value}")


def test_only_the_first_recording_of_a_store_may_be_dirty(store):
    run, _ = made("dirty")
    save(store, run)
    assert accept_by_itself(store, run, State.NEW, first=False)[0] is None
    assert accept_by_itself(store, run, State.NEW, first=True)[0] is not None


@pytest.mark.parametrize("word", ["partial", "errored", "replayed"])
def test_even_the_first_recording_needs_a_word_for_anything_else(store, word):
    run, _ = made(word, "dirty")
    save(store, run)
    assert accept_by_itself(store, run, State.NEW, first=True) == (None, f"stored, not accepted: {AGAINST[word]}")


def test_a_pointer_that_was_moved_meanwhile_is_not_moved_again(store):
    accept(store, stored(store, "r1"), State.PASS, **WORD)
    before = store.pointers()
    accept(store, stored(store, "r2"), State.PASS, **WORD)
    after = Pointers({}, None)
    with pytest.raises(StoreError, match="the baseline was moved meanwhile"):
        store.move(before, after, LogEntry("t", "accept", "r1", "2026-10", "me", "r"))
    assert store.pointers().months["2026-10"].run == "r2"
    assert len(store.log()) == 2


@pytest.mark.parametrize(
    ("month", "other", "sentence"),
    [
        ("2026-11", "2026-11", "another run became the baseline of 2026-11 meanwhile"),
        ("2026-12", "2026-11", "what it was compared with was moved meanwhile"),
    ],
)
def test_a_recording_waits_where_what_it_stands_on_was_moved_while_it_ran(store, month, other, sentence):
    accept(store, stored(store, "r1"), State.PASS, **WORD)
    since = store.pointers()
    accept(store, stored(store, "r2", month=other), State.PASS, **WORD)
    mine = stored(store, "r3", month=month)
    told = accept_by_itself(store, mine, State.PASS, first=False, since=since)
    assert told == (None, f"stored, not accepted: {sentence}")
    assert store.pointers().months[other].run == "r2"
    assert accept_by_itself(store, mine, State.PASS, first=False)[0] == store.pointers().months[month]


def test_a_recording_is_no_baseline_beside_an_anchor_that_was_pinned_while_it_ran(store):
    since = store.pointers()
    anchor(store, stored(store, "r1"), State.PASS, **WORD)
    told = accept_by_itself(store, stored(store, "r2", month="2026-09"), State.NEW, first=True, since=since)
    assert told == (None, "stored, not accepted: what it was compared with was moved meanwhile")


def test_a_recording_of_another_month_is_not_hindered(store):
    accept(store, stored(store, "r1"), State.PASS, **WORD)
    since = store.pointers()
    accept(store, stored(store, "r2", month="2026-12"), State.PASS, **WORD)
    assert accept_by_itself(store, stored(store, "r3", month="2026-11"), State.PASS, first=False, since=since)[0]


def test_a_recording_that_another_process_forestalls_at_the_last_moment_waits(store, forestall):
    mine = stored(store, "r1")
    forestall(stored(store, "r2"))
    told = accept_by_itself(store, mine, State.PASS, first=False)
    assert told == (None, "stored, not accepted: another run became the baseline of 2026-10 meanwhile")
    assert store.pointers().months["2026-10"].run == "r2"


def test_a_recording_is_accepted_though_a_later_month_was_at_the_last_moment(store, forestall):
    accept(store, stored(store, "r0"), State.PASS, **WORD)
    mine = stored(store, "r1", month="2026-11")
    forestall(stored(store, "r2", month="2026-12"))
    pointer, _ = accept_by_itself(store, mine, State.PASS, first=False)
    assert pointer == store.pointers().months["2026-11"]
    assert [entry.run for entry in store.log()] == ["r0", "r2", "r1"]


def test_a_run_that_is_not_stored_cannot_be_accepted(store):
    with pytest.raises(StoreError, match="no run 'r1' is stored here"):
        accept(store, record("r1"), State.PASS, **WORD)
    assert store.log() == []


def test_what_git_should_not_keep_is_ignored_from_the_first_write_on(store):
    stored(store)
    assert "/cache/" in (store.folder / ".gitignore").read_text().split("\n")
    (store.folder / ".gitignore").write_text("mine\n")
    stored(store, "r2")
    assert (store.folder / ".gitignore").read_text() == "mine\n"
