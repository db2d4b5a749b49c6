"""A verdict record as it was handed over, with the stored run that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_goldenprompt.cli.refusal import DeniedError, Why
from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.reports.verdict_shape import read_record
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.files import read_text
from pytest_goldenprompt.store.folder import read_part, read_run
from pytest_goldenprompt.store.store import FolderStore, Store

RECORD = "verdict.json"
AGAIN = "run the gate again, and carry its verdict record and the folder of its run to where this is called"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a record claims (as plain data, in the file `path`), and the run, in the folder `home`, that it is about."""

    path: Path
    record: dict[str, Any]
    home: Path
    run: RunRecord


def read_claim(path: Path, beside: Path | None, store: Store) -> Claim:
    """Read a record, and the run that it is about; what is missing, damaged or not the run's own is refused.

    `path` is the record's or its run's folder. The run is looked for in `beside`, where that is given, else beside the
    record and in the store.
    """
    path = path / RECORD if path.is_dir() else path
    try:
        text = read_text(path)
        record = read_record(text, str(path))
        run_id = record["run"]["id"]
        home = _found(run_id, [beside] if beside else [path.parent, store.folder])
        if home is None:
            raise _missing(run_id, path, beside, store)
        run, digest = _read_run(home)
    except (StoreError, InputError) as error:
        raise DeniedError(Why.UNREADABLE, str(error), AGAIN) from None
    if digest_of_bytes(text.encode("utf-8")) != digest:
        what = f"{path} is not the record that run {run.id} was stored with"
        raise DeniedError(Why.TAMPERED, what, "take both from one and the same run, as it left them")
    return Claim(path, record, home, run)


def _found(run_id: str, folders: list[Path]) -> Path | None:
    return next((home for folder in folders for home in _places(folder, run_id) if (home / "run.json").exists()), None)


def _missing(run_id: str, path: Path, beside: Path | None, store: Store) -> Exception:
    """Say where the run was looked for; one that a database or a bucket keeps has to be brought into a folder."""
    if beside is None and not isinstance(store, FolderStore) and store.is_kept(run_id):
        what = f"{path}: the run that it is about, {run_id}, is in {store.name}, and verify reads runs in folders alone"
        return DeniedError(Why.UNREADABLE, what, "`goldenprompt copy` the store to dir:FOLDER, and pass --run FOLDER")
    looked = str(beside) if beside else f"{path.parent} and {store.folder}"
    return StoreError(f"{path}: the run that it is about, {run_id}, is not in {looked}")


def _places(folder: Path, run_id: str) -> Iterator[Path]:
    """List where a run may lie: it is the folder, or in it, or in a store that the folder is or holds."""
    yield folder
    if Path(run_id).name != run_id or run_id == "..":
        return
    yield folder / run_id
    for store in (folder, folder / ".goldenprompt"):
        yield from (store / "runs" / run_id, store / "cache" / "runs" / run_id)


def _read_run(home: Path) -> tuple[RunRecord, str]:
    """Read a run as it was stored: sealed, and each of its files as `run.json` knows it; and its record's digest."""
    path = home / "run.json"
    text = read_text(path)
    plain = codec.read_object(text, str(path))
    if "seal" not in plain:
        raise StoreError(f"{path}: changed by hand: its seal is gone")
    run = read_run(home, digest_of_bytes(text.encode("utf-8")))
    read_part(home, "texts.jsonl")
    return run, plain["files"].get(RECORD, "")
