"""Beside pytest-xdist: what the controller tells its workers, what they tell it, and how they end together."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from pytest_goldenprompt.formats.endings import Formats
from pytest_goldenprompt.plugin.dealing import Dealing, golden_places, share
from pytest_goldenprompt.plugin.elsewhere import is_elsewhere
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.plan_data import PlanData, plan_from_plain, plan_of

CONTROLLER = "goldenprompt-controller"
"""The name under which pytest knows the controller's part."""

PATIENCE = 1.0
"""Seconds that workers get to end after an interruption, before xdist kills them."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a run that this process has: whether it is the whole, how many processes share it, and which it is.

    `number` is None where the process cannot know what it will be sent.
    """

    whole: bool = True
    workers: int = 1
    number: int | None = None

    def of(self, items: Sequence[pytest.Item], formats: Formats) -> Iterable[pytest.Item]:
        """Give the golden items that are sure to be run by this process, where datasets have these formats."""
        if self.whole:
            return items
        if self.number is None:
            return ()
        places = share([item.nodeid for item in items], self.number, self.workers, formats)
        return (items[place] for place in places)


def share_of(config: pytest.Config) -> Share:
    """Tell a worker's share from the words that pytest-xdist and the controller give it."""
    told = getattr(config, "workerinput", None)
    if told is None:
        return Share()
    return Share(whole=False, workers=told["workercount"], number=told["golden"]["number"])


def worker_name(config: pytest.Config) -> str:
    """Give the name that pytest-xdist has for this worker, such as gw0; a worker that replaces it has another."""
    name: str = config.workerinput["workerid"]  # type: ignore[attr-defined]  # set by pytest-xdist
    return name


def may_stop(config: pytest.Config) -> bool:
    """Say whether a failure may end the run early, so that calls far ahead would be wasted."""
    return any(config.getoption(name, default=False) for name in ("maxfail", "usepdb", "trace", "stepwise"))


class Worker:
    """In a worker: tells the controller what was planned and chosen, with its first report or else at its end."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._told = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, Any, Any]:
        """Interrupt without a traceback: pytest would take its time to render one that nobody sees."""
        try:
            return (yield)
        except KeyboardInterrupt:
            raise KeyboardInterrupt from None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Let the first report carry the plan, so that an interrupted run has one, and whom to interrupt then."""
        report = yield
        if not self._told:
            self._told = True
            report.golden_worker = json.dumps({"pid": os.getpid(), "plan": self._plan(item.session)})
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over the plan with the worker's last message, where no report carried it."""
        output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]  # set by pytest-xdist
        if not self._told:
            output["golden_plan"] = self._plan(session)

    def _plan(self, session: pytest.Session) -> str:
        return plan_of(self._library, session.items).plain()


class Controller:
    """In the controller of several workers: tells all of them the same, deals, and takes their plan."""

    def __init__(
        self,
        told: dict[str, Any],
        lose: Callable[[str, str], object],
        elsewhere: Callable[[], dict[str, Any]],
        formats: Formats,
    ) -> None:
        self._told = told
        self._formats = formats
        self._elsewhere = elsewhere
        self._lose = lose
        self._workers = 0
        self._living: dict[Any, _Known] = {}
        self._dealing: Dealing | None = None
        self._session: pytest.Session | None = None
        self.plan: PlanData | None = None
        self.told_by_workers = False
        self.crashed: list[str] = []
        """Names of the workers that ended before their time."""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, to which files beside the datasets belong."""
        self._session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which stored run to compare with, so that all compare with the same, and its number."""
        self._workers = node.workerinput["workercount"]
        dealt = deals(node.config) and not may_stop(node.config)
        number = self._free_number() if dealt else None
        self._living[node] = _Known(number)
        more = self._elsewhere() if is_elsewhere(node.gateway.spec) else {}
        node.workerinput["golden"] = {**self._told, **more, "number": number}

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> Dealing | None:
        """Deal golden cases by a rule that workers know, unless another way of distributing was asked for."""
        if deals(config):
            self._dealing = Dealing(config, self._workers, self._lose, near=may_stop(config), formats=self._formats)
        return self._dealing

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Load here too the conftest files beside the datasets, whose hooks are wanted when the run is concluded."""
        session, self._session = self._session, None
        if session is not None:
            places = golden_places(ids, self._formats)
            paths = {session.config.rootpath / ids[place].partition("::")[0] for place in places}
            for folder in sorted({path.parent for path in paths}):
                directory = pytest.Dir.from_parent(session, path=folder)
                session.config.hook.pytest_make_collect_report(collector=directory)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Take what a worker's first report carries, and take it off: it is for nobody else."""
        text = vars(report).pop("golden_worker", None)
        if text is not None:
            told = json.loads(text)
            self._take(told["plan"])
            if report.node in self._living:
                self._living[report.node].pid = told["pid"]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Note a worker's end, and take its plan where it had nothing to run."""
        self._living.pop(node, None)
        self._take(getattr(node, "workeroutput", {}).get("golden_plan"))
        if error is not None:
            self.crashed.append(node.gateway.id)

    def end_workers(self) -> None:
        """Have workers of this machine end at once after an interruption that may have reached this process only."""
        for node, known in self._living.items():
            node.nodemanager.EXIT_TIMEOUT = PATIENCE
            if known.pid is not None and not is_elsewhere(node.gateway.spec):
                with contextlib.suppress(OSError):
                    os.kill(known.pid, signal.SIGINT)

    def _take(self, plan: str | None) -> None:
        if plan is not None and not self.told_by_workers:
            self.plan = plan_from_plain(plan)
            self.told_by_workers = True

    def _free_number(self) -> int | None:
        """Give a number that no worker has; a worker that comes once the cases are dealt has none."""
        if self._dealing is not None and self._dealing.collection is not None:
            return None
        taken = {known.number for known in self._living.values()}
        return next((number for number in range(self._workers) if number not in taken), None)


@dataclass(slots=True)
class _Known:
    """What the controller knows of a worker that lives."""

    number: int | None
    pid: int | None = None


def deals(config: pytest.Config) -> bool:
    """Say whether this plugin deals the items: `--dist load`, which `-n` stands for, and no other scheduler there."""
    manager = config.pluginmanager
    known = (manager.get_plugin(CONTROLLER), manager.get_plugin("dsession"))
    hooks = config.hook.pytest_xdist_make_scheduler.get_hookimpls()
    return config.getoption("dist") == "load" and all(hook.plugin in known for hook in hooks)


def refuse_batches(config: pytest.Config) -> None:
    """Refuse to hand requests over by several processes, each of which knows a part of them."""
    if config.getoption("--golden-batch") and config.getoption("tx", default=None):
        raise pytest.UsageError("--golden-batch hands requests over from one process, found -n or --tx; leave it out")


def refuse_each(config: pytest.Config) -> None:
    """Refuse the one way of distributing that would call every case several times."""
    if config.getoption("dist", default="no") == "each" and config.getoption("tx", default=None):
        raise pytest.UsageError("--dist each would call every case once a worker; load (the default of -n) is accepted")
