"""What a process of the run may call and spend: its share under pytest-xdist, and the sum on the controller."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.model.limits import NOTHING, Caps, Spend, Terms
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.options import Settings

TOLD = "golden_share"
SPENT = "golden_spent"
LOST = "a lost worker"
"""Under this name stands the share of a worker that did not live to tell what it spent: all of it."""


def caps_of(settings: Settings) -> Caps:
    """Give the bounds of the whole run, or of the shard that is run here."""
    budget = None if settings.budget is None else Decimal(str(settings.budget))
    caps = Caps(budget, settings.max_calls, settings.deadline)
    return caps if settings.shard is None else caps.share(settings.shard[0] - 1, settings.shard[1])


def traffic_of(config: pytest.Config, settings: Settings, terms: Terms, clock: Callable[[], datetime]) -> Traffic:
    """Make what this process may do: all of it, or the share that the controller told a worker."""
    caps = caps_of(settings)
    if settings.shard is not None:
        terms = terms.shared(settings.shard[1])
    told: dict[str, Any] | None = getattr(config, "workerinput", {}).get(TOLD)
    if told is None:
        return Traffic(terms, Purse(terms, caps), _moment(caps.seconds))
    parts, ends = told["parts"], told["ends"]
    left = None if ends is None else ends - clock().timestamp()
    return Traffic(terms.shared(parts), Purse(terms, share(caps, told["part"], parts), caps), _moment(left))


def share(caps: Caps, part: int, parts: int) -> Caps:
    """Give a worker's share; one that takes the place of a lost worker finds its share spent."""
    if part < parts:
        return caps.share(part, parts)
    return Caps(None if caps.budget is None else NOTHING, None if caps.calls is None else 0, caps.seconds)


def spent_to_plain(spent: Mapping[str, Spend]) -> dict[str, dict[str, Any]]:
    """Give what was spent as plain data, exact to the last digit."""
    return {
        name: {**asdict(spend), "amount": str(spend.amount), "estimated": str(spend.estimated)}
        for name, spend in spent.items()
    }


def spent_from_plain(plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Spend]:
    """Read what `spent_to_plain` gave."""
    return {
        name: replace(Spend(**one), amount=Decimal(one["amount"]), estimated=Decimal(one["estimated"]))
        for name, one in plain.items()
    }


class WorkerSpending:
    """In a worker: tells at its end what it spent."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand it over with the worker's last message, and what the next call must know."""
        output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]  # set by pytest-xdist
        traffic = self._library.traffic
        output[SPENT] = json.dumps([spent_to_plain(traffic.purse.spent), traffic.told(time.monotonic())])


class ControllerSpending:
    """In the controller of several workers: gives each its share, and sums up what they spent."""

    def __init__(self, library: Library, started: datetime) -> None:
        self._library = library
        self._caps = caps_of(library.settings)
        self._ends = None if self._caps.seconds is None else started.timestamp() + self._caps.seconds
        self._parts: dict[str, tuple[int, int]] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker its share: the n-th of as many as there were to be."""
        part, parts = len(self._parts), node.workerinput["workercount"]
        self._parts[node.workerinput["workerid"]] = part, parts
        node.workerinput[TOLD] = {"part": part, "parts": parts, "ends": self._ends}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Add what a worker spent; of one that was lost, all it could have spent."""
        del error
        traffic = self._library.traffic
        text = getattr(node, "workeroutput", {}).get(SPENT)
        if text is None:
            lost = share(self._caps, *self._parts[node.workerinput["workerid"]])
            calls, amount = lost.calls or 0, lost.budget or NOTHING
            traffic.purse.add({LOST: Spend(calls=calls, priced=calls, amount=amount, estimated=amount)})
        else:
            spent, told = json.loads(text)
            traffic.purse.add(spent_from_plain(spent))
            traffic.learn(told, time.monotonic())


def _moment(seconds: float | None) -> float | None:
    """Give the moment of the monotonic clock that is so many seconds ahead."""
    return None if seconds is None else time.monotonic() + seconds
