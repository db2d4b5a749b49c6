"""A stored run, judged again from what is stored: the verdict is a function of two records and a policy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.judge.anchor import apart
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.pooling import pooled
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.model.verdict import ReferenceFacts, State
from pytest_goldenprompt.reports.terminal import Line
from pytest_goldenprompt.reports.view import RunView
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.acceptance import objections
from pytest_goldenprompt.store.history import history
from pytest_goldenprompt.store.pruning import PRUNE
from pytest_goldenprompt.store.reference import match_run
from pytest_goldenprompt.store.store import Store

COLOURS = {"red": "31", "green": "32", "yellow": "33"}


def judged_run(store: Store, root: Path, name: str) -> RunView:
    """Read a run and judge it against the run that it was compared with."""
    run_id = match_run(store.runs(), name)
    record = store.load(run_id)
    stored = store.verdict(run_id)
    facts = reference_of(stored.get("baseline"), run_id)
    baseline = None
    if facts is not None:
        baseline = pooled(_load(store, facts.id, facts.digest), [_load(store, one) for one in facts.pooled])
    first = baseline is None and stored.get("verdict") == State.NEW
    anchor = reference_of(stored.get("anchor"), run_id)
    pinned = apart(baseline, _load(store, anchor.id, anchor.digest)) if anchor and baseline else None
    policy = codec.policy_of(record, f"run {run_id}") or read_policy(root)
    verdict = decide(References(baseline, pinned, first), record, policy)

    def then() -> Mapping[str, str]:
        return store.texts(facts.id, *facts.pooled) if facts and baseline else {}

    verdict = verdict.with_history(history(store, until=record.month, besides=run_id))
    even = tuple(objections(record, verdict.state, waived=verdict.stands_on_waivers))
    return RunView(record, verdict, baseline, facts, store.texts(run_id), then, run_id, even=even)


def stored_state(store: Store, run_id: str) -> State:
    """Read the state that a run was stored with."""
    found = store.verdict(run_id).get("verdict")
    if found not in set(State):
        raise StoreError(f"run {run_id}: no state in its verdict, found {found!r}: {codec.RESTORE}")
    return State(found)


def print_lines(lines: list[Line], *, colour: bool) -> None:
    """Print lines, coloured where that is wanted."""
    for line in lines:
        code = COLOURS.get(line.colour) if colour else None
        print(f"\033[{code}m{line.text}\033[0m" if code else line.text)


def reference_of(plain: Any, run_id: str) -> ReferenceFacts | None:
    """Read what a verdict record says of a stored run that was compared with."""
    try:
        joined = tuple(plain["pooled"]) if plain else ()
        return plain and ReferenceFacts(plain["id"], plain["month"], plain["digest"], plain["age_days"], pooled=joined)
    except (KeyError, TypeError):
        raise StoreError(f"run {run_id}: its verdict does not name what it was compared with") from None


def _load(store: Store, run_id: str, digest: str | None = None) -> RunRecord:
    """Read a run that was compared with, as it was then: the digest is that of its record, or of its results."""
    try:
        record = store.load(run_id)
        known = {None, store.pointer_to(run_id).digest, digest_of_bytes(codec.cases_text(record).encode())}
    except StoreError as error:
        gone = next((entry for entry in store.log() if (entry.action, entry.run) == (PRUNE, run_id)), None)
        what = f"run {run_id} was pruned on {gone.time[:10]} by {gone.who}: {gone.reason}" if gone else str(error)
        raise StoreError(f"the run it was compared with cannot be read: {what}") from None
    if digest not in known:
        raise StoreError(f"run {run_id}: changed since the comparison with it: {codec.RESTORE}")
    return record
