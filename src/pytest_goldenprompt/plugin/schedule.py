"""When calls are made: all that this process will run ahead, one ahead where the run may stop."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterable, Iterator

import pytest

from pytest_goldenprompt.engine.asking import case_job
from pytest_goldenprompt.engine.attempt import Answer, Limits
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.model.contracts import Batching
from pytest_goldenprompt.model.limits import portable
from pytest_goldenprompt.plugin.distributed import Share, may_stop
from pytest_goldenprompt.plugin.items import LIBRARY, GoldenItem
from pytest_goldenprompt.plugin.leaving import Leaving
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.progress import Progress, status
from pytest_goldenprompt.providers.python_test import NAME as PYTHON_TEST
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.spend import money

LEFT = "left to a batch"
"""Why an item has no result in a run that hands over or waits; what is under way is said once, for the whole run."""

HURRY = 1.0
"""Seconds that calls in flight get to end after an interruption."""


class Schedule:
    """Owns the engine of this process; it is built with the first call and closed with the run."""

    def __init__(self, library: Library, share: Share, progress: Progress, leaving: Leaving) -> None:
        self._library = library
        self._share = share
        self._progress = progress
        self.leaving = leaving
        self._engine: Engine | None = None
        self._items: list[GoldenItem] | None = None

    def answers(self, item: GoldenItem) -> tuple[Answer, ...]:
        """Wait for the answers of an item, calling now where nobody called ahead."""
        if item.job is None:
            self._submit([item])
        assert item.job is not None  # noqa: S101 - submit sets it; said for the type checker
        return self._progress.wait(item.job, self._status)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        """Leave nothing in flight behind. A worker hears an interruption from the terminal and from the controller."""
        patience = {}
        self._progress.begin()
        try:
            return (yield)
        except KeyboardInterrupt:
            self.leaving.shelter()
            patience["patience"] = HURRY
            raise
        finally:
            self._progress.end()
            if self._engine is not None:
                self._engine.stop("the run stopped")
                self._engine.close(**patience)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """With the first item, call ahead for all that are sure to be run here; otherwise for this one and the next.

        Not before: only then have all workers collected the same, and have been dealt what they know by rule.
        """
        session = item.session
        if session.shouldstop or session.shouldfail:
            return
        if self._items is None:
            self._items = list(_called(session.items))
            self._settle_batches(self._items)
            if not may_stop(item.config):
                self._submit(_called(self._share.of(session.items, self._library.registry.formats)))
        self._submit(_called([item] if nextitem is None else [item, nextitem]))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuse to hand over what nobody takes; what was collected stays, and is not searched for garbage again."""
        gc.freeze()
        library = self._library
        if library.batches is None or not library.batches.collects or not session.items:
            return
        names = sorted({planned.provider for planned in library.planned.values() if planned.provider})
        asked = [name for name in names if name != PYTHON_TEST]
        if names and not any(isinstance(library.provider(name), Batching) for name in asked):
            told = ", ".join(one_line(portable(name)) for name in names)
            raise pytest.UsageError(f"--golden-batch: a provider that takes batches is accepted, found {told}")

    def pytest_unconfigure(self) -> None:
        """Let what was collected go."""
        gc.unfreeze()

    def _settle_batches(self, items: Iterable[GoldenItem]) -> None:
        """Collect what was handed over, or hand it over; while it is under way, no item has an answer."""
        batches = self._library.batches
        if batches is not None and batches.collects:
            batches.settle(self._running(), self._library.traffic, [self._job(item) for item in items])
            for item in items:
                item.waits = LEFT if batches.waits else ""

    def _submit(self, items: Iterable[GoldenItem]) -> None:
        jobs = []
        for item in items:
            if item.job is None and not item.waits:
                item.job = self._job(item)
                jobs.append(item.job)
        if jobs:
            self._running().submit(jobs)

    def _job(self, item: GoldenItem) -> Job:
        repeats = range(self._library.repeats(item.prompt.facts))
        provider = self._library.provider(item.prompt.provider)
        return case_job(item.prompt, item.planned, provider, repeats, self._library.judge)

    def _running(self) -> Engine:
        if self._engine is None:
            settings = self._library.settings
            concurrency = max(1, settings.concurrency // self._share.workers)
            limits = Limits(concurrency=concurrency, timeout=settings.timeout)
            self._engine = Engine(limits, random.Random(0), self._library.traffic)  # noqa: S311 - jitter of waits
            if self._library.unpriced:
                self._engine.stop("a budget is set, and not all that is asked has a price")
        return self._engine

    def _status(self, seconds: float) -> str:
        items = self._items or ()
        jobs = [item.job for item in items if item.job is not None]
        answered = sum(answer.calls for job in jobs for answer in job.done if answer is not None)
        done = sum(job.answers.done() for job in jobs)
        library = self._library
        spent = money(library.spent, library.terms, library.settings.budget)
        return status(done, len(items), max(0, self._running().calls - answered), seconds, spent)


def _called(items: Iterable[pytest.Item]) -> Iterator[GoldenItem]:
    """Give the golden items among items that will be called for; skipped ones, and those with a result, are not."""
    for item in items:
        if isinstance(item, GoldenItem) and (item.job is not None or not _needs_none(item)):
            yield item


def _needs_none(item: GoldenItem) -> bool:
    taken = item.key in item.config.stash[LIBRARY].carrying.results
    return taken or any(item.get_closest_marker(name) for name in ("skip", "skipif"))
