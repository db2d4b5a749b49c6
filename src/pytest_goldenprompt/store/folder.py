"""The default store: a folder of text files, to be committed with the prompts."""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.case_lines import Known, read_cases
from pytest_goldenprompt.store.files import read_lines, read_text, remove_folders, write_file, write_folder
from pytest_goldenprompt.store.ledger import LOG, POINTERS, MovedError, read_log, read_pointers, write_move
from pytest_goldenprompt.store.lock import alone, hold
from pytest_goldenprompt.store.volatile import with_volatile

CHECKS_KEPT = 20
IGNORED = """\
# Check runs and reports can be made again; run records and pointers are to be committed,
# whatever files of their names the repository ignores elsewhere.
!/runs/**
/cache/
# Left behind where a process was killed while it wrote.
/.*.[0-9]*
/runs/.*
"""
FILES = ("cases.jsonl", "run.json", "texts.jsonl", "verdict.json", "volatile.jsonl")


class FolderStore:
    """Run records under `runs/`, check runs under `cache/runs/` (ignored by git), pointers and their log beside them.

    A record's folder appears in one step and never changes; its `run.json` holds the digests of the other files, and
    a pointer holds the digest of `run.json`, so that a change by hand is found when the record is read. `run.json` and
    the pointers' file carry a seal besides, for a run that is named by its id alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recordings = folder / "answers"
        self.cache = folder / "cache"

    def save(
        self, record: RunRecord, texts: Mapping[str, str], verdict: str, *, keep: bool, cases: str | None = None
    ) -> Pointer:
        """Store a run: for good where `keep` is true, otherwise among the last check runs.

        `cases` are its results as text, where the caller has written them already.
        """
        try:
            files = _files(record, texts, verdict, cases)
        except (TypeError, ValueError) as error:
            raise StoreError(f"run {record.id}: cannot be written as JSON: {error}") from None
        self._prepare()
        home = self.folder / "runs" if keep else self.cache / "runs"
        write_folder(home / record.id, files)
        if not keep:
            self._drop_old_checks(record.id)
        return Pointer(record.id, digest_of_bytes(files["run.json"].encode("utf-8")))

    def load(self, pointer: Pointer | str, known: Known | None = None) -> RunRecord:
        """Read a run record; a missing, damaged or changed one is a StoreError.

        Records that are read with the same `known` share the results that are equal to the letter.
        """
        run_id = pointer if isinstance(pointer, str) else pointer.run
        record = read_run(self._home(run_id), None if isinstance(pointer, str) else pointer.digest, known)
        if record.id != run_id:
            raise StoreError(f"{self.folder}: the folder of run {run_id!r} holds another, found {record.id!r}")
        return record

    def whole(self, record: RunRecord, *, needed: bool = True) -> RunRecord:
        """Add to a run record what differs from call to call: latency, tokens, who answered.

        Where it is not `needed`, a record that is joined from several runs, or of another store, is given as it is.
        """
        try:
            return with_volatile(record, self._home(record.id))
        except StoreError:
            if needed:
                raise
            return record

    def facts(self, run_id: str) -> RunRecord:
        """Read a run record without its results."""
        home = self._home(run_id)
        return codec.record_from_plain(_about(home), (), str(home / "run.json"))

    def is_kept(self, run_id: str) -> bool:
        """Say whether a run is kept for good, and not for as long as it is among the last checks."""
        return self._home(run_id).parent == self.folder / "runs"

    def home(self, run_id: str) -> Path:
        """Give the folder of a run, for what reads its files line by line."""
        return self._home(run_id)

    def lines(self, run_id: str, name: str) -> Iterator[bytes]:
        """Read one of a run's files line by line; one that changed since it was stored is a StoreError at its end."""
        home = self._home(run_id)
        return _lines_of(home, name, _about(home))

    def texts(self, *run_ids: str) -> dict[str, str]:
        """Read the outputs and prompts of a run, or of several, by their digests."""
        found = {}
        for home in map(self._home, run_ids):
            lines = codec.read_lines(read_part(home, "texts.jsonl"), str(home / "texts.jsonl"))
            found.update({line["digest"]: line["text"] for line in lines})
        return found

    def verdict(self, run_id: str) -> dict[str, Any]:
        """Read the verdict record that was stored with a run."""
        home = self._home(run_id)
        return codec.read_object(read_part(home, "verdict.json"), str(home / "verdict.json"))

    def runs(self) -> list[str]:
        """List the ids of all runs, oldest first."""
        homes = (self.folder / "runs", self.cache / "runs")
        return sorted({path.parent.name for home in homes for path in home.glob("[!.]*/run.json")})

    def pointer_to(self, run_id: str) -> Pointer:
        """Name a stored run with the digest of its record."""
        path = self._home(run_id) / "run.json"
        return Pointer(run_id, digest_of_bytes(read_text(path).encode("utf-8")))

    def pointers(self) -> Pointers:
        """Read the named pointers; none in a store that is not there yet."""
        return read_pointers(self.folder)

    def move(self, before: Pointers, after: Pointers, *entries: LogEntry) -> None:
        """Set the pointers and log why, unless somebody moved them since `before` was read.

        Of several processes one is served at a time. A check run that is pointed at becomes one that is kept.
        """
        with self._alone():
            if self.pointers() != before:
                raise MovedError(self.folder)
            for pointer in after.all() - before.all():
                self._promote(pointer.run)
            write_move(self.folder, after, entries)

    def remove(self, before: Pointers, after: Pointers, *entries: LogEntry) -> None:
        """Set the pointers as `move` does, then remove the runs that the log's entries name, and what a kill left."""
        with self._alone():
            if self.pointers() != before:
                raise MovedError(self.folder)
            write_move(self.folder, after, entries)
            remove_folders([self.folder / "runs" / entry.run for entry in entries])

    def _promote(self, run_id: str) -> None:
        home, kept = self._home(run_id), self.folder / "runs" / run_id
        if home != kept:
            write_folder(kept, {name: read_text(home / name) for name in FILES})

    def log(self) -> list[LogEntry]:
        """Read the log of pointer moves, oldest first."""
        return read_log(self.folder)

    def has_history(self) -> bool:
        """Say whether anything was ever accepted here."""
        return any((self.folder / name).exists() for name in (POINTERS, LOG))

    def occupy(self, since: str) -> Callable[[], None]:
        """Keep other runs out, from now until the function is called that is given back; `since` is shown to them."""
        self._prepare()
        told = f"{self.folder}: another run is using this store, {{}}: wait until it has ended"
        return hold(self.cache / "run.lock", f"process {os.getpid()} since {since}", told)

    def _home(self, run_id: str) -> Path:
        for home in (self.folder / "runs", self.cache / "runs"):
            if Path(run_id).name == run_id != ".." and (home / run_id / "run.json").is_file():
                return home / run_id
        raise StoreError(f"{self.folder}: no run {run_id!r} is stored here: `goldenprompt list` shows those that are")

    def _alone(self) -> AbstractContextManager[None]:
        """Keep other processes from moving pointers; the lock's file is where git does not look."""
        self._prepare()
        return alone(self.cache / "lock")

    def _prepare(self) -> None:
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            write_file(ignore, IGNORED)

    def _drop_old_checks(self, newest: str) -> None:
        """Keep the last checks by their ids, and in any case the one just made: a clock may have been set back."""
        others = sorted(path for path in (self.cache / "runs").glob("[!.]*") if path.name != newest)
        for path in others[: 1 - CHECKS_KEPT]:
            shutil.rmtree(path, ignore_errors=True)


def read_run(home: Path, digest: str | None = None, known: Known | None = None) -> RunRecord:
    """Read the record in one run's folder; `digest` is that of its `run.json` as a pointer holds it."""
    path = home / "run.json"
    text = read_text(path)
    if digest is not None and digest_of_bytes(text.encode("utf-8")) != digest:
        raise StoreError(f"{path}: changed since it was accepted: restore it from version control")
    plain = codec.unsealed(codec.read_object(text, str(path)), str(path))
    lines = _lines_of(home, "cases.jsonl", plain)
    try:
        cases = read_cases(lines, str(home / "cases.jsonl"), known)
    except StoreError:
        deque(lines, maxlen=0)  # at the end the digest is looked at: a change since then is told before what it broke
        raise
    return codec.record_from_plain(plain, cases, str(path))


def _lines_of(home: Path, name: str, plain: Mapping[str, Any]) -> Iterator[bytes]:
    """Read one of a run's files line by line, and hold it at its end against the digest in `run.json`."""
    seen, files = sha256(), plain.get("files")
    for line in read_lines(home / name):
        seen.update(line)
        yield line
    if not isinstance(files, dict) or files.get(name) != seen.hexdigest():
        raise StoreError(f"{home / name}: changed since it was stored: restore it from version control")


def read_part(home: Path, name: str) -> str:
    """Read one of a run's files as text and hold it against the digest in `run.json`."""
    content = b"".join(_lines_of(home, name, _about(home)))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise StoreError(f"{home / name}: damaged: not UTF-8 text") from None


def _about(home: Path) -> dict[str, Any]:
    path = home / "run.json"
    return codec.unsealed(codec.read_object(read_text(path), str(path)), str(path))


def _files(record: RunRecord, texts: Mapping[str, str], verdict: str, cases: str | None) -> dict[str, str]:
    files = {
        "cases.jsonl": codec.cases_text(record) if cases is None else cases,
        "texts.jsonl": _lines(codec.line_of({"digest": key, "text": texts[key]}) for key in sorted(texts)),
        "verdict.json": verdict,
    }
    plain = codec.facts_to_plain(record)
    plain["files"] = {name: digest_of_bytes(content.encode("utf-8")) for name, content in files.items()}
    return {
        "run.json": json.dumps(codec.sealed(plain), indent=1, sort_keys=True, allow_nan=False) + "\n",
        "volatile.jsonl": _lines(codec.volatile_lines(record)),
        **files,
    }


def _lines(lines: Any) -> str:
    return "".join(f"{line}\n" for line in lines)
