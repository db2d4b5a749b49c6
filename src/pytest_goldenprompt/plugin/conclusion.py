"""The end of a run on the controller: the record, the verdict, the reports, the store."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pytest_goldenprompt.formats.pairing import discover
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.shards import dealt, name_of
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.model.verdict import ReferenceFacts, State, Verdict
from pytest_goldenprompt.plugin.confirmation import confirm_suspects
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.plan_data import PlanData
from pytest_goldenprompt.plugin.recorder import Recorder
from pytest_goldenprompt.plugin.reporting import report_text, run_view
from pytest_goldenprompt.providers.python_test import NAME as PYTHON_TEST
from pytest_goldenprompt.reports.spend import spend_record
from pytest_goldenprompt.reports.verdict_record import to_text, verdict_record
from pytest_goldenprompt.reports.view import RunView
from pytest_goldenprompt.store.acceptance import accept_by_itself
from pytest_goldenprompt.store.codec import cases_text
from pytest_goldenprompt.store.files import write_file
from pytest_goldenprompt.store.shards import put_shard
from pytest_goldenprompt.store.store import Store

STORED = {State.INCOMPLETE, State.ERROR}
"""States in which even a recording run is kept among the checks only."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """All that is to be said at the end of a run."""

    record: RunRecord
    verdict: Verdict
    baseline: RunRecord | None
    reference: ReferenceFacts | None
    anchor: ReferenceFacts | None
    texts: dict[str, str]
    kept: str = ""
    """What became of a recording run, as a sentence."""
    reports: tuple[Path, ...] = ()
    left: str = ""
    """What another run can go on with, as a sentence."""


def conclude(  # noqa: PLR0913, PLR0917 - everything that a run ends with
    library: Library,
    recorder: Recorder,
    known: PlanData | None,
    facts: Facts,
    clock: Callable[[], datetime],
    stopped: str,
    interruptible: Callable[[], AbstractContextManager[None]],
) -> Conclusion:
    """Judge the run, write its reports and store it. A store or a report that cannot be written is a StoreError.

    Calls are made within `interruptible` only. An interruption there ends the calls; the record is kept all the same.
    Without a plan (`known` is None) no process lived to tell what it ran: nobody narrowed that run on purpose.
    """
    reference = library.reference
    plan, narrow = known or PlanData(), narrowed(library, known) if known else ()
    facts.stopped += library.carrying.absent(plan.prompts)
    why = stopped or ("" if known else "no worker lived to tell what it ran")

    def recorded(why: str) -> RunRecord:
        return recorder.record(facts, plan, clock(), narrow, (why,) if why else ())

    record, extra = recorded(why), 0
    if not record.stopped and facts.shard is None:
        extra, why = _confirmed(library, recorder, record, interruptible)
        record = recorded(why) if extra or why else record
    verdict = _judged(library, record, extra)
    cases, spend = cases_text(record), spend_record(library.spent, library.terms)
    digest = digest_of_bytes(cases.encode())
    text = to_text(verdict_record(verdict, record, reference.facts, reference.anchor, digest, spend))
    texts = recorder.texts(plan)
    keep = library.settings.record and verdict.state not in STORED
    library.store.save(record, texts, text, keep=keep, cases=cases)
    sentence = _became(library, facts, record, verdict)
    paths = _write_reports(library, text, run_view(library, record, verdict, texts))
    left = library.resuming.end(record) if library.resuming else ""
    if library.batches:
        library.batches.end(record)
    found = reference.baseline, reference.facts, reference.anchor
    return Conclusion(record, verdict, *found, texts, sentence, paths, left)


def _confirmed(
    library: Library,
    recorder: Recorder,
    record: RunRecord,
    interruptible: Callable[[], AbstractContextManager[None]],
) -> tuple[int, str]:
    """Run suspects again; give the calls that took, and what ended them early."""
    try:
        with interruptible():
            return confirm_suspects(library, recorder, record), ""
    except KeyboardInterrupt:
        return 0, "it was interrupted while suspects were run again"


def _judged(library: Library, record: RunRecord, extra: int) -> Verdict:
    """Judge a whole record; `extra` calls went into running suspects again."""
    reference = library.reference
    compared = References(reference.baseline, reference.pinned, reference.first)
    verdict = decide(compared, record, library.policy, today=library.today, extra_calls=extra)
    return verdict.with_history(reference.history)


def _became(library: Library, facts: Facts, record: RunRecord, verdict: Verdict) -> str:
    """Lay a shard where it is fetched from, accept a recording that may be; say so, and nothing of other runs."""
    if facts.shard is not None:
        return f"{name_of(facts.shard)} is in {shown(put_shard(library.store, record.id, facts.shard))}"
    if not library.settings.record:
        return ""
    reference = library.reference
    _, sentence = accept_by_itself(
        library.store, record, verdict.state, first=reference.first, verdict=verdict, since=reference.pointers
    )
    return sentence


def narrowed(library: Library, plan: PlanData) -> tuple[str, ...]:
    """Say how fewer cases were chosen than the library has."""
    found = []
    settings = library.settings
    planned = plan.cases if settings.shard is None else dealt(plan.cases, settings.shard)
    left_out = len(planned) - len(plan.chosen & set(planned))
    if left_out:
        of = "" if settings.shard is None else f" of {name_of(settings.shard)}"
        found.append(f"{left_out} of {len(planned)} cases{of} were not chosen")
    folders = [settings.root / path for path in settings.paths] or [settings.root]
    known = discover(settings.root, folders, formats=library.registry.formats)
    collected = {facts.dataset for facts in plan.prompts.values()}
    elsewhere = [path for path in known if path.relative_to(settings.root).as_posix() not in collected]
    if elsewhere:
        found.append(f"{len(elsewhere)} of {len(known)} golden datasets were not chosen")
    tests = [one for one in _stored_tests(library) if one.id not in plan.prompts and one.path not in plan.test_files]
    if tests:
        few = "test of the stored run was" if len(tests) == 1 else "tests of the stored run were"
        found.append(f"{len(tests)} Python {few} not collected")
    return tuple(found)


def _stored_tests(library: Library) -> list[PromptFacts]:
    """Give the Python tests of the stored run whose file is still there."""
    stored = library.reference.baseline.prompts if library.reference.baseline else ()
    return [one for one in stored if one.provider == PYTHON_TEST and (library.settings.root / one.path).is_file()]


def default_report(store: Store) -> Path:
    """Give the place of the verdict record where none was asked for."""
    return store.cache / "verdict.json"


def shown(path: Path) -> str:
    """Name a path from the folder where pytest was started, where it is below."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _write_reports(library: Library, verdict: str, view: RunView) -> tuple[Path, ...]:
    wanted = list(library.settings.reports)
    if all(kind != "json" for kind, _ in wanted):
        wanted.append(("json", default_report(library.store)))
    for kind, path in wanted:
        write_file(path, report_text(kind, library, view, verdict))
    return tuple(path for _, path in wanted)
