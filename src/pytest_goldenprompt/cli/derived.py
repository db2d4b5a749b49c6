"""The verdict derived again: the run's results, judged by the policy and the stored run of a base revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pytest_goldenprompt import __version__
from pytest_goldenprompt.cli.claim import Claim
from pytest_goldenprompt.cli.refusal import DeniedError, Why
from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.formats.policy import POLICY_FILE, read_policy
from pytest_goldenprompt.git import word
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunKind, RunRecord
from pytest_goldenprompt.model.values import canonical, digest_of
from pytest_goldenprompt.model.verdict import ReferenceFacts
from pytest_goldenprompt.reports.verdict_record import verdict_record
from pytest_goldenprompt.store.codec import cases_digest
from pytest_goldenprompt.store.compared import Compared, age_in_days, compared_with, fetch_compared
from pytest_goldenprompt.store.history import history
from pytest_goldenprompt.store.revision import Revision, open_revision
from pytest_goldenprompt.store.store import Store

BRANCHES = ("origin/HEAD", "origin/main", "origin/master")
AGAIN = "run the gate again, as the base has it now"
TOLD = ("id", "month", "digest", "approved", "pooled")
"""What of a reference has to be the same in the record and in the base."""

CLOCKS = timedelta(minutes=5)
"""By so much the clocks of two machines may differ."""


@dataclass(frozen=True, slots=True)
class Base:
    """The revision that guards a deploy: a copy of its store, and its policy."""

    revision: Revision
    policy: Policy

    @property
    def name(self) -> str:
        """Name it as people read it."""
        return f"{self.revision.name} at {self.revision.commit[:12]}"


def open_base(root: Path, name: str | None, store: Store, folder: Path) -> Base:
    """Copy into `folder` what the base holds; a base that is not there is an InputError, an unreadable one refused."""
    try:
        revision = open_revision(root, name or _guard(root), store, POLICY_FILE, folder)
    except InputError as error:
        where = "--base" if error.where == "--golden-baseline" else error.where
        raise InputError(error.what, where=where, line=error.line, remedy=error.remedy) from None
    try:
        return Base(revision, read_policy(folder))
    except InputError as error:
        raise DeniedError(Why.POLICY, f"the base's policy cannot be read: {error}", "mend it there") from None


def _guard(root: Path) -> str:
    """Give the branch that others are merged into; the checkout's own commit where there is no other place."""
    if "origin" not in (word(root, "remote") or "").split():
        return "HEAD"
    for name in BRANCHES:
        if word(root, "rev-parse", "--verify", "--quiet", f"refs/remotes/{name}^{{commit}}"):
            return name
    raise InputError(
        f"none of {', '.join(BRANCHES)} is in this checkout; a protected branch is accepted",
        where="--base",
        remedy="name it and fetch it first (fetch-depth: 0)",
    )


def refuse_other_policy(claim: Claim, base: Base) -> None:
    """Refuse a run that was judged by another policy than the base's."""
    here, there = base.policy.plain(), claim.run.policy
    odd = sorted(name for name in here.keys() | there.keys() if canonical(here.get(name)) != canonical(there.get(name)))
    if odd:
        raise DeniedError(Why.POLICY, f"{odd[0]} of the policy it was judged by is not that of {base.name}", AGAIN)
    if claim.run.policy_digest != digest_of(here):
        raise DeniedError(Why.POLICY, f"the digest of its policy is not that of {base.name}", AGAIN)


def refuse_age(claim: Claim, policy: Policy, most: timedelta | None, now: datetime) -> datetime:
    """Give the moment when the record expires; refuse one that is expired, or later than now or than its own end."""
    started, finished = (_moment(claim, text) for text in (claim.run.started, claim.run.finished))
    if max(started, finished) > now + CLOCKS:
        told = f"it is of {max(started, finished):%Y-%m-%d %H:%M} UTC, and now is {now:%Y-%m-%d %H:%M}"
        raise DeniedError(Why.FUTURE, told, "set the clocks of both machines right, and run the gate again")
    if finished < started or claim.run.month > claim.run.started[: len("YYYY-MM")]:
        raise DeniedError(Why.TAMPERED, "its run ended before it began, or is of a month to come", AGAIN)
    limit = most or timedelta(hours=policy.max_age_hours)
    if now > finished + limit:
        told = f"its run ended at {finished:%Y-%m-%d %H:%M} UTC, more than {limit / timedelta(hours=1):g} hours ago"
        raise DeniedError(Why.EXPIRED, told, "run the gate again")
    return finished + limit


def _moment(claim: Claim, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError):
        raise DeniedError(Why.TAMPERED, f"run {claim.run.id} has no time, found {text!r}", AGAIN) from None


def find_compared(claim: Claim, base: Base, name: str, now: datetime) -> Compared:
    """Read what the base has a run of this month and kind compared with; refuse where the record names another."""
    month, recording, months = claim.run.month, claim.run.kind is RunKind.RECORDING, base.policy.pool_months
    store = base.revision.store
    try:
        fetch_compared(base.revision, name, month=month, recording=recording, months=months)
        compared = compared_with(store, name, month=month, recording=recording, months=months, now=now)
    except (StoreError, InputError) as error:
        raise DeniedError(
            Why.BASELINE, f"the stored run of {base.name} cannot be read: {error}", "mend it there"
        ) from None
    for which, here in (("baseline", compared.facts), ("anchor", compared.anchor)):
        there = claim.record[which]
        mine, theirs = _told(here), there and {name: there[name] for name in TOLD}
        if mine != theirs:
            found, wanted = there["id"] if there else "none", here.id if here else "none"
            what = f"it was compared with {which} {found}, and {base.name} has {wanted}"
            raise DeniedError(Why.BASELINE, f"{what}{', another record of it' * (found == wanted)}", AGAIN)
    return compared


def _told(facts: ReferenceFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    plain = {name: getattr(facts, name) for name in TOLD}
    return {**plain, "pooled": list(facts.pooled)}


def refuse_underived(claim: Claim, base: Base, compared: Compared) -> None:
    """Judge the run's results again, and refuse a record that says anything else."""
    odd = first_difference(claim.record, _derive(claim, base, compared))
    if odd:
        versions = "" if claim.run.tool == __version__ else f", by version {__version__} and not {claim.run.tool},"
        raise DeniedError(Why.TAMPERED, f"judged again{versions} its results give another verdict: {odd}", AGAIN)


def _derive(claim: Claim, base: Base, compared: Compared) -> dict[str, Any]:
    run, record, store = claim.run, claim.record, base.revision.store
    first = run.kind is RunKind.RECORDING and not store.has_history()
    extra = record["counts"]["extra_calls"]
    verdict = decide(References(compared.baseline, compared.pinned, first), run, base.policy, extra_calls=extra)
    verdict = verdict.with_history(history(store, until=run.month))
    baseline = _as_told(compared.facts, compared.baseline, record["baseline"], run)
    anchor = _as_told(compared.anchor, compared.pinned or compared.baseline, record["anchor"], run)
    return verdict_record(verdict, run, baseline, anchor, cases_digest(run), record["spend"])


def _as_told(
    facts: ReferenceFacts | None, reference: RunRecord | None, told: Mapping[str, Any] | None, run: RunRecord
) -> ReferenceFacts | None:
    """Take from the record by what name the base was called, and the age, which is one between begin and end."""
    if facts is None or told is None or reference is None:
        return facts
    begin, end = (age_in_days(reference.finished, datetime.fromisoformat(text)) for text in (run.started, run.finished))
    known = told["age_days"] if begin is None or end is None else min(max(told["age_days"], begin), end)
    return replace(facts, age_days=known, revision=told["revision"])


def first_difference(claimed: Any, derived: Any, at: str = "") -> str:
    """Say where two plain values differ first; empty where they are the same."""
    if isinstance(claimed, dict) and isinstance(derived, dict) and claimed.keys() == derived.keys():
        places = [(f"{at}.{name}" if at else name, claimed[name], derived[name]) for name in sorted(claimed)]
    elif isinstance(claimed, list) and isinstance(derived, list | tuple) and len(claimed) == len(derived):
        places = [(f"{at}[{number}]", *both) for number, both in enumerate(zip(claimed, derived, strict=True))]
    else:
        same = canonical(claimed) == canonical(derived)
        return "" if same else f"{at} is {_shown(derived)}, found {_shown(claimed)}"
    return next((found for place, mine, other in places if (found := first_difference(mine, other, place))), "")


def _shown(value: Any, most: int = 60) -> str:
    text = canonical(value)
    return text if len(text) <= most else f"{text[:most]}..."
