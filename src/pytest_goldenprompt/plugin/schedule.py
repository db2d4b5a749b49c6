"""When calls are made: all items ahead where the run is sure to reach them, one ahead where it may stop."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

from pytest_goldenprompt.engine.attempt import Answer, Limits
from pytest_goldenprompt.engine.loop import Engine, Job
from pytest_goldenprompt.plugin.items import GoldenItem
from pytest_goldenprompt.plugin.library import Library

if TYPE_CHECKING:
    from pytest_goldenprompt.plugin.distributed import Share


class Schedule:
    """Owns the engine of this process; it is built with the first call and closed with the run."""

    def __init__(self, library: Library, share: Share) -> None:
        self._library = library
        self._share = share
        self._engine: Engine | None = None

    def answers(self, item: GoldenItem) -> tuple[Answer, ...]:
        """Wait for the answers of an item, calling now where nobody called ahead."""
        if item.job is None:
            self._submit([item])
        assert item.job is not None  # noqa: S101 - submit sets it; said for the type checker
        return item.job.answers.result()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """Call ahead for all items that will run, and leave nothing in flight behind."""
        config = session.config
        if config.option.collectonly:
            return (yield)
        if self._share.whole and not _may_stop(config):
            self._submit(item for item in session.items if isinstance(item, GoldenItem) and not _is_skipped(item))
        try:
            return (yield)
        finally:
            if self._engine is not None:
                self._engine.stop("the run stopped")
                self._engine.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Call ahead by one where the whole share is not known or the run may stop."""
        stopping = item.session.shouldstop or item.session.shouldfail
        if not stopping and (not self._share.whole or _may_stop(item.config)):
            near = [one for one in (item, nextitem) if isinstance(one, GoldenItem) and one.job is None]
            self._submit(one for one in near if not _is_skipped(one))

    def _submit(self, items: Iterable[GoldenItem]) -> None:
        jobs = []
        for item in items:
            facts = item.prompt.facts
            requests = tuple(
                item.prompt.request(item.planned, repeat) for repeat in range(self._library.repeats(facts))
            )
            item.job = Job(self._library.provider(item.prompt.provider), requests, item.prompt.asked)
            jobs.append(item.job)
        if jobs:
            self._running().submit(jobs)

    def _running(self) -> Engine:
        if self._engine is None:
            settings = self._library.settings
            concurrency = max(1, settings.concurrency // self._share.workers)
            limits = Limits(concurrency=concurrency, timeout=settings.timeout)
            self._engine = Engine(limits, random.Random(0), self._library.traffic)  # noqa: S311 - jitter of waits
            if self._library.unpriced:
                self._engine.stop("a budget is set, and not all that is asked has a price")
        return self._engine


def _may_stop(config: pytest.Config) -> bool:
    return bool(config.getoption("maxfail") or config.getoption("usepdb", default=False))


def _is_skipped(item: GoldenItem) -> bool:
    return item.get_closest_marker("skip") is not None or item.get_closest_marker("skipif") is not None
