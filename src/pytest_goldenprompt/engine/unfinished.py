"""Runs that did not come to their end: which there are, and which of them another run may go on with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pytest_goldenprompt.engine.journal import Journal
from pytest_goldenprompt.model.record import RunRecord

FRESH = timedelta(hours=24)
"""For so long after its start a run that was cut off is gone on with: models change, and so does what is meant."""

ABOUT = "about.json"
ANSWERS = "*.jsonl"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a run must have in common with one that was cut off to go on with its answers."""

    kind: str
    month: str
    tool: str


class Unfinished:
    """The journals of a store: a folder a run, a file in it for each of the run's processes.

    The caller keeps other runs away from `home`, so that whatever else lies there is of runs that are over.
    """

    def __init__(self, home: Path, run_id: str, earlier: tuple[str, ...] = ()) -> None:
        self.home = home
        self.run_id = run_id
        self.earlier = earlier

    @classmethod
    def begin(cls, home: Path, run_id: str, purpose: Purpose, now: datetime) -> Unfinished:
        """Find the runs to go on with, oldest first, and remove those that are too old or empty; `now` is in UTC."""
        earlier = []
        for folder in sorted(path for path in home.glob("*") if path.is_dir()):
            started, other = _about(folder)
            if started is None or not timedelta(0) <= now - started <= FRESH or not any(folder.glob(ANSWERS)):
                shutil.rmtree(folder, ignore_errors=True)
            elif other == purpose:
                earlier.append(folder.name)
        folder = home / run_id
        folder.mkdir(parents=True, exist_ok=True)
        about = {**asdict(purpose), "started": now.isoformat()}
        (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8", newline="\n")
        return cls(home, run_id, tuple(earlier))

    def journal(self, process: str) -> Journal:
        """Open the journal of one process of the run; the name is that of no other process of the same run."""
        files = [file for name in self.earlier for file in sorted((self.home / name).glob(ANSWERS))]
        return Journal(self.home / self.run_id / f"{process}.jsonl", files)

    def since(self) -> datetime | None:
        """Give the start of the first run that is gone on with."""
        return _about(self.home / self.earlier[0])[0] if self.earlier else None

    def end(self, record: RunRecord) -> bool:
        """Remove what the run has no use for any more, and say whether answers are left for another to go on with.

        A run that looked at a part of the cases, or is a shard, leaves the others' answers where they are.
        """
        finished = is_finished(record)
        own = self.home / self.run_id
        if finished or not any(own.glob(ANSWERS)):
            shutil.rmtree(own, ignore_errors=True)
        if finished and not record.narrowed and record.shard is None:
            for name in self.earlier:
                shutil.rmtree(self.home / name, ignore_errors=True)
        return not finished and any(self.home.glob(f"*/{ANSWERS}"))


def is_finished(record: RunRecord) -> bool:
    """Say whether a run called for all that it was to call for, whatever became of it."""
    return not record.stopped and not any(_uncalled(record))


def _uncalled(record: RunRecord) -> Iterator[bool]:
    """Find repeats for which a call was not made, a judge's too, as a limit or an outage stopped the run before."""
    for case in record.cases:
        for repeat in case.repeats:
            yield repeat.error is not None and (not repeat.attempts or repeat.unjudged)


def _about(folder: Path) -> tuple[datetime | None, Purpose | None]:
    try:
        plain = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        started = datetime.fromisoformat(plain.pop("started"))
        return (started, Purpose(**plain)) if started.tzinfo else (None, None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, None
