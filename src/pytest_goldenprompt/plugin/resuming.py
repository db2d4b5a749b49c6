"""What an earlier one that was cut off has already paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pytest_goldenprompt.engine.journal import Journal
from pytest_goldenprompt.engine.unfinished import Purpose, Unfinished
from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.store.store import Store

CONTROLLER = "main"
"""The journal of the process that concludes the run; workers' are called by their names."""


@dataclass(frozen=True, slots=True)
class Resuming:
    """The journals of this run and of those it goes on with."""

    unfinished: Unfinished
    journal: Journal
    shown: str
    """The folder of journals, as people are told of it."""

    def told(self) -> dict[str, Any]:
        """Give what a worker needs to find them."""
        return {"run": self.unfinished.run_id, "earlier": self.unfinished.earlier}

    def line(self) -> str:
        """Say in the header what is gone on with; empty where nothing is."""
        since = self.unfinished.since()
        if not len(self.journal) or since is None:
            return ""
        count, moment = len(self.journal), since.strftime("%Y-%m-%d %H:%M")
        answers = f"{count:,} answer{'s' * (count != 1)}"
        return (
            f"going on, where nothing changed, with {answers} of the run of {moment} UTC, which was cut off; "
            f"to ask anew, delete {self.shown}"
        )

    def end(self, record: RunRecord) -> str:
        """Forget what is stored now; where something is left to go on with, say so."""
        self.journal.close()
        if not self.unfinished.end(record):
            return ""
        return "answers are kept: run the same command within 24 hours to go on without paying for them again"


def resume(store: Store, facts: Facts) -> Resuming:
    """Take up what was cut off, in a store that this process occupies; StoreError where nothing can be written."""
    home, purpose = store.cache / "journal", Purpose(facts.kind.value, facts.month, facts.tool)
    try:
        unfinished = Unfinished.begin(home, facts.id, purpose, facts.started)
    except OSError as error:
        raise StoreError(f"{home}: cannot be written: {error.strerror}") from None
    return Resuming(unfinished, unfinished.journal(CONTROLLER), str(home))


def workers_journal(store: Store, told: dict[str, Any], worker: str) -> Journal:
    """Open a worker's journal as its controller told it."""
    return Unfinished(store.cache / "journal", told["run"], tuple(told["earlier"])).journal(worker)
