"""A store: run records and the pointers to them in an archive, and what is of this machine alone in a folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store import run_files
from pytest_goldenprompt.store.archive import FILES, Archive, MovedError, RunFiles, TakenError, absent
from pytest_goldenprompt.store.case_lines import Known
from pytest_goldenprompt.store.folder import FolderArchive, FolderRuns, prepare
from pytest_goldenprompt.store.ledger import LOG, POINTERS, log_line, pointers_text, read_log, read_pointers
from pytest_goldenprompt.store.lock import hold
from pytest_goldenprompt.store.volatile import with_volatile

CHECKS_KEPT = 20


class Store:
    """Runs that are kept for good are in the archive, with pointers and log; the last check runs are in the folder.

    A run never changes; its `run.json` holds the digests of the other files, and a pointer holds the digest of
    `run.json`, so that a change is found when the record is read. `run.json` and the pointers carry a seal besides, for
    a run that is named by its id alone. `folder` holds also recorded answers, the journal, batches and shards.
    """

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive = archive
        self.folder = folder
        self.recordings = folder / "answers"
        self.cache = folder / "cache"
        self._checks = FolderRuns(self.cache / "runs")

    @property
    def name(self) -> str:
        """Name the store for people."""
        return self.archive.name

    def save(
        self, record: RunRecord, texts: Mapping[str, str], verdict: str, *, keep: bool, cases: str | None = None
    ) -> Pointer:
        """Store a run: for good where `keep` is true, otherwise among the last check runs.

        `cases` are its results as text, where the caller has written them already.
        """
        try:
            files = run_files.files_of(record, texts, verdict, cases)
        except (TypeError, ValueError) as error:
            raise StoreError(f"run {record.id}: cannot be written as JSON: {error}") from None
        if keep:
            self.archive.runs.put(record.id, files)
        else:
            prepare(self.folder)
            self._checks.put(record.id, files)
            self._drop_old_checks(record.id)
        return Pointer(record.id, digest_of_bytes(files["run.json"].encode("utf-8")))

    def load(self, pointer: Pointer | str, known: Known | None = None) -> RunRecord:
        """Read a run record; a missing, damaged or changed one is a StoreError.

        Records that are read with the same `known` share the results that are equal to the letter.
        """
        run_id = pointer if isinstance(pointer, str) else pointer.run
        digest = None if isinstance(pointer, str) else pointer.digest
        record = run_files.load_run(self.files(run_id), digest, known)
        if record.id != run_id:
            raise StoreError(f"{self.name}: the place of run {run_id!r} holds another, found {record.id!r}")
        return record

    def whole(self, record: RunRecord, *, needed: bool = True) -> RunRecord:
        """Add to a run record what differs from call to call: latency, tokens, who answered.

        Where it is not `needed`, a record that is joined from several runs, or of another store, is given as it is.
        """
        try:
            return with_volatile(record, self.files(record.id))
        except StoreError:
            if needed:
                raise
            return record

    def facts(self, run_id: str) -> RunRecord:
        """Read a run record without its results."""
        return run_files.load_facts(self.files(run_id))

    def is_kept(self, run_id: str) -> bool:
        """Say whether a run is kept for good, and not for as long as it is among the last checks."""
        return self.archive.runs.has(run_id)

    def lines(self, run_id: str, name: str) -> Iterator[bytes]:
        """Read one of a run's files line by line; one that changed since it was stored is a StoreError at its end."""
        return run_files.load_lines(self.files(run_id), name)

    def texts(self, *run_ids: str) -> dict[str, str]:
        """Read the outputs and prompts of a run, or of several, by their digests."""
        found: dict[str, str] = {}
        for run_id in run_ids:
            found.update(run_files.load_texts(self.files(run_id)))
        return found

    def verdict(self, run_id: str) -> dict[str, Any]:
        """Read the verdict record that was stored with a run."""
        return run_files.load_object(self.files(run_id), "verdict.json")

    def runs(self) -> list[str]:
        """List the ids of all runs, oldest first."""
        return sorted({*self.archive.runs.ids(), *self._checks.ids()})

    def pointer_to(self, run_id: str) -> Pointer:
        """Name a stored run with the digest of its record."""
        text = run_files.load_text(self.files(run_id), "run.json")
        return Pointer(run_id, digest_of_bytes(text.encode("utf-8")))

    def pointers(self) -> Pointers:
        """Read the named pointers; none in a store that is not there yet."""
        return read_pointers(self.archive.pointers(), self.archive.where(POINTERS))

    def move(self, before: Pointers, after: Pointers, *entries: LogEntry) -> None:
        """Set the pointers and log why, unless somebody moved them since `before` was read.

        A check run that is pointed at becomes one that is kept.
        """
        self._swap(before, after, entries)

    def remove(self, before: Pointers, after: Pointers, *entries: LogEntry) -> None:
        """Set the pointers as `move` does, and remove the runs that the log's entries name."""
        self._swap(before, after, entries, drop=[entry.run for entry in entries])

    def _swap(
        self, before: Pointers, after: Pointers, entries: tuple[LogEntry, ...], drop: list[str] | None = None
    ) -> None:
        text = self.archive.pointers()
        if read_pointers(text, self.archive.where(POINTERS)) != before:
            raise MovedError(self.name)
        needs = {pointer.run for pointer in after.all() - before.all()}
        for run_id in sorted(needs):
            self._promote(run_id)
        lines = [log_line(entry) for entry in entries]
        self.archive.swap(text, pointers_text(after, entries), lines, needs=needs, drop=drop or ())

    def _promote(self, run_id: str) -> None:
        runs = self.archive.runs
        if runs.has(run_id) or not self._checks.has(run_id):
            return
        with suppress(TakenError):  # another process may have promoted it at this very moment
            runs.put(run_id, {name: run_files.load_text(self._checks.open(run_id), name) for name in FILES})

    def log(self) -> list[LogEntry]:
        """Read the log of pointer moves, oldest first."""
        return read_log(self.archive.log(), self.archive.where(LOG))

    def has_history(self) -> bool:
        """Say whether anything was ever accepted here."""
        return self.archive.pointers() is not None or bool(self.archive.log())

    def occupy(self, since: str) -> Callable[[], None]:
        """Keep other runs out, from now until the function is called that is given back; `since` is shown to them."""
        prepare(self.folder)
        told = f"{self.folder}: another run is using this store, {{}}: wait until it has ended"
        return hold(self.cache / "run.lock", f"process {os.getpid()} since {since}", told)

    def files(self, run_id: str) -> RunFiles:
        """Give the files of a run, kept or not; one that is not there is a StoreError."""
        for runs in (self._checks, self.archive.runs):
            if runs.has(run_id):
                return runs.open(run_id)
        raise absent(self.name, run_id)

    def _drop_old_checks(self, newest: str) -> None:
        """Keep the last checks by their ids, and in any case the one just made: a clock may have been set back."""
        others = sorted(path for path in (self.cache / "runs").glob("[!.]*") if path.name != newest)
        for path in others[: 1 - CHECKS_KEPT]:
            shutil.rmtree(path, ignore_errors=True)


class FolderStore(Store):
    """The default store, wholly in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(FolderArchive(folder), folder)
