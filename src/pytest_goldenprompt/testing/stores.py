"""For authors of stores: what every archive must do with runs, pointers and their log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.archive import FILES, Archive, MovedError, TakenError
from pytest_goldenprompt.store.ledger import log_line, pointers_text
from pytest_goldenprompt.store.pruning import Row, prune
from pytest_goldenprompt.store.run_files import files_of
from pytest_goldenprompt.store.store import Store

AWKWARD = ("", "\0", "\r\n", "\u2028\x85", "\ud800", "\x1b]0;title\x07", "\ufeff", "\U0010ffff", "yes " * 2000)
"""Texts that break what is careless: half characters, line ends that are none, nothing at all, and a long one."""

ODD = ("", ".", "..", "../r1", "r1/", "/etc", "r1/run.json", "\0", "r\0001", "\ud800", "R1", "%", "_1")
"""Names that no run has."""

ROUNDS = 5


class StoreContract:
    """Subclass it, say how to `make` the archive, and let pytest collect the subclass.

    An archive that is made twice for one folder is one and the same, as two processes see it. It is empty in a new one.
    """

    def make(self, folder: Path) -> Archive:
        """Open the archive under test, which belongs to this folder."""
        raise NotImplementedError("say how to make the archive: def make(self, folder)")

    @pytest.fixture
    def archive(self, tmp_path: Path) -> Archive:
        """Give the archive under test."""
        return self.make(tmp_path)

    @pytest.fixture
    def again(self, archive: Archive, tmp_path: Path) -> Archive:
        """Give it as another process sees it."""
        del archive
        return self.make(tmp_path)

    def test_one_that_is_new_is_empty_and_stays_so_when_it_is_read(self, archive: Archive) -> None:
        """Nothing is an empty store, and no error."""
        for _ in range(2):
            assert (sorted(archive.runs.ids()), archive.pointers(), list(archive.log())) == ([], None, [])
        assert not archive.runs.has("r1")

    def test_it_has_a_name_of_one_line(self, archive: Archive) -> None:
        """Messages begin with it."""
        assert archive.name.strip()
        assert archive.name.isprintable()
        assert "baselines.json" in archive.where("baselines.json")

    def test_a_run_comes_back_to_the_letter(self, archive: Archive, again: Archive) -> None:
        """Every file has the bytes that were put, line by line."""
        files = run_of("r1", *AWKWARD)
        archive.runs.put("r1", files)
        assert list(again.runs.ids()) == ["r1"]
        assert again.runs.has("r1")
        kept = again.runs.open("r1")
        assert {name: b"".join(kept.lines(name)).decode() for name in FILES} == files
        assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for name in FILES for line in kept.lines(name))

    def test_a_run_of_many_texts_comes_back(self, archive: Archive, again: Archive) -> None:
        """However many texts a run has, and the same one more than once."""
        files = run_of("r1", *map(str, range(1500)))
        files["texts.jsonl"] += files["texts.jsonl"]
        archive.runs.put("r1", files)
        assert b"".join(again.runs.open("r1").lines("texts.jsonl")).decode() == files["texts.jsonl"]

    def test_no_run_is_there_under_an_odd_name(self, archive: Archive) -> None:
        """Names come from people and from damaged files."""
        archive.runs.put("r1", run_of("r1", "yes"))
        assert [name for name in ODD if archive.runs.has(name)] == []

    def test_a_run_is_never_put_over_another(self, archive: Archive, again: Archive) -> None:
        """Not even over an equal one: who puts it again is wrong about something."""
        first = run_of("r1", "yes")
        archive.runs.put("r1", first)
        for files in (first, run_of("r1", "no")):
            with pytest.raises(TakenError):
                again.runs.put("r1", files)
        assert contents(archive, "r1") == first

    def test_pointers_and_log_change_together(self, archive: Archive, again: Archive) -> None:
        """The log is only ever added to."""
        one, two = Move("one"), Move("two")
        archive.swap(None, one.text, [*one.lines, *two.lines])
        assert (again.pointers(), list(again.log())) == (one.text, [*one.lines, *two.lines])
        again.swap(one.text, two.text, one.lines)
        assert (archive.pointers(), list(archive.log())) == (two.text, [*one.lines, *two.lines, *one.lines])

    @pytest.mark.parametrize("before", ["", "stripped", "ONE"])
    def test_pointers_that_were_moved_meanwhile_are_left_alone(self, archive: Archive, before: str) -> None:
        """To the letter: nothing is set, logged or removed."""
        one, two = Move("one"), Move("two")
        texts = {"": None, "stripped": one.text.strip(), "ONE": one.text.upper()}
        archive.runs.put("r1", run_of("r1", "yes"))
        archive.swap(None, one.text, one.lines)
        with pytest.raises(MovedError):
            archive.swap(texts[before], two.text, two.lines, drop=["r1"])
        assert (archive.pointers(), list(archive.log()), archive.runs.has("r1")) == (one.text, one.lines, True)

    def test_a_first_move_needs_a_store_without_pointers(self, archive: Archive) -> None:
        """Who saw pointers in an empty store saw another store."""
        with pytest.raises(MovedError):
            archive.swap(Move("one").text, Move("two").text, Move("two").lines)
        assert (archive.pointers(), list(archive.log())) == (None, [])

    def test_a_run_that_is_needed_and_not_there_hinders_a_move(self, archive: Archive) -> None:
        """No pointer ever leads nowhere."""
        one = Move("one")
        archive.runs.put("r1", run_of("r1", "yes"))
        with pytest.raises(StoreError, match="no run 'r2' is stored here"):
            archive.swap(None, one.text, one.lines, needs=["r1", "r2"])
        assert (archive.pointers(), list(archive.log())) == (None, [])
        archive.swap(None, one.text, one.lines, needs=["r1"])
        assert archive.pointers() == one.text

    def test_runs_that_are_dropped_are_gone_and_the_others_are_whole(self, archive: Archive, again: Archive) -> None:
        """Texts that several runs have stay for as long as one of them does."""
        kept, one = run_of("r2", "yes", "only here"), Move("one")
        for run_id, files in {"r1": run_of("r1", "yes", "no"), "r2": kept, "r3": run_of("r3", "no")}.items():
            archive.runs.put(run_id, files)
        archive.swap(None, one.text, one.lines, drop=["r1", "r3"])
        assert list(again.runs.ids()) == ["r2"]
        assert contents(again, "r2") == kept
        again.runs.put("r4", run_of("r4", "no"))
        assert contents(archive, "r4") == run_of("r4", "no")

    def test_of_two_that_move_at_the_same_moment_one_wins(self, archive: Archive, again: Archive) -> None:
        """Nothing of the other is seen, and nothing is lost."""
        before = None
        for number in range(ROUNDS):
            moves = Move(f"one {number}"), Move(f"two {number}")
            ends = at_once(
                *(partial(swap, one, before, move) for one, move in zip((archive, again), moves, strict=True))
            )
            assert [type(end) for end in ends if end] == [MovedError], ends
            winner = moves[ends.index(None)]
            before = winner.text
            assert (archive.pointers(), list(archive.log())[number:]) == (before, winner.lines)

    def test_of_two_that_put_a_run_at_the_same_moment_one_wins(self, archive: Archive, again: Archive) -> None:
        """It is wholly the one or wholly the other."""
        for number in range(ROUNDS):
            name = f"r{number}"
            both = run_of(name, "yes", "same"), run_of(name, "no", "same")
            ends = at_once(partial(archive.runs.put, name, both[0]), partial(again.runs.put, name, both[1]))
            assert [type(end) for end in ends if end] == [TakenError], ends
            assert contents(archive, name) == both[ends.index(None)]

    def test_months_are_recorded_accepted_and_pruned(self, archive: Archive, again: Archive, tmp_path: Path) -> None:
        """A year in short, as the commands do it."""
        store, seen = Store(archive, tmp_path / "here"), Store(again, tmp_path / "there")
        for month in ("2026-09", "2026-10", "2026-11"):
            record = record_of(f"r-{month}", ("yes", "no"), month)
            pointer = store.save(record, texts_of("yes", "no"), '{"verdict": "pass"}\n', keep=True)
            accept(seen, seen.load(pointer), State.PASS, who="me \u2028\ud800", time="t", reason="because\r\nof this")
        assert [seen.pointers().months[month].run for month in ("2026-09", "2026-11")] == ["r-2026-09", "r-2026-11"]
        assert seen.texts("r-2026-10") == texts_of("yes", "no")
        assert seen.verdict("r-2026-10") == {"verdict": "pass"}
        prune(seen, seen.pointers(), [Row("r-2026-10", "2026-10", "old")], who="me", time="t")
        assert store.runs() == ["r-2026-09", "r-2026-11"]
        assert [(entry.action, entry.run[2:]) for entry in store.log()] == [
            *(("accept", month) for month in ("2026-09", "2026-10", "2026-11")),
            ("prune", "2026-10"),
        ]

    def test_a_check_run_that_is_accepted_is_kept(self, archive: Archive, again: Archive, tmp_path: Path) -> None:
        """Check runs are of one machine; one that is pointed at is everybody's."""
        store = Store(archive, tmp_path / "here")
        store.save(record_of("r1", ("yes",), "2026-11"), texts_of("yes"), "{}\n", keep=False)
        assert list(again.runs.ids()) == []
        accept(store, store.load("r1"), State.PASS, who="me", time="t", reason="r")
        elsewhere = Store(again, tmp_path / "there")
        assert elsewhere.load(elsewhere.pointers().months["2026-11"]).id == "r1"


class Move:
    """A move of the pointers as the store writes it: their text, and the lines of the log."""

    def __init__(self, name: str) -> None:
        entry = LogEntry("t", "accept", name, "2026-11", "me \u2028\ud800", "because\r\nof this")
        self.text = pointers_text(Pointers({"2026-11": Pointer(name, "d")}), [entry])
        self.lines = [log_line(entry)]


def swap(archive: Archive, before: str | None, move: Move) -> None:
    """Make a move."""
    archive.swap(before, move.text, move.lines)


def run_of(run_id: str, *said: str) -> dict[str, str]:
    """Make the files of a run, with a case for each text."""
    return files_of(record_of(run_id, said), texts_of(*said), '{"verdict": "pass"}\n', None)


def record_of(run_id: str, said: tuple[str, ...], month: str = "2026-11") -> RunRecord:
    """Make the record of a run, with a case for each text."""
    repeats = [Repeat(1.0, True, output=name_of(text), latency=0.5) for text in said]
    cases = tuple(CaseResult("p", f"{number}", "d", (repeat,)) for number, repeat in enumerate(repeats))
    return RunRecord(run_id, RunKind.RECORDING, month, prompts=(PromptFacts("p", "p.golden.yaml"),), cases=cases)


def texts_of(*said: str) -> Mapping[str, str]:
    """Give texts by their digests, as runs have them."""
    return {name_of(text): text for text in said}


def name_of(text: str) -> str:
    """Give the digest by which a run names a text."""
    return digest_of(text, SHORT_DIGEST_LENGTH)


def contents(archive: Archive, run_id: str) -> dict[str, str]:
    """Read all files of a run."""
    kept = archive.runs.open(run_id)
    return {name: b"".join(kept.lines(name)).decode("utf-8") for name in FILES}


def at_once(*acts: Callable[[], None]) -> list[StoreError | None]:
    """Do things at the same moment, each in a thread; give what each was told, None where it was done."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], None]) -> StoreError | None:
        barrier.wait()
        try:
            act()
        except StoreError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))
