"""A store copied into another one, to the letter: runs, pointers and log, each looked at on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.store.archive import FILES
from pytest_goldenprompt.store.checking import check
from pytest_goldenprompt.store.ledger import POINTERS, last_entries, log_line, pointers_text, read_pointers
from pytest_goldenprompt.store.run_files import load_text
from pytest_goldenprompt.store.store import Store


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy brought: runs, and moves of pointers; `there` runs were there already."""

    runs: int
    there: int
    moves: int


def copy(source: Store, target: Store) -> Copied:
    """Bring over all runs that are kept, then pointers and log; what is there already must be the same.

    Nothing is copied of a source that is damaged. A copy that was cut off is gone on with by the next one. A StoreError
    where the target has a run of the same id with another content, or moves that the source has not.
    """
    damages = [damage.why for damage in check(source) if not damage.run or source.is_kept(damage.run)]
    if damages:
        raise StoreError(f"nothing was copied: {damages[0]} (`goldenprompt fsck` lists all that is damaged)")
    lines, log = list(source.archive.log()), list(target.archive.log())
    if lines[: len(log)] != log or (lines == log and source.pointers() != target.pointers()):
        what = f"its pointers were moved otherwise than those of {source.name}"
        raise StoreError(f"{target.name}: {what}: copy into a new store")
    runs = sorted(source.archive.runs.ids())
    brought = sum(_bring(source, target, run_id) for run_id in runs)
    _move(source, target, lines[len(log) :])
    return Copied(brought, len(runs) - brought, len(lines) - len(log))


def _bring(source: Store, target: Store, run_id: str) -> bool:
    """Copy a run and read it back; one that is there already is compared."""
    files = _files(source, run_id)
    there = target.archive.runs.has(run_id)
    if not there:
        target.archive.runs.put(run_id, files)
    if _files(target, run_id) != files:
        where = target.archive.where(f"runs/{run_id}")
        raise StoreError(f"{where}: another run of that id is there: copy into a new store")
    return not there


def _files(store: Store, run_id: str) -> dict[str, str]:
    kept = store.archive.runs.open(run_id)
    return {name: load_text(kept, name) for name in FILES}


def _move(source: Store, target: Store, lines: Sequence[str]) -> None:
    """Add to the log and set the pointers; all moves but the last leave no pointers of their own."""
    text = source.archive.pointers()
    before = target.archive.pointers()
    if text is None or (not lines and text == before):
        return
    last = [log_line(entry) for entry in last_entries(text, source.archive.where(POINTERS))]
    earlier = lines[: len(lines) - len(last)] if lines[len(lines) - len(last) :] == last else lines
    if earlier:
        kept = before if before is not None else pointers_text(read_pointers(None, ""), ())
        target.archive.swap(before, kept, earlier)
        before = kept
    target.archive.swap(before, text, lines[len(earlier) :])
