"""What is wrong with the upkeep of a library: each rule is a function of what an audit looks at, and of the day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase

from pytest_goldenprompt.judge.due import later
from pytest_goldenprompt.model.audit import CaseHistory, Record, Remark, Rule, Shelf
from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.model.upkeep import Listed, Upkeep

STALE_DAYS = 180
"""Days for which a dataset may stay as it is before that is remarked."""

DEAD_RUNS, EASY_RUNS = 2, 3
"""Runs in a row after which a case that always fails, and a dataset that never does, is remarked."""

SHOWN = 5

_Found = Iterator[Remark]


def audit(shelf: Shelf, upkeep: Upkeep, today: date) -> tuple[Remark, ...]:
    """Apply all rules: the weightiest remarks first, each with the owner of its prompt."""
    owners = {one.id: one.owner for one in shelf.listed}
    facts = shelf.runs[-1].prompts if shelf.runs else {}
    found = []
    for rule in _RULES:
        for one in rule(shelf, upkeep, today):
            said = owners.get(one.prompt) or (facts[one.prompt].owner if one.prompt in facts else None)
            owner = one.owner or upkeep.owner_of(one.prompt, said)
            found.append(Remark(one.severity, one.rule, one.prompt, one.what, one.remedy, owner))
    weights, rules = list(Severity), list(Rule)
    return tuple(
        sorted(found, key=lambda one: (weights.index(one.severity), rules.index(one.rule), one.prompt, one.what))
    )


def _active(shelf: Shelf) -> Iterator[Listed]:
    return (one for one in shelf.listed if one.status is Status.ACTIVE and not one.error)


def _asked(shelf: Shelf) -> Iterator[PromptFacts]:
    """Give the facts of the newest run on the prompts that the library still runs."""
    active = {one.id for one in _active(shelf)}
    return (facts for name, facts in (shelf.runs[-1].prompts if shelf.runs else {}).items() if name in active)


def _unreadable(shelf: Shelf, _: Upkeep, __: date) -> _Found:
    for one in shelf.listed:
        if one.error:
            yield Remark(Severity.ERROR, Rule.UNREADABLE, one.id, f"cannot be read: {one.error}", "mend the file")


def _models(shelf: Shelf, upkeep: Upkeep, _: date) -> _Found:
    for facts in _asked(shelf):
        names = [facts.model or "", facts.provider, facts.provider.partition(":")[2], *facts.served]
        gone = sorted({name for name in names if any(fnmatchcase(name, one) for one in upkeep.retired)})
        if gone:
            what = f"its last run used a retired model: {_listed(gone)}"
            yield Remark(Severity.ERROR, Rule.MODEL, facts.id, what, "ask another, and accept its results")


def _waivers(shelf: Shelf, _: Upkeep, today: date) -> _Found:
    for one in shelf.waivers:
        if not one.holds(today.isoformat()):
            what = f"a waiver lapsed after {one.until}: {one.scope} ({one.reason})"
            yield Remark(Severity.ERROR, Rule.WAIVER, one.prompt, what, "mend it, or decide anew", one.owner)


def _lost(shelf: Shelf, _: Upkeep, __: date) -> _Found:
    for prompt, cases in shelf.lost.items():
        what = f"{_number(len(cases), 'case')} of the stored runs went: {_listed(cases)}"
        yield Remark(Severity.WARNING, Rule.LOST, prompt, what, "bring them back, or accept that they are gone")
    for prompt in shelf.gone:
        what = "the last run had it, and the library has no golden dataset of it any more"
        yield Remark(Severity.WARNING, Rule.LOST, prompt, what, "bring it back, or keep it with the status retired")


def _owners(shelf: Shelf, upkeep: Upkeep, _: date) -> _Found:
    recorded = {facts.id: facts.owner for facts in _asked(shelf)}
    for one in _active(shelf):
        if upkeep.owner_of(one.id, one.owner or recorded.get(one.id)) is None:
            yield Remark(
                Severity.WARNING, Rule.OWNER, one.id, "nobody owns it", "write an owner into the dataset's header"
            )


def _reviews(shelf: Shelf, upkeep: Upkeep, today: date) -> _Found:
    for one in _active(shelf):
        if one.reviewed is None:
            what, weight = "nobody has looked through its cases, or nobody wrote it down", Severity.NOTE
        elif later(date.fromisoformat(one.reviewed), upkeep.review) < today:
            what, weight = f"its cases were last looked through on {one.reviewed}", Severity.WARNING
        else:
            continue
        yield Remark(
            weight, Rule.REVIEW, one.id, what, "look through them, and write the day into the header as reviewed"
        )


def _stale(shelf: Shelf, _: Upkeep, today: date) -> _Found:
    for facts in _asked(shelf):
        since = today
        for run in reversed(shelf.runs):
            then = run.prompts.get(facts.id)
            if then is None or then.dataset_digest != facts.dataset_digest:
                break
            since = run.day
        if (today - since).days > STALE_DAYS:
            what = f"its golden dataset is the same since {since} at least"
            yield Remark(Severity.NOTE, Rule.STALE, facts.id, what, "add what production asked since")


def _tags(shelf: Shelf, upkeep: Upkeep, _: date) -> _Found:
    for prompt, cases in _by_prompt(shelf).items():
        used = Counter(tag for one in cases for tag in one.tags)
        strange = sorted(tag for tag in used if not any(fnmatchcase(tag, one) for one in upkeep.tags))
        if strange and upkeep.tags:
            what = f"tags that [taxonomy] does not have: {_listed(strange)}"
            yield Remark(Severity.WARNING, Rule.TAGS, prompt, what, "take them out, or add them to the policy")


def _slices(shelf: Shelf, _: Upkeep, __: date) -> _Found:
    for prompt, cases in _by_prompt(shelf).items():
        used = Counter(tag for one in cases for tag in one.tags)
        thin = sorted(tag for tag, number in used.items() if number < shelf.smallest_slice)
        if thin:
            few = f"fewer than {shelf.smallest_slice} cases, so that they are not judged by themselves"
            yield Remark(Severity.NOTE, Rule.SLICE, prompt, f"tags with {few}: {_listed(thin)}", "add cases")
        bare = [one.id for one in cases if not one.tags]
        if used and bare:
            what = f"{_number(len(bare), 'case')} of {len(cases)} without a tag: {_listed(bare)}"
            yield Remark(Severity.NOTE, Rule.SLICE, prompt, what, "tag them")


def _always(shelf: Shelf, _: Upkeep, __: date) -> _Found:
    for prompt, cases in _by_prompt(shelf).items():
        dead = [one.id for one in cases if len(one.records) >= DEAD_RUNS and set(one.records) == {Record.FAILS}]
        if dead:
            what = f"{_number(len(dead), 'case')} failed in every repeat of the last runs: {_listed(dead)}"
            yield Remark(
                Severity.WARNING, Rule.DEAD, prompt, what, "mend the prompt or the expectation, or take them out"
            )


def _never(shelf: Shelf, _: Upkeep, __: date) -> _Found:
    for prompt, cases in _by_prompt(shelf).items():
        runs = min(len(one.records) for one in cases)
        if runs >= EASY_RUNS and all(set(one.records) == {Record.PASSES} for one in cases):
            what = f"none of its {_number(len(cases), 'case')} failed in the last {runs} runs"
            yield Remark(
                Severity.NOTE, Rule.EASY, prompt, what, "add harder ones, or it cannot tell two good prompts apart"
            )


def _twins(shelf: Shelf, _: Upkeep, __: date) -> _Found:
    for what, digest_of in _SAME.items():
        known: dict[str, list[str]] = defaultdict(list)
        for facts in _asked(shelf):
            known[digest_of(facts)].append(facts.id)
        for digest, (first, *others) in known.items():
            if digest and others:
                yield Remark(Severity.WARNING, Rule.TWIN, first, f"the same {what} as {_listed(others)}", "keep one")


def _bare(shelf: Shelf, _: Upkeep, __: date) -> _Found:
    for prompt in shelf.bare:
        yield Remark(
            Severity.WARNING, Rule.DATASET, prompt, "a prompt without a golden dataset", "write its first cases"
        )


_SAME: dict[str, Callable[[PromptFacts], str]] = {
    "prompt": lambda facts: facts.digest,
    "golden dataset": lambda facts: facts.dataset_digest if facts.dataset_digest != facts.digest else "",
}
_RULES = (
    *(_unreadable, _models, _waivers, _lost, _owners, _reviews, _stale),
    *(_tags, _slices, _always, _never, _twins, _bare),
)


def _by_prompt(shelf: Shelf) -> dict[str, list[CaseHistory]]:
    active = {one.id for one in _active(shelf)}
    found: dict[str, list[CaseHistory]] = defaultdict(list)
    for one in shelf.cases:
        if one.prompt in active:
            found[one.prompt].append(one)
    return found


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
