"""The default archive: a folder of text files, to be committed with the prompts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.store import run_files
from pytest_goldenprompt.store.archive import MovedError, RunFiles, absent
from pytest_goldenprompt.store.case_lines import Known
from pytest_goldenprompt.store.files import (
    append_lines,
    read_lines,
    read_text,
    remove_folders,
    write_file,
    write_folder,
)
from pytest_goldenprompt.store.ledger import LOG, POINTERS, unlogged
from pytest_goldenprompt.store.lock import alone

IGNORED = """\
# Check runs and reports can be made again; run records and pointers are to be committed,
# whatever files of their names the repository ignores elsewhere.
!/runs/**
/cache/
# Left behind where a process was killed while it wrote.
/.*.[0-9]*
/runs/.*
"""


class FolderRuns:
    """Runs as folders that stand side by side."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def ids(self) -> Iterable[str]:
        """Give the names of the folders that hold a run."""
        return {path.parent.name for path in self.home.glob("[!.]*/run.json")}

    def has(self, run_id: str) -> bool:
        """Say whether a run is there; no name leads out of the folder."""
        return Path(run_id).name == run_id != ".." and (self.home / run_id / "run.json").is_file()

    def open(self, run_id: str) -> RunFiles:
        """Give the files of a run's folder."""
        return files_in(self.home / run_id)

    def put(self, run_id: str, files: Mapping[str, str]) -> None:
        """Make a run's folder appear in one step."""
        write_folder(self.home / run_id, files)


class KeptRuns(FolderRuns):
    """The runs of an archive, below its folder."""

    def put(self, run_id: str, files: Mapping[str, str]) -> None:
        """Make a run's folder appear in one step, in a folder that says what is to be committed."""
        prepare(self.home.parent)
        super().put(run_id, files)


class FolderArchive:
    """Run records under `runs/`, pointers and their log beside them; check runs are in `cache/`, ignored by git."""

    def __init__(self, folder: Path, name: str = "") -> None:
        self.folder = folder
        self.name = name or str(folder)
        self.runs = KeptRuns(folder / "runs")

    def where(self, part: str) -> str:
        """Name a file of it."""
        return str(self.folder / part)

    def pointers(self) -> str | None:
        """Read the pointers' file."""
        path = self.folder / POINTERS
        return read_text(path) if path.exists() else None

    def log(self) -> Sequence[str]:
        """Read the log, with the lines of a move whose process was killed before it wrote them there."""
        logged = self._logged()
        return [*logged, *self._unlogged(logged)]

    def swap(
        self,
        before: str | None,
        after: str,
        lines: Sequence[str],
        *,
        needs: Collection[str] = (),
        drop: Collection[str] = (),
    ) -> None:
        """Replace pointers and log, then remove runs, and what a kill left; one process is served at a time.

        The pointers' file is replaced in one step and holds the new lines of the log as well: a process that is killed
        leaves both as they were or both as they are to be. The lock's file is where git does not look.
        """
        prepare(self.folder)
        with alone(self.folder / "cache" / "lock"):
            if self.pointers() != before:
                raise MovedError(self.name)
            for run_id in needs:
                if not self.runs.has(run_id):
                    raise absent(self.name, run_id)
            if left := self._unlogged(self._logged()):
                append_lines(self.folder / LOG, left)
            write_file(self.folder / POINTERS, after)
            append_lines(self.folder / LOG, lines)
            remove_folders([self.runs.home / run_id for run_id in drop])

    def _logged(self) -> list[str]:
        path = self.folder / LOG
        return [line for line in read_text(path).split("\n") if line] if path.exists() else []

    def _unlogged(self, logged: Sequence[str]) -> list[str]:
        return unlogged(self.pointers(), logged, (self.where(POINTERS), self.where(LOG)))


def prepare(folder: Path) -> None:
    """Let git ignore what is of this machine alone."""
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_file(ignore, IGNORED)


def files_in(home: Path) -> RunFiles:
    """Give the files of a run in a folder."""
    return RunFiles(str(home), lambda name: read_lines(home / name))


def read_run(home: Path, digest: str | None = None, known: Known | None = None) -> RunRecord:
    """Read the record in one run's folder; `digest` is that of its `run.json` as a pointer holds it."""
    return run_files.load_run(files_in(home), digest, known)


def read_part(home: Path, name: str) -> str:
    """Read one of the files in a run's folder as text and hold it against the digest in `run.json`."""
    return run_files.load_part(files_in(home), name)
