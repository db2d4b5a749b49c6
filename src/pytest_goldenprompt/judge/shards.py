"""A run that is shared among several machines: who runs which case, what one share alone says, and all together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.judge.pairing import DESELECTED
from pytest_goldenprompt.model.record import CODE, PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict

ALIKE = {
    "kind": "kind of run",
    "month": "month",
    "commit": "commit",
    "dirty": "state of the checkout (dirty)",
    "tool": "version of pytest-goldenprompt",
    "policy_digest": "policy",
    "proposed": "policy of the checkout",
    "moved": "pointers of the checkout",
}
"""What the shards of one run have in common, by the names of a record's fields."""

NO_CODE = frozenset({"anthropic", "any-llm", "echo", "embeddings", "local", "openai", "replay"})
"""Kinds of provider that come with the package and run none of the team's code; any other is code that may change."""

APART = timedelta(hours=24)
"""For so long the shards of a run may begin after each other; answers from before are no news of the same model."""

Key = TypeVar("Key", bound=tuple[str, str])


def dealt(keys: Iterable[Key], shard: Sequence[int]) -> list[Key]:
    """Give the cases, as (prompt id, case id), that a shard runs; `shard` is (which of them, how many), from 1.

    The cases are sorted and dealt one by one, as cards are: the order in which a machine finds its files has no say,
    every shard has as many as the next one or one less, and as many of each prompt. A digest of the names would stay
    the same when a case is added, which nobody needs, as shards of different datasets are never merged; and it would
    give some shards half as many again.
    """
    number, of = shard
    return sorted(keys)[number - 1 :: of]


def is_shard(value: object) -> bool:
    """Say whether a value is (I, N), with I from 1 to N."""
    pair = value if isinstance(value, tuple) and len(value) == len(("I", "N")) else (1, 0)
    return all(type(one) is int for one in pair) and 1 <= pair[0] <= pair[1]


def name_of(shard: Sequence[int]) -> str:
    """Name a shard as people read it."""
    number, of = shard
    return f"shard {number} of {of}"


def unjudged(verdict: Verdict, shard: Sequence[int]) -> Verdict:
    """Take out of a shard's verdict all that only the whole run can say: it is INCOMPLETE, or ERROR, and no look.

    Which prompts got worse is weighed over the whole library, and what looks worse is run again before that.
    """
    prompts = tuple(_unjudged(prompt) for prompt in verdict.prompts)
    broken = [prompt for prompt in prompts if prompt.state is State.ERROR and not prompt.draft]
    told = f"{name_of(shard)}, which says nothing by itself: merge them with `goldenprompt merge`"
    reasons = (*(reason for prompt in broken for reason in prompt.reasons), told)
    state = State.ERROR if broken else State.INCOMPLETE
    return replace(verdict, state=state, reasons=reasons, prompts=prompts, look=False)


def _unjudged(prompt: PromptVerdict) -> PromptVerdict:
    broken = prompt.state is State.ERROR
    return PromptVerdict(
        id=prompt.id,
        dataset=prompt.dataset,
        state=State.ERROR if broken else State.INCOMPLETE,
        reasons=prompt.reasons if broken else (),
        rate=prompt.rate,
        format_compliance=prompt.format_compliance,
        tokens=prompt.tokens,
        planned=prompt.planned,
        compared=prompt.compared,
        owner=prompt.owner,
        draft=prompt.draft,
    )


def joined(shards: Sequence[RunRecord]) -> RunRecord:
    """Join all shards of a run to the record that one machine would have made; it has no id yet.

    Gaps, overlaps, and shards of different runs are InputErrors that say which.
    """
    ordered = _complete(shards)
    for one in ordered[1:]:
        _refuse_mixed(ordered[0], one)
    _refuse_apart(ordered)
    _refuse_unknown_code(ordered[0])
    first = ordered[0]
    return replace(
        first,
        id="",
        shard=None,
        started=min(one.started for one in ordered),
        finished=max(one.finished for one in ordered),
        prompts=tuple(map(_facts, zip(*(one.prompts for one in ordered), strict=True))),
        cases=tuple(_cases(ordered)),
        narrowed=tuple(dict.fromkeys(how for one in ordered for how in one.narrowed)),
        stopped=tuple(f"{_name(one)}: {why}" for one in ordered for why in one.stopped),
        info=_info(ordered),
    )


def as_asked(facts: PromptFacts) -> PromptFacts:
    """Give what was known of a prompt before anybody answered, which is the same in all shards."""
    return replace(facts, served=(), fingerprints=(), judges_served=(), replayed=False, copied=False)


def differing(one: PromptFacts, other: PromptFacts) -> str:
    """Name the first thing that was asked otherwise; empty where a prompt was asked the same."""
    mine, theirs = as_asked(one), as_asked(other)
    return next((name for name in PromptFacts.__slots__ if getattr(mine, name) != getattr(theirs, name)), "")


def _name(record: RunRecord) -> str:
    return name_of(record.shard or (1, 1))


def _complete(shards: Sequence[RunRecord]) -> list[RunRecord]:
    """Sort shards that are the whole of a run; refuse what is none, is there twice, or lacks one."""
    known: dict[tuple[int, int], RunRecord] = {}
    for record in shards:
        if record.shard is None:
            raise InputError(f"run {record.id} is no shard of a run; what --golden-shard made is accepted")
        if record.shard in known:
            both = f"runs {known[record.shard].id} and {record.id}"
            raise InputError(f"overlap: {_name(record)} is there twice, {both}; each is accepted once")
        known[record.shard] = record
    sizes = sorted({of for _, of in known})
    if len(sizes) != 1:
        found = f"such of {' and of '.join(map(str, sizes))} parts" if sizes else "none"
        raise InputError(f"shards of one run are accepted, found {found}")
    wanted = [(number, sizes[0]) for number in range(1, sizes[0] + 1)]
    if missing := [name_of(one) for one in wanted if one not in known]:
        raise InputError(f"gap: {', '.join(missing)} is missing; all shards of a run are accepted")
    return [known[one] for one in wanted]


def _refuse_mixed(first: RunRecord, other: RunRecord) -> None:
    both = f"{_name(first)} and {_name(other)}"
    for name, what in ALIKE.items():
        if getattr(first, name) != getattr(other, name):
            found = f"{getattr(first, name)} and {getattr(other, name)}"
            raise InputError(f"{both} differ in their {what}, found {found}; shards of one run are accepted")
    mine, theirs = ({facts.id: facts for facts in record.prompts} for record in (first, other))
    if odd := sorted(mine.keys() ^ theirs.keys()):
        raise InputError(f"{both} differ in their prompts, found {odd[0]} in one only; the same are accepted")
    for name, facts in mine.items():
        if what := differing(facts, theirs[name]):
            raise InputError(f"{both} differ in what they asked of {name}: its {what}; the same is accepted")
    if _defined(first) != _defined(other):
        raise InputError(f"{both} differ in their cases; the same golden datasets are accepted")


def _refuse_apart(ordered: Sequence[RunRecord]) -> None:
    oldest, newest = min(ordered, key=_began), max(ordered, key=_began)
    if _began(newest) - _began(oldest) > APART:
        both = f"{_name(oldest)} of {oldest.started} and {_name(newest)} of {newest.started}"
        raise InputError(f"{both} are more than 24 hours apart; shards that ran together are accepted, run both again")


def _began(record: RunRecord) -> datetime:
    try:
        return datetime.fromisoformat(record.started).astimezone(UTC)
    except ValueError:
        raise InputError(f"{_name(record)} began at no moment, found {record.started!r}; ISO 8601 is read") from None


def _refuse_unknown_code(first: RunRecord) -> None:
    """Refuse shards that ran code of which no commit tells that it was the same, and is where they are merged."""
    if first.dirty is False:
        return
    for facts in first.prompts:
        if code := _code(facts):
            where = "outside of git" if first.dirty is None else "on files that were not committed"
            raise InputError(
                f"{_name(first)} ran {where}, found the code of {code} for {facts.id}, which may be another one "
                "elsewhere; commit first, then run all shards"
            )


def _code(facts: PromptFacts) -> str:
    """Name the team's own code that a prompt was run or judged with; empty where there is none."""
    own = [name for name in (facts.provider, *facts.judges) if name and name.partition(":")[0] not in NO_CODE]
    return next(iter([*own, *(name for name in facts.evaluators if any(mark in name for mark in CODE))]), "")


def _defined(record: RunRecord) -> list[tuple[str, str, str]]:
    return [(case.prompt_id, case.case_id, case.digest) for case in record.cases]


def _cases(ordered: Sequence[RunRecord]) -> Iterator[CaseResult]:
    """Take each case from the shard that it was dealt to, in the records' own order."""
    owner: dict[tuple[str, str], RunRecord] = {}
    for record in ordered:
        keys = [(case.prompt_id, case.case_id) for case in record.cases]
        owner.update(dict.fromkeys(dealt(keys, record.shard or (1, 1)), record))
    for results in zip(*(record.cases for record in ordered), strict=True):
        key = results[0].prompt_id, results[0].case_id
        for record, result in zip(ordered, results, strict=True):
            if record is owner[key]:
                mine = result
            elif result.missing != DESELECTED or result.repeats:
                raise InputError(f"overlap: {' '.join(key)} is of {_name(owner[key])}, and {_name(record)} ran it too")
        if mine.missing == DESELECTED:
            raise InputError(f"gap: {' '.join(key)} was not chosen in {_name(owner[key])}; a whole shard is accepted")
        yield mine


def _facts(same: Sequence[PromptFacts]) -> PromptFacts:
    return replace(
        same[0],
        served=tuple(sorted({name for facts in same for name in facts.served})),
        fingerprints=tuple(sorted({name for facts in same for name in facts.fingerprints})),
        replayed=any(facts.replayed for facts in same),
        judges_served=tuple(sorted({name for facts in same for name in facts.judges_served})),
    )


def _info(ordered: Sequence[RunRecord]) -> Mapping[str, JSON]:
    """Keep the facts that all shards tell alike, and by shard those that they tell each for itself."""
    told: dict[str, dict[str, JSON]] = defaultdict(dict)
    for record in ordered:
        for name, value in record.info.items():
            told[name][_name(record)] = value
    every = {_name(record) for record in ordered}
    return {
        name: next(iter(values.values())) if values.keys() == every and _one(values.values()) else dict(values)
        for name, values in sorted(told.items())
    }


def _one(values: Iterable[JSON]) -> bool:
    first, *others = values
    return all(value == first for value in others)
