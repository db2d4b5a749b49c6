"""What a place must do that keeps runs, pointers and their log: a folder, a database, a bucket, or one of your own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pytest_goldenprompt.errors import StoreError

FILES = ("cases.jsonl", "run.json", "texts.jsonl", "verdict.json", "volatile.jsonl")
"""The files that make up a run, wherever it is kept; they are UTF-8 text and end with a line break."""


class MovedError(StoreError):
    """A pointer that somebody else moved since it was read; nothing was changed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}: the baseline was moved meanwhile by another process: look at `goldenprompt log`, then retry"
        )


class TakenError(StoreError):
    """A run that cannot be kept, as one of its id is there already."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place}: cannot be written: a run of that id is there already")


@dataclass(frozen=True, slots=True)
class RunFiles:
    """One run's files, read line by line (each with its end) by their names; `where` is how messages name them."""

    where: str
    lines: Callable[[str], Iterator[bytes]]


class Runs(Protocol):
    """Runs by their ids, each a set of FILES that appears in one step and never changes."""

    def ids(self) -> Iterable[str]:
        """Give the ids of all runs."""
        ...

    def has(self, run_id: str) -> bool:
        """Say whether a run is there; any text may be asked for."""
        ...

    def open(self, run_id: str) -> RunFiles:
        """Give the files of a run that is there."""
        ...

    def put(self, run_id: str, files: Mapping[str, str]) -> None:
        """Keep a run, whole or not at all; TakenError where one of that id is there already."""
        ...


class Archive(Protocol):
    """Where the runs that are kept, the pointers to them and the log of moves are.

    All texts are made and read by the store: an archive keeps them to the letter and understands none of them. What
    cannot be read or written is a StoreError. Nothing is opened before it is first used. `name` is how people are told
    of it: the URL that it was opened by, without a password.
    """

    name: str

    @property
    def runs(self) -> Runs:
        """Give the runs that are kept."""
        ...

    def where(self, part: str) -> str:
        """Name one part of it in messages."""
        ...

    def pointers(self) -> str | None:
        """Give the text of the pointers, None where there never were any."""
        ...

    def log(self) -> Sequence[str]:
        """Give the lines of the log, oldest first, without their ends."""
        ...

    def swap(
        self,
        before: str | None,
        after: str,
        lines: Sequence[str],
        *,
        needs: Collection[str] = (),
        drop: Collection[str] = (),
    ) -> None:
        """Replace the pointers' text, add lines to the log, and remove the runs of `drop`, all in one step.

        MovedError, and nothing is changed, unless the text is still `before`; a StoreError where a run of `needs` is
        not there. Of several processes at the same moment one wins. A process that is killed leaves what was or what is
        to be; only removed runs may be left behind, which nothing points at by then.
        """
        ...


def absent(name: str, run_id: str) -> StoreError:
    """Make the error for a run that is not there."""
    return StoreError(f"{name}: no run {run_id!r} is stored here: `goldenprompt list` shows those that are")
