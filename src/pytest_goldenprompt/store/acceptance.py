"""Which runs may become a baseline, and how a pointer is moved to one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from pytest_goldenprompt.errors import GoldenpromptError
from pytest_goldenprompt.judge.shards import name_of
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.model.record import RunKind, RunRecord
from pytest_goldenprompt.model.verdict import State, Verdict
from pytest_goldenprompt.store.archive import MovedError
from pytest_goldenprompt.store.store import Store

GOOD = {State.PASS, State.INCONCLUSIVE, State.NEW}
WORDS = ("partial", "errored", "dirty", "replayed", "regressed", "waived")
"""What may speak against a run, and be overridden by name."""

REMEDY = "name it with --even {word} if that is what you want"


class Mover(Protocol):
    """Moves a pointer to a stored run: `accept` or `anchor`."""

    def __call__(  # noqa: PLR0913 - who, when and why are part of every move
        self,
        store: Store,
        record: RunRecord,
        state: State,
        *,
        who: str,
        time: str,
        reason: str,
        even: Collection[str] = (),
        waived: bool = False,
    ) -> LogEntry:
        """Move the pointer and give the log's entry, or refuse."""
        ...


class RefusedError(GoldenpromptError):
    """A run that may not become what it was to become; `words` name the reasons, as `--even` takes them."""

    def __init__(self, message: str, words: tuple[str, ...]) -> None:
        self.words = words
        super().__init__(message)


def objections(record: RunRecord, state: State, *, waived: bool = False) -> dict[str, str]:
    """Say what speaks against a run as a baseline, a sentence for each word that `--even` takes.

    `waived` says that waivers excuse something in it.
    """
    found: dict[str, str] = {}
    if record.narrowed or record.stopped or any(case.missing for case in record.cases):
        found["partial"] = "not every case of it was run"
    elif not any(case.repeats for case in record.cases):
        found["partial"] = "no case of it was run"
    if state is State.ERROR or any(case.errors for case in record.cases):
        found["errored"] = "some of its calls or files failed"
    if record.dirty:
        found["dirty"] = "it ran on files that were not committed"
    if any(facts.replayed for facts in record.prompts):
        found["replayed"] = "its answers are recorded ones, which say nothing of the model today"
    if state in {State.REGRESSED, State.DRIFTED}:
        found["regressed"] = f"it is {state.value}, and a worse baseline hides what gets worse after it"
    if waived:
        found["waived"] = "something in it passes by a waiver alone, which would end with this baseline"
    return found


def never(record: RunRecord) -> str:
    """Say why a run can be no baseline whatever anybody wants; empty where it can."""
    if record.shard is not None:
        return f"it is {name_of(record.shard)}, which is merged first"
    carried = sum(bool(case.carried) for case in record.cases)
    return f"{carried} of its {len(record.cases)} cases were taken from an earlier run" if carried else ""


def accept(  # noqa: PLR0913 - who, when and why are part of every move
    store: Store,
    record: RunRecord,
    state: State,
    *,
    who: str,
    time: str,
    reason: str,
    even: Collection[str] = (),
    waived: bool = False,
) -> LogEntry:
    """Make a stored run the baseline of its month; refuse one with objections that `even` does not name.

    While no person has set an anchor, a worse run that a person accepts by name takes its place: that level was looked
    at and approved, and would otherwise be held against every later run.
    """
    before = store.pointers()
    words = _overridden(f"run {record.id} was not accepted", record, objections(record, state, waived=waived), even)
    lowered = state in {State.REGRESSED, State.DRIFTED} and not (before.anchor and before.anchor.approved)
    entry = LogEntry(time, "accept", record.id, record.month, who, reason, overridden=words)
    return _point(store, before, None if lowered else before.anchor, entry)


def _point(store: Store, before: Pointers, anchor: Pointer | None, entry: LogEntry) -> LogEntry:
    """Make a run its month's baseline, and the anchor too where there is none to keep."""
    pointer = store.pointer_to(entry.run)
    replaced = before.months.get(entry.month)
    entry = replace(entry, replaced=replaced.run if replaced else None)
    store.move(before, Pointers({**before.months, entry.month: pointer}, anchor or pointer), entry)
    return entry


def anchor(  # noqa: PLR0913 - the same
    store: Store,
    record: RunRecord,
    state: State,
    *,
    who: str,
    time: str,
    reason: str,
    even: Collection[str] = (),
    waived: bool = False,
) -> LogEntry:
    """Pin a stored run as the approved reference that never moves by itself."""
    before = store.pointers()
    what = f"run {record.id} was not made the anchor"
    words = _overridden(what, record, objections(record, state, waived=waived), even)
    pointer = replace(store.pointer_to(record.id), approved=True)
    replaced = before.anchor.run if before.anchor else None
    entry = LogEntry(time, "anchor", record.id, record.month, who, reason, replaced, words)
    store.move(before, replace(before, anchor=pointer), entry)
    return entry


def accept_by_itself(  # noqa: PLR0913 - what was known when the run began, and what came of it
    store: Store,
    record: RunRecord,
    state: State,
    *,
    first: bool,
    verdict: Verdict | None = None,
    since: Pointers | None = None,
) -> tuple[Pointer | None, str]:
    """Accept a recording run that needs nobody's word; otherwise give the sentence that says what it waits for.

    `since` are the pointers as the run found them: where those that matter to it were moved while it ran, it was not
    judged by what is accepted now. The first run of a store may come from files that are not committed yet: there is
    nothing to guard.
    """
    if record.kind is RunKind.CHECK:
        return None, ""
    now = store.pointers()
    against = objections(record, state, waived=verdict is not None and verdict.stands_on_waivers)
    if first:
        against.pop("dirty", None)
    if verdict is not None and "partial" not in against:
        against |= _moved_on(record, verdict)
    against |= _moved_meanwhile(since or now, now, record.month)
    if why := never(record):
        against["never"] = why
    if state not in GOOD:
        against.setdefault(state.value, f"it is {state.value}")
    if against:
        return None, f"stored, not accepted: {'; '.join(against.values())}"
    entry = LogEntry(record.finished, "accept", record.id, record.month, "the recording run", state.value)
    try:
        _point(store, now, now.anchor, entry)
    except MovedError:  # at this very moment; whether that matters to this run is to be seen
        return accept_by_itself(store, record, state, first=first, verdict=verdict, since=since or now)
    return store.pointer_to(record.id), f"stored and accepted as the baseline of {record.month}"


def _moved_meanwhile(since: Pointers, now: Pointers, month: str) -> dict[str, str]:
    """Say which of the pointers that a month's run stands on are not what they were."""
    if since.months.get(month) != now.months.get(month):
        return {"moved": f"another run became the baseline of {month} meanwhile"}
    if since.newest(before=month) != now.newest(before=month) or since.anchor != now.anchor:
        return {"moved": "what it was compared with was moved meanwhile"}
    return {}


def _moved_on(record: RunRecord, verdict: Verdict) -> dict[str, str]:
    """Say where a run is no longer a comparison of the same prompts, which a person must have seen."""
    drafts = {facts.id for facts in record.prompts if facts.draft}
    found = {}
    for prompt in verdict.prompts:
        if prompt.draft or prompt.state is State.NEW:
            continue
        if prompt.id in drafts:
            found[f"draft {prompt.id}"] = f"{prompt.id} became a draft"
        elif 2 * prompt.compared < prompt.planned or prompt.removed:
            found[f"changed {prompt.id}"] = f"the dataset of {prompt.id} changed too much to compare it"
    return found


def _overridden(what: str, record: RunRecord, against: dict[str, str], even: Collection[str]) -> tuple[str, ...]:
    """Give the words of `even` for what speaks against a run; refuse it, as `what` says, for the rest."""
    if why := never(record):
        raise RefusedError(f"{what}: {why}", ())
    left = {word: sentence for word, sentence in against.items() if word not in even}
    if left:
        remedy = REMEDY.format(word=",".join(left))
        raise RefusedError(f"{what}: {'; '.join(left.values())} ({remedy})", tuple(left))
    return tuple(against)
