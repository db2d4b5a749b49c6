"""Who runs what under pytest-xdist: golden cases by a rule that every worker knows, other tests as workers get free."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any, Protocol

import pytest

from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.formats.pairing import may_be_golden

FEW = 2
"""Items that a worker must hold at least: it begins with one only once it knows the next."""
SLOW = 0.1
"""Seconds; a worker whose tests take longer is given no more of them ahead of time."""


class Node(Protocol):
    """A worker, as the controller sees it."""

    gateway: Any
    workerinput: dict[str, Any]

    @property
    def shutting_down(self) -> bool:
        """Say whether the worker ends, or has ended."""

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        """Have items run, named by their place in the collection."""

    def shutdown(self) -> None:
        """Let the worker end once it has run what it was sent."""


def golden_places(ids: Sequence[str], formats: Formats = OURS) -> list[int]:
    """Give the places of the items that come from golden datasets, told by the file's path alone."""
    return [place for place, node in enumerate(ids) if may_be_golden(node.partition("::")[0], formats)]


def share(ids: Sequence[str], number: int, workers: int, formats: Formats = OURS) -> list[int]:
    """Give the places of the golden cases that worker `number` of `workers` (counted from 0) will run."""
    return golden_places(ids, formats)[number::workers]


class Dealing:
    """The scheduler of a golden run (xdist's contract `Scheduling`).

    A worker is sent other tests bit by bit, and its whole share of golden cases once no other test is left: their calls
    have run ahead meanwhile. Where the run may stop (`near`), everything is sent bit by bit, two items ahead at most.
    What a crashed worker may have called is never called again: `lose` is told its node id and why it has no result.
    """

    def __init__(
        self,
        config: pytest.Config,
        workers: int,
        lose: Callable[[str, str], object],
        *,
        near: bool,
        formats: Formats = OURS,
    ) -> None:
        self.collection: tuple[str, ...] | None = None
        self.config = config
        """Other plugins look for it here, as in xdist's own schedulers, where a worker crashed."""
        self._workers = workers
        self._lose = lose
        self._near = near
        self._formats = formats
        self._chunk: int | None = config.getoption("maxschedchunk")
        self._collected: dict[Node, tuple[str, ...]] = {}
        self._sent: dict[Node, list[int]] = {}
        self._shares: dict[Node, list[int]] = {}
        self._pool: deque[int] = deque()
        self._golden: frozenset[int] = frozenset()

    @property
    def nodes(self) -> list[Node]:
        """Give all workers that live."""
        return list(self._sent)

    @property
    def collection_is_completed(self) -> bool:
        """Say whether every worker told what it collected."""
        return self.collection is not None or len(self._collected) >= self._workers

    @property
    def tests_finished(self) -> bool:
        """Say whether nothing is left to be sent, and every worker is at its last item."""
        left = self._pool or self._shares or any(len(sent) >= FEW for sent in self._sent.values())
        return self.collection_is_completed and not left

    @property
    def has_pending(self) -> bool:
        """Say whether some item has not been run."""
        return bool(self._pool or self._shares or any(self._sent.values()))

    def add_node(self, node: Node) -> None:
        """Take in a worker that has started, also one that takes a crashed one's place."""
        self._sent[node] = []

    def add_node_collection(self, node: Node, collection: Sequence[str]) -> None:
        """Take in what a worker collected; one that comes later and collected something else is of no use."""
        if self.collection is None:
            self._collected[node] = tuple(collection)
        elif tuple(collection) != self.collection:
            node.shutdown()

    def schedule(self) -> None:
        """Deal, once all workers collected the same; later, give a worker that came in something to do."""
        if self.collection is None:
            self.collection = self._agreed()
            self._deal(self.collection)
        self._feed_all()

    def mark_test_complete(self, node: Node, item_index: int, duration: float = 0) -> None:
        """Note that a worker is through with an item, which took it so many seconds."""
        self._sent[node].remove(item_index)
        if self._pool:
            self._supply(node, duration)
        self._feed_all()

    def mark_test_pending(self, item: str) -> None:
        """Have an item run again whose worker crashed; a golden case is not, as its calls may have been paid for."""
        place = (self.collection or ()).index(item)
        if place in self._golden:
            raise NotImplementedError
        self._pool.appendleft(place)
        self._feed_all()

    def remove_pending_tests_from_node(self, node: Node, indices: Sequence[int]) -> None:
        """Refuse: nothing is ever asked back from a worker."""
        raise NotImplementedError

    def remove_node(self, node: Node) -> str | None:
        """Give the item at which a worker crashed, None for one that is through; others run what it left."""
        collection = self.collection or ()
        sent = self._sent.pop(node)
        self._collected.pop(node, None)
        for place in (*sent, *self._shares.pop(node, ())):
            if place in self._golden:
                self._lose(collection[place], "its worker ended before it had a result")
        self._pool.extendleft(place for place in reversed(sent[1:]) if place not in self._golden)
        self._feed_all()
        return collection[sent[0]] if sent else None

    def _agreed(self) -> tuple[str, ...]:
        """Give what all workers collected; nothing where they differ, which is reported as an error of collection."""
        (first, expected), *others = self._collected.items()
        differing = [(node, found) for node, found in others if found != expected]
        for node, found in differing:
            odd = next(iter(sorted({*expected} ^ {*found})), "their order")
            why = f"workers {first.gateway.id} and {node.gateway.id} collected different tests: {odd}"
            report = pytest.CollectReport(node.gateway.id, "failed", why, [])
            self.config.hook.pytest_collectreport(report=report)
        return () if differing else expected

    def _deal(self, collection: tuple[str, ...]) -> None:
        self._golden = frozenset(golden_places(collection, self._formats))
        if not self._near:
            numbers = {node: node.workerinput["golden"]["number"] for node in self.nodes}
            known = {node: number for node, number in numbers.items() if number is not None}
            shares = {node: share(collection, number, self._workers, self._formats) for node, number in known.items()}
            self._shares = {node: places for node, places in shares.items() if places}
        shared = {place for places in self._shares.values() for place in places}
        self._pool.extend(place for place in range(len(collection)) if place not in shared)
        if len(self._pool) < FEW * len(self._sent):
            for place, node in zip(self._pool, cycle(self.nodes), strict=False):
                self._send(node, [place])
            self._pool.clear()

    def _feed_all(self) -> None:
        """Keep every worker going: with other tests while there are any, then with its share and the word to end."""
        for node, sent in self._sent.items():
            if self._pool and len(sent) < FEW:
                self._supply(node)
        for node, sent in self._sent.items():
            if not self._pool and len(sent) < FEW and not node.shutting_down:
                self._send(node, self._shares.pop(node, []))
                node.shutdown()

    def _supply(self, node: Node, duration: float = 0) -> None:
        """Send a worker more of the pool where it runs short: the fewer are left, the fewer at once."""
        sent, each = self._sent[node], len(self._pool) // len(self._sent)
        few, many = (FEW, FEW) if self._near else (max(FEW, each // 8), max(FEW, each // 4))
        many = min(many, max(FEW, self._chunk or many))
        if not node.shutting_down and (len(sent) < FEW or (len(sent) < few and duration < SLOW)):
            self._send(node, [self._pool.popleft() for _ in range(min(many - len(sent), len(self._pool)))])

    def _send(self, node: Node, places: list[int]) -> None:
        if places:
            self._sent[node].extend(places)
            node.send_runtest_some(places)
