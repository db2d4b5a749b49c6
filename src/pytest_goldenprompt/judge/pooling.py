"""One baseline of several accepted months: more repeats to compare with, where nothing changed between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from pytest_goldenprompt.judge.evidence import counts_tail
from pytest_goldenprompt.judge.reading import read
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

APART = 0.05
"""Level at which an earlier month is taken for worse than the stored run, and not for another look at the same."""

Cases: TypeAlias = Mapping[str, CaseResult]
"""One prompt's results by case id."""


def pooled(newest: RunRecord, earlier: Sequence[RunRecord]) -> RunRecord:
    """Join the repeats of a stored run with those of earlier accepted months, the latest of them first.

    A prompt's repeats are joined for as long as its fingerprint is one and the same and the month is not worse than
    `newest` by more than luck explains; a case's, for as long as its definition is. The first month that differs ends
    it. Nothing is joined where repeats are no independent looks: deterministic providers, recorded answers and copies.
    """
    shares = list(_shares(newest, earlier))
    more: dict[tuple[str, str], list[Repeat]] = defaultdict(list)
    for share in shares:
        for prompt_id, cases in share.items():
            for case_id, case in cases.items():
                more[prompt_id, case_id].extend(case.observed)
    joined = tuple(replace(case, repeats=(*case.repeats, *more[case.prompt_id, case.case_id])) for case in newest.cases)
    ids = tuple(month.id for month, share in zip(earlier, shares, strict=False) if share)
    return replace(newest, cases=joined, pooled=ids) if ids else newest


def fingerprint(facts: PromptFacts) -> tuple[object, ...]:
    """Give all that is recorded of what may change a prompt's answers, and how they are judged."""
    return (
        facts.digest,
        facts.parameters_digest,
        facts.provider,
        facts.model,
        facts.served,
        facts.fingerprints,
        facts.evaluators,
        facts.judges_served,
    )


def _shares(newest: RunRecord, earlier: Iterable[RunRecord]) -> Iterator[dict[str, Cases]]:
    """Give what each earlier month has to add, by prompt; nothing once every prompt has met a month that differs."""
    left: Mapping[str, Cases] = _by_prompt(newest)
    now = {facts.id: facts for facts in newest.prompts}
    for month in earlier:
        then, cases = {facts.id: facts for facts in month.prompts}, _by_prompt(month)
        share = {
            prompt_id: same
            for prompt_id, mine in left.items()
            if _may_join(now.get(prompt_id), then.get(prompt_id))
            and (same := _same_cases(mine, cases.get(prompt_id, {})))
            and not _is_worse(mine, same)
        }
        left = {prompt_id: {name: left[prompt_id][name] for name in same} for prompt_id, same in share.items()}
        yield share


def _by_prompt(record: RunRecord) -> dict[str, dict[str, CaseResult]]:
    cases: dict[str, dict[str, CaseResult]] = defaultdict(dict)
    for case in record.cases:
        cases[case.prompt_id][case.case_id] = case
    return cases


def _may_join(now: PromptFacts | None, then: PromptFacts | None) -> bool:
    if now is None or then is None or fingerprint(now) != fingerprint(then):
        return False
    return not any(facts.deterministic or facts.replayed or facts.copied for facts in (now, then))


def _same_cases(now: Cases, then: Cases) -> Cases:
    """Give the earlier results of the cases that are defined as they are now and were observed both times."""
    return {
        name: then[name]
        for name, case in sorted(now.items())
        if name in then and then[name].digest == case.digest and read(case).k and read(then[name]).k
    }


def _is_worse(now: Cases, then: Cases) -> bool:
    """Say whether an earlier month is worse as a whole or in a case, each tested at half the level.

    What got better since without a recorded reason is the level to hold: joining the worse month would excuse a fall
    back to it. A month that was better is joined, so that a slide stays a slide.
    """
    sides = [(read(now[name]), read(case)) for name, case in then.items()]
    counts = [(after.k, before.k, after.passes, before.passes) for after, before in sides]
    least = min(counts_tail([one]) for one in counts) * len(counts)
    return 2.0 * min(counts_tail(counts), least) <= APART
