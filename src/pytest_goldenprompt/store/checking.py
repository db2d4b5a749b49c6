"""Every byte of a store looked at: what is damaged, and what is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import Pointer, Pointers
from pytest_goldenprompt.store import codec, run_files
from pytest_goldenprompt.store.archive import RunFiles
from pytest_goldenprompt.store.ledger import (
    LOG,
    POINTERS,
    last_entries,
    log_line,
    pointers_text,
    read_log,
    read_pointers,
)
from pytest_goldenprompt.store.store import Store

RUNS = "list of runs"
LOST = {
    RUNS: "runs that no pointer names, as long as they cannot be listed",
    POINTERS: "which run is the baseline of which month, unless the log tells",
    LOG: "who moved which pointer, and why",
    "run.json": "the run: nothing says what its results are of",
    "cases.jsonl": "its results: nothing can be compared with it",
    "texts.jsonl": "its answers, which cannot be shown; no verdict needs them",
    "verdict.json": "its verdict; `goldenprompt compare` judges its results anew",
    "volatile.jsonl": "its latencies, response ids and tokens; no verdict needs them",
}
"""What each part of a store is needed for."""

OTHERWISE = "written otherwise than the store writes"


@dataclass(frozen=True, slots=True)
class Damage:
    """A part that is not what was written: a file of a run, the pointers or the log; `why` says where.

    `names` are the pointers to the run, as people know them.
    """

    part: str
    why: str
    run: str = ""
    names: tuple[str, ...] = ()

    @property
    def lost(self) -> str:
        """Say what is lost by it."""
        return LOST[self.part]


def check(store: Store) -> Iterator[Damage]:
    """Give what is damaged: pointers and log, then run by run, check runs too. Bytes that mean the same count too."""
    pointers, found = _checked_pointers(store)
    yield from found
    yield from _checked_log(store)
    named = _named(pointers)
    try:
        runs = store.runs()
    except StoreError as error:
        yield Damage(RUNS, str(error))
        runs = [run_id for run_id in sorted(named) if store.archive.runs.has(run_id)]
    for run_id in runs:
        pointed = named.get(run_id, {})
        for part, why in _checked_run(store, run_id, pointed.values()):
            yield Damage(part, why, run_id, tuple(pointed))
    for run_id in sorted(named.keys() - set(runs)):
        why = f"{store.name}: no run {run_id!r}, though a pointer names it"
        yield Damage("run.json", why, run_id, tuple(named[run_id]))


def _checked_pointers(store: Store) -> tuple[Pointers, list[Damage]]:
    where = store.archive.where(POINTERS)
    try:
        text = store.archive.pointers()
        pointers = read_pointers(text, where)
        if text is None and store.archive.log():
            return pointers, [Damage(POINTERS, f"{where}: not there, though there is a log")]
        by_hand = text is None or '"seal"' not in text  # as a person leaves it who merged it
        if by_hand or pointers_text(pointers, last_entries(text, where)) == text:
            return pointers, []
    except StoreError as error:
        return Pointers(), [Damage(POINTERS, str(error))]
    return pointers, [Damage(POINTERS, f"{where}: {OTHERWISE}")]


def _checked_log(store: Store) -> Iterator[Damage]:
    where, entries = store.archive.where(LOG), []
    try:
        lines = store.archive.log()
    except StoreError as error:
        yield Damage(LOG, str(error))
        return
    for number, line in enumerate(lines, start=1):
        try:
            [entry] = read_log([line], where)
        except StoreError as error:
            yield Damage(LOG, str(error).replace(f"{where}:1:", f"{where}:{number}:"))
            continue
        entries.append(entry)
        if log_line(entry) != line:
            yield Damage(LOG, f"{where}:{number}: {OTHERWISE}")
    try:
        last = last_entries(store.archive.pointers(), store.archive.where(POINTERS))
    except StoreError:
        return
    if any(entry not in entries for entry in last):
        yield Damage(LOG, f"{where}: the last move is not in it")


def _named(pointers: Pointers) -> dict[str, dict[str, Pointer]]:
    """Give the pointers to each run by what people call them."""
    named: dict[str, dict[str, Pointer]] = {}
    every = {f"baseline of {month}": pointer for month, pointer in sorted(pointers.months.items())}
    for name, pointer in {**every, **({"anchor": pointers.anchor} if pointers.anchor else {})}.items():
        named.setdefault(pointer.run, {})[name] = pointer
    return named


def _checked_run(store: Store, run_id: str, pointed: Iterable[Pointer]) -> Iterator[tuple[str, str]]:
    """Give the damaged files of a run, each with why; without its `run.json` no other can be held against anything."""
    try:
        files = store.files(run_id)
        _check_about(files, run_id, pointed)
    except StoreError as error:
        yield "run.json", str(error)
        return
    for part, read in READ.items():
        try:
            read(files)
        except StoreError as error:
            yield part, str(error)


def _check_about(files: RunFiles, run_id: str, pointed: Iterable[Pointer]) -> None:
    where = f"{files.where}/run.json"
    record = run_files.load_facts(files)
    if record.id != run_id:
        raise StoreError(f"{where}: not of run {run_id!r}, found {record.id!r}")
    text = run_files.load_text(files, "run.json")
    if run_files.about_text(codec.unsealed(codec.read_object(text, where), where)) != text:
        raise StoreError(f"{where}: {OTHERWISE}")
    for pointer in pointed:
        run_files.check_digest(text, pointer.digest, where)


READ: Mapping[str, Callable[[RunFiles], object]] = {
    "cases.jsonl": run_files.load_run,
    "texts.jsonl": run_files.load_texts,
    "verdict.json": lambda files: run_files.load_object(files, "verdict.json"),
    "volatile.jsonl": run_files.load_volatile,
}
