"""Wakes the plugin up: settings, store, stored run; then one object a concern is registered."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pytest_goldenprompt import __version__
from pytest_goldenprompt.engine.surroundings import commit_of
from pytest_goldenprompt.errors import GoldenpromptError, InputError
from pytest_goldenprompt.formats.limits import read_terms
from pytest_goldenprompt.formats.upkeep import read_upkeep
from pytest_goldenprompt.model.record import RunKind
from pytest_goldenprompt.model.values import digest_of
from pytest_goldenprompt.plugin.again import register_tests
from pytest_goldenprompt.plugin.batching import Batches, month_under_way
from pytest_goldenprompt.plugin.choosing import Choice, read_shard, refuse_look
from pytest_goldenprompt.plugin.distributed import (
    CONTROLLER,
    Controller,
    Share,
    Worker,
    refuse_batches,
    refuse_each,
    share_of,
    worker_name,
)
from pytest_goldenprompt.plugin.elsewhere import ground_elsewhere, root_told, told_elsewhere
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.plugin.gate import GATE, Gate
from pytest_goldenprompt.plugin.items import LIBRARY, SCHEDULE, Collection
from pytest_goldenprompt.plugin.leaving import Leaving
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.merging import Merged, adopt, of_shards, read_merged, refuse_other_ground
from pytest_goldenprompt.plugin.options import Settings, read_settings
from pytest_goldenprompt.plugin.paths import add_golden_paths, library_root, node_of
from pytest_goldenprompt.plugin.progress import Progress
from pytest_goldenprompt.plugin.recorder import Recorder
from pytest_goldenprompt.plugin.references import Ground, find_ground, told_ground
from pytest_goldenprompt.plugin.resuming import resume, workers_journal
from pytest_goldenprompt.plugin.schedule import Schedule
from pytest_goldenprompt.plugin.spending import ControllerSpending, WorkerSpending, traffic_of
from pytest_goldenprompt.plugin.stale import occupied
from pytest_goldenprompt.plugin.terminal import Display
from pytest_goldenprompt.plugin.unchanged import unchanged_of
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.store.place import find_root, open_store
from pytest_goldenprompt.store.reference import MONTH
from pytest_goldenprompt.store.shards import forget_shard
from pytest_goldenprompt.store.store import Store
from pytest_goldenprompt.store.url import DEFAULT_STORE, VARIABLE


def activate(config: pytest.Config) -> None:
    """Set everything up; what a person must mend is a usage error (exit 4), before the first call is paid for."""
    try:
        _activate(config, lambda: datetime.now(UTC))
    except GoldenpromptError as error:
        raise pytest.UsageError(str(error)) from None


def _activate(config: pytest.Config, clock: Callable[[], datetime]) -> None:
    told: dict[str, Any] | None = getattr(config, "workerinput", {}).get("golden")
    settings = read_settings(config, root_told(config, told) if told else library_root(config))
    settings = replace(settings, shard=read_shard(config.getoption("--golden-shard")))
    refuse_each(config)
    refuse_look(config, settings)
    refuse_batches(config)
    share, started = share_of(config), clock()
    tree = commit_of(settings.root) if share.whole else (None, None)  # before anything is written: it may be clean yet
    store = occupied(config, settings, started) if share.whole else open_store(settings.root, settings.store)
    registry = Registry()
    config.hook.pytest_goldenprompt_register.call_historic(kwargs={"registry": registry})
    registry.close_formats()
    registry.judge = settings.judge or ""
    merged = read_merged(config, store)
    if merged is not None:
        settings = of_shards(settings, merged)
    month = told["month"] if told else run_month(settings, started, store)
    ground = _ground(config, settings, told, store, month, started)
    ground.reference.command = command_for(settings, config.invocation_params.dir)
    today = told["today"] if told else (merged.started if merged else started).strftime("%Y-%m-%d")
    terms, upkeep = read_terms(settings.root), read_upkeep(settings.root)
    traffic = traffic_of(config, settings, terms, clock)
    if told and told["journal"]:
        traffic.journal = workers_journal(store, told["journal"], worker_name(config))
    for spent in merged.spent if merged and share.whole else ():
        traffic.purse.add(spent)
    judged_by = ground.policy, store, ground.reference, today, ground.proposed
    library = Library(settings, registry, *judged_by, terms=terms, upkeep=upkeep, traffic=traffic)
    library.carrying = merged or unchanged_of(config, library) or library.carrying
    _run_here(config, library, share)
    if share.whole:
        told = {"root": str(settings.root), "month": month, "today": today, "policy": str(ground.folder)}
        reference = ground.reference
        found = {"baseline": reference.name, "joined": reference.joined, "first": reference.first}
        elsewhere = cache(lambda: told_elsewhere(library, config.rootpath, ground.folder))
        _control(config, library, {**told, **found}, elsewhere, month, clock, started, tree)
    else:
        config.pluginmanager.register(Worker(library), "goldenprompt-worker")
        config.pluginmanager.register(WorkerSpending(library), "goldenprompt-spending")


def _run_here(config: pytest.Config, library: Library, share: Share) -> None:
    """Register what every process of a run has, the controller of workers too."""
    config.stash[LIBRARY] = library
    progress, leaving = Progress(config, in_ci=library.settings.in_ci), _listen(config, whole=share.whole)
    config.stash[SCHEDULE] = Schedule(library, share, progress, leaving)
    manager = config.pluginmanager
    manager.register(Collection(library), "goldenprompt-collection")
    manager.register(config.stash[SCHEDULE], "goldenprompt-schedule")
    register_tests(manager, library)
    manager.register(Choice(library), "goldenprompt-choice")
    add_golden_paths(config, library.settings, library.registry.formats)


def _ground(  # noqa: PLR0913, PLR0917 - all that what is compared with depends on
    config: pytest.Config,
    settings: Settings,
    told: dict[str, Any] | None,
    store: Store,
    month: str,
    now: datetime,
) -> Ground:
    if told is None:
        return find_ground(config, settings, store, month, now)
    return ground_elsewhere(told, settings.root) if "elsewhere" in told else told_ground(told, store, now)


def _control(  # noqa: PLR0913, PLR0917 - all that the objects on the controller are made of
    config: pytest.Config,
    library: Library,
    told: dict[str, Any],
    elsewhere: Callable[[], dict[str, Any]],
    month: str,
    clock: Callable[[], datetime],
    started: datetime,
    tree: tuple[str | None, bool | None],
) -> None:
    facts = _facts(library, month, started, tree)
    if isinstance(library.carrying, Merged):
        refuse_other_ground(library.carrying, facts, library.reference, library.settings.root)
    told["journal"] = None
    if not config.option.collectonly:
        library.resuming = resume(library.store, facts)
        library.traffic.journal = library.resuming.journal
        told["journal"] = library.resuming.told()
        if facts.shard is not None:
            forget_shard(library.store, facts.shard)
        library.batches = _batches(library, facts, clock)
    if isinstance(library.carrying, Merged):
        adopt(library.carrying, facts, library.settings.root)
    recorder = Recorder(node_of(library.settings.root, config.rootpath), library.reference.baseline)
    controller = Controller(told, recorder.unrun.setdefault, elsewhere, library.registry.formats)
    gate = Gate(library, recorder, controller, facts, clock, config.stash[SCHEDULE].leaving)
    manager = config.pluginmanager
    manager.register(controller, CONTROLLER)
    manager.register(ControllerSpending(library, started), "goldenprompt-spending")
    manager.register(recorder, "goldenprompt-recorder")
    manager.register(gate, GATE)
    manager.register(Display(library, gate), "goldenprompt-display")


def _batches(library: Library, facts: Facts, clock: Callable[[], datetime]) -> Batches:
    if not library.settings.batch:
        return Batches.left_alone(library.store, facts, clock)
    return Batches.under_way(library.store, facts, clock, month_found=library.settings.month is None)


def _listen(config: pytest.Config, *, whole: bool) -> Leaving:
    """Hear signals until the session is over, in a worker longer: it only ends then, and has to do so undisturbed."""
    leaving = Leaving()
    leaving.listen(signal.SIGINT, *([signal.SIGTERM] if whole else []))
    if whole:
        config.add_cleanup(leaving.restore)
    return leaving


def command_for(settings: Settings, start: Path) -> str:
    """Give the command line's beginning that finds this run's store from the folder where pytest was started."""
    words = [shlex.quote(_program(start))]
    if find_root(start) != settings.root:
        words += ["-C", shlex.quote(os.path.relpath(settings.root, start))]
    if settings.store not in {DEFAULT_STORE, os.environ.get(VARIABLE)}:
        words += ["--store", shlex.quote(settings.store)]
    return " ".join(words)


def _program(start: Path) -> str:
    """Name the command as a shell in `start` finds it: a virtual environment that is not active hides it."""
    beside = Path(sys.executable).parent / "goldenprompt"
    if shutil.which("goldenprompt") or not beside.exists():
        return "goldenprompt"
    return os.path.relpath(beside, start)


def run_month(settings: Settings, started: datetime, store: Store) -> str:
    """Give the month a run belongs to: that of its start in UTC, or the earlier one that was asked for.

    A run that collects batches belongs to the month in which they were handed over.
    """
    current = started.strftime("%Y-%m")
    if settings.month is None:
        earlier = month_under_way(store, kind_of(settings), started) if settings.batch else None
        return earlier or current
    if not MONTH.fullmatch(settings.month) or settings.month > current:
        raise InputError(
            f"a month as YYYY-MM, not after {current}, is accepted; found {settings.month!r}", where="--golden-month"
        )
    return settings.month


def kind_of(settings: Settings) -> RunKind:
    """Say how a run comes to be that is started so."""
    return RunKind.RECORDING if settings.record else RunKind.CHECK


def _facts(library: Library, month: str, started: datetime, tree: tuple[str | None, bool | None]) -> Facts:
    settings = library.settings
    commit, dirty = tree
    return Facts(
        id=f"{started.strftime('%Y%m%dT%H%M%S%f')[:-3]}Z-{secrets.token_hex(3)}",
        kind=kind_of(settings),
        month=month,
        started=started,
        commit=commit,
        dirty=dirty,
        tool=__version__,
        policy_digest=digest_of(library.policy.plain()),
        policy=library.policy.plain(),
        proposed=library.proposed.plain() if library.proposed else {},
        moved=library.reference.moved,
        shard=settings.shard,
    )
