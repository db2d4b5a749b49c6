"""An archive in this process's memory: for a look that leaves nothing behind, and for tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from threading import Lock

from pytest_goldenprompt.store.archive import MovedError, RunFiles, TakenError, absent
from pytest_goldenprompt.store.packed import lines_in


class MemoryArchive:
    """Runs, pointers and log for as long as the object lives; it is its own collection of runs."""

    def __init__(self) -> None:
        self.name = "memory:"
        self._lock = Lock()
        self._runs: dict[str, dict[str, bytes]] = {}
        self._pointers: str | None = None
        self._log: list[str] = []

    @property
    def runs(self) -> MemoryArchive:
        """Give the runs."""
        return self

    def where(self, part: str) -> str:
        """Name a part of it."""
        return f"{self.name} {part}"

    def ids(self) -> Iterable[str]:
        """Give the ids of all runs."""
        return list(self._runs)

    def has(self, run_id: str) -> bool:
        """Say whether a run is there."""
        return run_id in self._runs

    def open(self, run_id: str) -> RunFiles:
        """Give the files of a run."""
        kept = self._runs[run_id]

        def lines(name: str) -> Iterator[bytes]:
            return lines_in(kept[name])

        return RunFiles(self.where(f"runs/{run_id}"), lines)

    def put(self, run_id: str, files: Mapping[str, str]) -> None:
        """Keep a run."""
        with self._lock:
            if run_id in self._runs:
                raise TakenError(self.where(f"runs/{run_id}"))
            self._runs[run_id] = {name: text.encode("utf-8") for name, text in files.items()}

    def pointers(self) -> str | None:
        """Give the text of the pointers."""
        return self._pointers

    def log(self) -> Sequence[str]:
        """Give the lines of the log."""
        return list(self._log)

    def swap(
        self,
        before: str | None,
        after: str,
        lines: Sequence[str],
        *,
        needs: Collection[str] = (),
        drop: Collection[str] = (),
    ) -> None:
        """Replace the pointers, add to the log, and remove runs."""
        with self._lock:
            if self._pointers != before:
                raise MovedError(self.name)
            for run_id in needs:
                if run_id not in self._runs:
                    raise absent(self.name, run_id)
            self._pointers = after
            self._log += lines
            for run_id in drop:
                self._runs.pop(run_id, None)
