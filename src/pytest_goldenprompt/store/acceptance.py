"""Which runs may become a baseline, and how a pointer is moved to one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from pytest_goldenprompt.errors import GoldenpromptError
from pytest_goldenprompt.model.pointers import LogEntry, Pointer, Pointers
from pytest_goldenprompt.model.record import RunKind, RunRecord
from pytest_goldenprompt.model.verdict import State, Verdict
from pytest_goldenprompt.store.folder import FolderStore

GOOD = {State.PASS, State.INCONCLUSIVE, State.NEW}
REMEDY = "name it with --even {word} if that is what you want"


class Mover(Protocol):
    """Moves a pointer to a stored run: `accept` or `anchor`."""

    def __call__(  # noqa: PLR0913 - who, when and why are part of every move
        self,
        store: FolderStore,
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


def accept(  # noqa: PLR0913 - who, when and why are part of every move
    store: FolderStore,
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
    _refuse(record, objections(record, state, waived=waived), even)
    anchor = store.pointers().anchor
    lowered = state in {State.REGRESSED, State.DRIFTED} and not (anchor and anchor.approved)
    return _point(store, record, None if lowered else anchor, who, time, reason)


def _point(  # noqa: PLR0913, PLR0917 - the same
    store: FolderStore, record: RunRecord, anchor: Pointer | None, who: str, time: str, reason: str
) -> LogEntry:
    """Make a run its month's baseline, and the anchor too where there is none to keep."""
    store.promote(record.id)
    before = store.pointers()
    pointer = store.pointer_to(record.id)
    after = Pointers({**before.months, record.month: pointer}, anchor or pointer)
    replaced = before.months.get(record.month)
    entry = LogEntry(time, "accept", record.id, record.month, who, reason, replaced.run if replaced else None)
    store.move(before, after, entry)
    return entry


def anchor(  # noqa: PLR0913 - the same
    store: FolderStore,
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
    _refuse(record, objections(record, state, waived=waived), even)
    store.promote(record.id)
    before = store.pointers()
    pointer = replace(store.pointer_to(record.id), approved=True)
    replaced = before.anchor.run if before.anchor else None
    entry = LogEntry(time, "anchor", record.id, record.month, who, reason, replaced)
    store.move(before, replace(before, anchor=pointer), entry)
    return entry


def accept_by_itself(
    store: FolderStore, record: RunRecord, state: State, *, first: bool, verdict: Verdict | None = None
) -> tuple[Pointer | None, str]:
    """Accept a recording run that needs nobody's word; otherwise give the sentence that says what it waits for.

    The first run of a store may come from files that are not committed yet: there is nothing to guard.
    """
    if record.kind is RunKind.CHECK:
        return None, ""
    against = objections(record, state, waived=verdict is not None and verdict.stands_on_waivers)
    if first:
        against.pop("dirty", None)
    if first and store.has_history():
        against["second"] = "another run became the first one meanwhile"
    if verdict is not None and "partial" not in against:
        against |= _moved_on(record, verdict)
    if state not in GOOD:
        against.setdefault(state.value, f"it is {state.value}")
    if against:
        return None, f"stored, not accepted: {'; '.join(against.values())}"
    _point(store, record, store.pointers().anchor, "the recording run", record.finished, state.value)
    return store.pointers().months[record.month], f"stored and accepted as the baseline of {record.month}"


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


def _refuse(record: RunRecord, against: dict[str, str], even: Collection[str]) -> None:
    left = {word: sentence for word, sentence in against.items() if word not in even}
    if left:
        words = ",".join(left)
        raise RefusedError(
            f"run {record.id} was not accepted: {'; '.join(left.values())} ({REMEDY.format(word=words)})", tuple(left)
        )
