"""The default store: a folder of text files, to be committed with the prompts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.files import append_line, read_text, write_file, write_folder

CHECKS_KEPT = 20
IGNORED = "# Check runs and reports can be made again; run records and pointers are to be committed.\n/cache/\n"


class FolderStore:
    """Run records under `runs/`, check runs under `cache/runs/` (ignored by git), pointers and their log beside them.

    A record's folder appears in one step and never changes; its `run.json` holds the digests of the other files, and
    a pointer holds the digest of `run.json`, so that a change by hand is found when the record is read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recordings = folder / "answers"
        self.cache = folder / "cache"

    def save(self, record: RunRecord, texts: Mapping[str, str], verdict: str, *, keep: bool) -> Pointer:
        """Store a run: for good where `keep` is true, otherwise among the last check runs."""
        files = _files(record, texts, verdict)
        self._prepare()
        home = self.folder / "runs" if keep else self.cache / "runs"
        write_folder(home / record.id, files)
        if not keep:
            self._drop_old_checks()
        return Pointer(record.id, digest_of_bytes(files["run.json"].encode("utf-8")))

    def promote(self, run_id: str) -> None:
        """Make a check run one that is kept."""
        home = self._home(run_id)
        kept = self.folder / "runs" / run_id
        if home != kept:
            write_folder(kept, {path.name: read_text(path) for path in sorted(home.iterdir())})

    def load(self, pointer: Pointer | str) -> RunRecord:
        """Read a run record; a missing, damaged or changed one is a StoreError."""
        run_id = pointer if isinstance(pointer, str) else pointer.run
        return read_run(self._home(run_id), None if isinstance(pointer, str) else pointer.digest)

    def texts(self, run_id: str) -> dict[str, str]:
        """Read the outputs and prompts of a run by their digests."""
        path = self._home(run_id) / "texts.jsonl"
        return {line["digest"]: line["text"] for line in codec.read_lines(read_text(path), str(path))}

    def verdict(self, run_id: str) -> dict[str, Any]:
        """Read the verdict record that was stored with a run."""
        path = self._home(run_id) / "verdict.json"
        return _read_object(path)

    def runs(self) -> list[str]:
        """List the ids of all runs, oldest first."""
        homes = (self.folder / "runs", self.cache / "runs")
        found = {path.name for home in homes if home.is_dir() for path in home.iterdir() if path.name[0] != "."}
        return sorted(found)

    def pointer_to(self, run_id: str) -> Pointer:
        """Name a stored run with the digest of its record."""
        path = self._home(run_id) / "run.json"
        return Pointer(run_id, digest_of_bytes(read_text(path).encode("utf-8")))

    def pointers(self) -> Pointers:
        """Read the named pointers; none in a store that is not there yet."""
        path = self.folder / "baselines.json"
        if not path.exists():
            return Pointers()
        plain = _read_object(path)
        try:
            months = {month: codec.build(Pointer, item, str(path)) for month, item in plain["months"].items()}
            anchor = codec.build(Pointer, plain["anchor"], str(path)) if plain.get("anchor") else None
        except (KeyError, AttributeError, TypeError):
            raise StoreError(f"{path}: not a map of pointers: restore it from version control") from None
        return Pointers(months, anchor)

    def move(self, before: Pointers, after: Pointers, entry: LogEntry) -> None:
        """Set the pointers, unless somebody moved them since `before` was read; the log's line comes first."""
        if self.pointers() != before:
            raise StoreError(
                f"{self.folder}: the baseline was moved meanwhile: look at `goldenprompt list`, then retry"
            )
        self._prepare()
        append_line(self.folder / "log.jsonl", codec.line_of(codec.without_defaults(entry)))
        plain = {
            "anchor": codec.without_defaults(after.anchor) if after.anchor else None,
            "months": {month: codec.without_defaults(pointer) for month, pointer in after.months.items()},
        }
        write_file(self.folder / "baselines.json", json.dumps(plain, indent=2, sort_keys=True) + "\n")

    def log(self) -> list[LogEntry]:
        """Read the log of pointer moves, oldest first."""
        path = self.folder / "log.jsonl"
        if not path.exists():
            return []
        return [codec.build(LogEntry, line, str(path)) for line in codec.read_lines(read_text(path), str(path))]

    def has_history(self) -> bool:
        """Say whether anything was ever accepted here."""
        return (self.folder / "baselines.json").exists()

    def _home(self, run_id: str) -> Path:
        for home in (self.folder / "runs", self.cache / "runs"):
            if (home / run_id / "run.json").is_file() and run_id not in {"", ".", ".."}:
                return home / run_id
        raise StoreError(f"{self.folder}: no run {run_id!r} is stored here: `goldenprompt list` shows those that are")

    def _prepare(self) -> None:
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            write_file(ignore, IGNORED)

    def _drop_old_checks(self) -> None:
        old = sorted(path for path in (self.cache / "runs").iterdir() if path.name[0] != ".")[:-CHECKS_KEPT]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)


def read_run(home: Path, digest: str | None = None) -> RunRecord:
    """Read the record in one run's folder; `digest` is that of its `run.json` as a pointer holds it."""
    path = home / "run.json"
    text = read_text(path)
    if digest is not None and digest_of_bytes(text.encode("utf-8")) != digest:
        raise StoreError(f"{path}: changed since it was accepted: restore it from version control")
    plain = _read_object(path)
    cases = read_text(home / "cases.jsonl")
    if digest_of_bytes(cases.encode("utf-8")) != plain.get("files", {}).get("cases.jsonl"):
        raise StoreError(f"{home / 'cases.jsonl'}: changed since it was stored: restore it from version control")
    return codec.record_from_plain(plain, codec.read_lines(cases, str(home / "cases.jsonl")), str(path))


def _files(record: RunRecord, texts: Mapping[str, str], verdict: str) -> dict[str, str]:
    files = {
        "cases.jsonl": codec.cases_text(record),
        "texts.jsonl": _lines(codec.line_of({"digest": key, "text": texts[key]}) for key in sorted(texts)),
    }
    plain = codec.facts_to_plain(record)
    plain["files"] = {name: digest_of_bytes(content.encode("utf-8")) for name, content in files.items()}
    return {
        "run.json": json.dumps(plain, indent=1, sort_keys=True, allow_nan=False) + "\n",
        "volatile.jsonl": _lines(codec.volatile_lines(record)),
        "verdict.json": verdict,
        **files,
    }


def _lines(lines: Any) -> str:
    return "".join(f"{line}\n" for line in lines)


def _read_object(path: Path) -> dict[str, Any]:
    try:
        plain = json.loads(read_text(path))
    except ValueError as error:
        raise StoreError(f"{path}: damaged: {error}") from None
    if not isinstance(plain, dict):
        raise StoreError(f"{path}: damaged: not a JSON object")
    return plain
