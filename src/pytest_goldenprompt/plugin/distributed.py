"""Beside pytest-xdist: what the controller tells its workers, and what they tell at their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.plan_data import PlanData, plan_from_plain, plan_of


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a run that this process has: whether it is the whole, and how many processes share it."""

    whole: bool = True
    workers: int = 1


def share_of(config: pytest.Config) -> Share:
    """Tell a worker's share from the words that pytest-xdist gives it."""
    told = getattr(config, "workerinput", None)
    return Share() if told is None else Share(whole=False, workers=told["workercount"])


class Worker:
    """In a worker: tells the controller what was planned and chosen."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over the plan with the worker's last message."""
        output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]  # set by pytest-xdist
        output["golden_plan"] = plan_of(self._library, session.items).plain()


class Controller:
    """In the controller of several workers: names the stored run to all of them, and takes their plan."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self.plan: PlanData | None = None
        self.told_by_workers = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which stored run to compare with, so that all compare with the same."""
        node.workerinput["golden"] = self._told

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Take the plan of a worker that ended; all workers have the same."""
        del error
        text = getattr(node, "workeroutput", {}).get("golden_plan")
        if text is not None:
            self.plan = plan_from_plain(text)
            self.told_by_workers = True
