"""Under --golden-batch: what would be asked is handed over, and collected by the same command later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pytest_goldenprompt.engine.attempt import told
from pytest_goldenprompt.engine.batches import Desk, Settled, Wanted
from pytest_goldenprompt.engine.calls import Run
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.engine.unfinished import is_finished
from pytest_goldenprompt.engine.waiting import wait
from pytest_goldenprompt.errors import GoldenpromptError, StoreError
from pytest_goldenprompt.model.batch import Batch
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.record import RunKind, RunRecord
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.store.batches import BATCHES, read_batches, write_batches
from pytest_goldenprompt.store.store import Store

FRESH = timedelta(days=7)
"""For so long a batch is collected: providers take a day at most, and what was answered longer ago is no news."""


class Batches:
    """The batches of this run's kind and month, and what became of them in this run.

    A run that does not collect (`collects` is false) leaves them alone, and says so.
    """

    collects = True

    def __init__(self, path: Path, batches: Iterable[Batch], facts: Facts, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._facts = facts
        self._clock = clock
        self._mine, self._others = list[Batch](), list[Batch]()
        for batch in batches:
            (self._mine if self._is_mine(batch) else self._others).append(batch)
        self._number = 0
        self._month_found = False
        self._used: set[str] = set()
        self.waits = ""
        """Why the run ends without a call; empty where it goes on."""
        self.told: list[str] = []

    @classmethod
    def under_way(
        cls, store: Store, facts: Facts, clock: Callable[[], datetime], *, month_found: bool = False
    ) -> Batches:
        """Read what was handed over before; what is too old to be collected is forgotten, and told.

        `month_found` says that nobody named the run's month: where it is an earlier one, batches are why.
        """
        path = store.cache / BATCHES
        batches = read_batches(path)
        fresh = [batch for batch in batches if _is_fresh(batch, facts.started)]
        made = cls(path, fresh, facts, clock)
        made.told += [
            f"{batch.id or 'a batch'} of {batch.submitted} was never collected: it is too old by now, and forgotten"
            for batch in batches
            if batch not in fresh
        ]
        if made.told:
            write_batches(path, fresh)
        made.told += made._left()
        made._month_found = month_found and facts.month < _month(facts.started)
        return made

    @classmethod
    def left_alone(cls, store: Store, facts: Facts, clock: Callable[[], datetime]) -> Batches:
        """Look at what was handed over before in a run that does not collect; a file that is damaged is no concern."""
        path = store.cache / BATCHES
        try:
            batches = read_batches(path)
        except StoreError:
            batches = ()
        made = cls(path, [batch for batch in batches if _is_fresh(batch, facts.started)], facts, clock)
        made.collects = False
        return made

    def line(self) -> str:
        """Say in the header what was handed over before; empty where nothing was."""
        count = sum(len(batch.requests) for batch in self._mine)
        requests = f"{count:,} request{'s' * (count != 1)} handed over in batches for {self._facts.month}"
        what = "collected, if they are answered" if self.collects else "called for anew: --golden-batch collects them"
        return f"{requests} will be {what}" if count else ""

    def settle(self, engine: Engine, traffic: Traffic, jobs: Iterable[Job]) -> None:
        """Collect and hand over what these jobs ask. What was answered is recalled from the journal from then on."""
        asked = [Wanted(job.asked, job.provider, request) for job in jobs for request in job.requests]
        self._used = {one.name for one in asked}
        if asked and self._month_found and not any(self._used & set(batch.requests) for batch in self._mine):
            self.waits = self._astray()
            return
        wanted = {one.name: one for one in asked if traffic.journal.recall(one.who, one.request) is None}
        desk = Desk(self._mine, self._remember, self._begin, lambda all_: _shortage(traffic, all_))
        try:
            settled = wait(engine.do(partial(_at, desk, wanted)))
        except CancelledError:
            settled = Settled(waits=engine.stopped)
        except Exception as error:  # noqa: BLE001 - a full disk, or whatever a provider of somebody else's raises
            settled = Settled(waits=str(error) if isinstance(error, GoldenpromptError) else told(error))
        self.waits = settled.waits
        self.told += settled.told
        for name, answer in settled.answers.items():
            traffic.journal.take(wanted[name].who, wanted[name].request, answer)

    def end(self, record: RunRecord) -> None:
        """Forget what a finished run had use for.

        A run that looked at a part of the cases leaves the others', and one with a file that cannot be read all.
        """
        if not self.collects or not is_finished(record):
            return
        partial = bool(record.narrowed) or any(prompt.error for prompt in record.prompts)
        left = [batch for batch in self._mine if partial and not set(batch.requests) <= self._used]
        self.told += [
            f"{batch.id or 'a batch'} of {batch.submitted} is forgotten, uncollected: nothing of it is asked any more"
            for batch in self._mine
            if batch not in left and not self._used & set(batch.requests)
        ]
        if left != self._mine:
            self._remember(left)

    def _left(self) -> list[str]:
        """Say, by month, what of this run's kind was handed over for another month, and how it is collected."""
        mine = [batch for batch in self._others if batch.kind == self._facts.kind.value]
        return [
            f"what was handed over for {month} is left: --golden-month {month} collects it, for a week"
            for month in sorted({batch.month for batch in mine})
        ]

    def _astray(self) -> str:
        """Say why the month that batches gave this run is not its own."""
        then, now = self._facts.month, _month(self._facts.started)
        return (
            f"nothing that is asked is in the batches of {then}, and nothing was handed over: name the month, "
            f"--golden-month {now} to begin it, --golden-month {then} to hand over for that one"
        )

    def _is_mine(self, batch: Batch) -> bool:
        return (batch.kind, batch.month) == (self._facts.kind.value, self._facts.month)

    def _remember(self, batches: Iterable[Batch]) -> None:
        self._mine = list(batches)
        write_batches(self._path, [*self._others, *self._mine])

    def _begin(self, who: str, part: Mapping[str, Request]) -> Batch:
        self._number += 1
        places = {name: (one.prompt_id, one.case_id, one.repeat, one.digest()) for name, one in part.items()}
        moment = self._clock().isoformat(timespec="seconds")
        label = f"{self._facts.id}-{self._number}"
        return Batch(who, label, self._facts.kind.value, self._facts.month, moment, places)


def month_under_way(store: Store, kind: str, started: datetime) -> str | None:
    """Give the month of the batches of a kind that can be collected, the newest ones; None where there are none.

    A recording run finds no earlier month that has a baseline: it would take its place without a word.
    """
    batches = read_batches(store.cache / BATCHES)
    closed = store.pointers().months if kind == RunKind.RECORDING else {}
    now = _month(started)
    return max(
        (
            batch.month
            for batch in batches
            if batch.kind == kind
            and _is_fresh(batch, started)
            and (batch.month == now or (batch.month < now and batch.month not in closed))
        ),
        default=None,
    )


def _month(moment: datetime) -> str:
    return moment.strftime("%Y-%m")


def _is_fresh(batch: Batch, now: datetime) -> bool:
    return now - datetime.fromisoformat(batch.submitted) <= FRESH


def _shortage(traffic: Traffic, wanted: Iterable[Wanted]) -> str:
    return traffic.purse.shortage([(one.asked, one.request) for one in wanted])


async def _at(desk: Desk, wanted: Mapping[str, Wanted], run: Run) -> Settled:
    """Settle at the desk; where no call follows, providers are closed, as the engine closes only those it called."""
    settled = await desk.settle(wanted, run)
    if settled.waits:
        for provider in {id(one.provider): one.provider for one in wanted.values()}.values():
            with suppress(Exception):  # a client's own failure to close changes nothing that was handed over
                await run(provider.close)
    return settled
