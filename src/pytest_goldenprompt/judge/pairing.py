"""Which case of one run record stands against which of the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from pytest_goldenprompt.judge.reading import Reading, differs, is_graded, passes_mostly, read, usable
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult

DESELECTED = "deselected"
"""The word in `CaseResult.missing` for a case that a person chose not to run."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One case in both runs, by the same definition; `removed` marks one whose `now` only stands for the worst.

    `tags` are the stored run's: tagging a case anew cannot take it out of a slice that got worse.
    """

    case_id: str
    then: Reading
    now: Reading
    tags: tuple[str, ...] = ()
    must_pass: bool = False
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """One prompt in both runs.

    `facts` are the current run's (the baseline's for a prompt that is gone). `known` says that the baseline has heard
    of the prompt, `gone` that the current run has not. `graded`, and `copies` (repeats of a case may all be one
    answer), are read from the baseline alone, so that no result of the current run can choose the test it is judged by.
    `edited` are the changed cases that used to pass and fail now. `waived` cases are in `results` alone.
    `deterministic` is declared by both runs, or shown by the same answer to the letter in every case.
    """

    facts: PromptFacts
    results: tuple[CaseResult, ...] = ()
    stored: tuple[CaseResult, ...] = ()
    pairs: tuple[Pair, ...] = ()
    removed: tuple[CaseResult, ...] = ()
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    known: bool = False
    gone: bool = False
    graded: bool = False
    copies: bool = True
    deterministic: bool = False
    waived: frozenset[str] = frozenset()

    @property
    def is_wholly_waived(self) -> bool:
        """Say whether every current case is waived, so that nothing is left to compare."""
        return bool(self.results) and all(result.case_id in self.waived for result in self.results)

    @property
    def ever_passed(self) -> int:
        """Count the stored cases that passed at least once."""
        return sum(read(result).passes > 0 for result in self.stored)

    def slices(self, smallest: int) -> tuple[str, ...]:
        """List the tags that enough, but not all, of the stored cases carry, sorted."""
        counts = Counter(tag for result in self.stored for tag in set(result.tags))
        return tuple(tag for tag in sorted(counts) if smallest <= counts[tag] < len(self.stored))


def pair(
    baseline: RunRecord | None, current: RunRecord, aside: Collection[tuple[str, str]] = ()
) -> tuple[Pairing, ...]:
    """Pair two run records prompt by prompt, sorted by prompt id.

    Cases `aside`, as (prompt id, case id), are waived: the stored run then says nothing of them.

    A prompt of the baseline that is gone is listed too, unless the current run is a look or the prompt was a draft. One
    that became a draft or was retired since gates on until a baseline without it is accepted; retired before, it is
    left out.
    """
    waived = frozenset(aside)
    facts_now, results_now = _facts(current), _results(current)
    facts_then, results_then = (_facts(baseline), _results(baseline, waived)) if baseline else ({}, {})
    gated = {prompt_id for prompt_id, facts in facts_then.items() if not (facts.draft or facts.retired)}
    ids = set(facts_now) | (set() if current.narrowed else gated - _wholly(waived, results_then))
    ids -= {prompt_id for prompt_id, facts in facts_now.items() if facts.retired and prompt_id not in gated}
    facts_now = {name: replace(facts, draft=facts.draft and name not in gated) for name, facts in facts_now.items()}
    return tuple(
        _pairing(
            facts_now.get(prompt_id),
            facts_then.get(prompt_id),
            results_now[prompt_id],
            results_then.get(prompt_id, []),
            {case_id for prompt, case_id in waived if prompt == prompt_id},
        )
        for prompt_id in sorted(ids)
    )


def _wholly(waived: Collection[tuple[str, str]], results: Mapping[str, list[CaseResult]]) -> set[str]:
    """Give the prompts of which every stored case is waived; one that is gone then misses nobody."""
    return {prompt_id for prompt_id, _ in waived if not results.get(prompt_id)}


def _facts(record: RunRecord) -> dict[str, PromptFacts]:
    """Give the facts by prompt id; results whose prompt has none (plain score files) get bare ones."""
    facts = {case.prompt_id: PromptFacts(id=case.prompt_id, dataset="") for case in record.cases}
    return facts | {prompt.id: prompt for prompt in record.prompts}


def _results(record: RunRecord, waived: Collection[tuple[str, str]] = ()) -> Mapping[str, list[CaseResult]]:
    results: dict[str, list[CaseResult]] = defaultdict(list)
    for case in record.cases:
        if not waived or (case.prompt_id, case.case_id) not in waived:
            results[case.prompt_id].append(case)
    return results


def _pairing(
    now: PromptFacts | None,
    then: PromptFacts | None,
    results: Iterable[CaseResult],
    stored: Iterable[CaseResult],
    waived: Collection[str],
) -> Pairing:
    results, stored = _ordered(results), _ordered(stored)
    by_id = {result.case_id: result for result in stored}
    current_ids = {result.case_id for result in results}
    pairs, new, changed = _match((result for result in results if result.case_id not in waived), by_id)
    passing = {result.case_id for result in results if passes_mostly(read(result))}
    return Pairing(
        facts=now or then or PromptFacts(id="", dataset=""),
        results=results,
        stored=stored,
        pairs=pairs,
        waived=frozenset(waived),
        removed=tuple(result for result in stored if result.case_id not in current_ids),
        new=new,
        changed=changed,
        twice=tuple(sorted({*_twice(results), *_twice(stored)})),
        known=then is not None,
        gone=now is None,
        copies=not any(differs(result) for result in stored),
        graded=any(is_graded(result) for result in stored),
        deterministic=bool(now and then and now.deterministic and then.deterministic) or _same_answers(results, by_id),
        edited=tuple(name for name in changed if used_to_pass(by_id[name]) and name not in passing),
    )


def _ordered(results: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    ordered = tuple(sorted(results, key=lambda result: result.case_id))
    return tuple(sorted(ordered, key=repr)) if _twice(ordered) else ordered


def _twice(results: tuple[CaseResult, ...]) -> tuple[str, ...]:
    return tuple(sorted({one.case_id for one, other in pairwise(results) if one.case_id == other.case_id}))


def _match(
    results: Iterable[CaseResult], stored: Mapping[str, CaseResult]
) -> tuple[tuple[Pair, ...], tuple[str, ...], tuple[str, ...]]:
    """Sort current results into pairs, new ones and changed ones; those without an observation are none of them."""
    pairs: list[Pair] = []
    new: list[str] = []
    changed: list[str] = []
    for result in results:
        reading, former = read(result), stored.get(result.case_id)
        before = read(former) if former else None
        if not reading.k:
            continue
        if former and former.digest != result.digest:
            changed.append(result.case_id)
        elif former and before and before.k:
            pairs.append(Pair(result.case_id, before, reading, former.tags, result.must_pass))
        else:
            new.append(result.case_id)
    return tuple(pairs), tuple(new), tuple(changed)


def _same_answers(results: Iterable[CaseResult], stored: Mapping[str, CaseResult]) -> bool:
    """Say whether every case that both runs observed got one and the same answer, and the same score, then and now.

    A score that differs for the same answer is the evaluator's luck, and is tested like any other.
    """
    answers = [
        {
            (repeat.output, repeat.passed, repeat.score)
            for one in (result, stored[result.case_id])
            for repeat in usable(one)
        }
        for result in results
        if result.case_id in stored and usable(result) and usable(stored[result.case_id])
    ]
    return bool(answers) and all(len(given) == 1 and next(iter(given))[0] is not None for given in answers)


def stand_ins(removed: Iterable[CaseResult], k: int) -> tuple[Pair, ...]:
    """Let removed cases that were observed then stand as if each of `k` repeats failed now.

    Whatever a case would have shown, removing it can then not make its prompt look better.
    """
    failed = Reading(k, 0, 0, 0.0, 0.0)
    readings = ((result, read(result)) for result in removed)
    return tuple(
        Pair(result.case_id, before, failed, result.tags, result.must_pass, removed=True)
        for result, before in readings
        if before.k
    )


def used_to_pass(result: CaseResult) -> bool:
    """Say whether the removal of a stored case must be acknowledged: it passed mostly, or must always pass."""
    return result.must_pass or passes_mostly(read(result))
