"""Which case of one run record stands against which of the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from pytest_goldenprompt.judge.pairs import Pair, Tally, tally
from pytest_goldenprompt.judge.reading import Seen, differs, passes_mostly, read, see, usable
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult

_ID = attrgetter("result.case_id")

DESELECTED = "deselected"
"""The word in `CaseResult.missing` for a case that a person chose not to run."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """One prompt in both runs.

    `gaps` are the results of which something is missing: the whole, or a usable observation in some repeat. `alike`
    counts the pairs that are alike.

    `facts` are the current run's (the baseline's for a prompt that is gone). `known` says that the baseline has heard
    of the prompt, `gone` that the current run has not. `graded`, and `copies` (repeats of a case may all be one
    answer), are read from the baseline alone, so that no result of the current run can choose the test it is judged by.
    `edited` are the changed cases that used to pass and fail now. `waived` cases are in `results` alone.
    `deterministic` is declared by both runs, or shown by the same answer to the letter in every case, or by results
    that are the stored ones.
    """

    facts: PromptFacts
    results: tuple[Seen, ...] = ()
    stored: tuple[Seen, ...] = ()
    gaps: tuple[CaseResult, ...] = ()
    pairs: tuple[Pair, ...] = ()
    alike: Tally = ()
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
        return bool(self.results) and all(result.case_id in self.waived for result, _ in self.results)

    @property
    def ever_passed(self) -> int:
        """Count the stored cases that passed at least once."""
        return sum(reading.passes > 0 for _, reading in self.stored)

    def slices(self, smallest: int) -> tuple[str, ...]:
        """List the tags that enough, but not all, of the stored cases carry, sorted."""
        counts: Counter[str] = Counter()
        for tags, times in Counter(map(attrgetter("result.tags"), self.stored)).items():
            counts.update(dict.fromkeys(tags, times))
        return tuple(tag for tag in sorted(counts) if smallest <= counts[tag] < len(self.stored))


def pair(
    baseline: RunRecord | None,
    current: RunRecord,
    aside: Collection[tuple[str, str]] = (),
    seen: Mapping[str, list[Seen]] | None = None,
) -> tuple[Pairing, ...]:
    """Pair two run records prompt by prompt, sorted by prompt id; `seen` is the baseline, where it was read already.

    Cases `aside`, as (prompt id, case id), are waived: the stored run then says nothing of them.

    A prompt of the baseline that is gone is listed too, unless the current run is a look or the prompt was a draft. One
    that became a draft or was retired since gates on until a baseline without it is accepted; retired before, it is
    left out.
    """
    waived = frozenset(aside)
    facts_now, results_now = _facts(current), _results(current)
    facts_then = _facts(baseline) if baseline else {}
    if seen is None:
        seen = see(baseline) if baseline else {}
    results_then = {prompt_id: _kept(results, waived) for prompt_id, results in seen.items()} if waived else seen
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


def _wholly(waived: Collection[tuple[str, str]], results: Mapping[str, list[Seen]]) -> set[str]:
    """Give the prompts of which every stored case is waived; one that is gone then misses nobody."""
    return {prompt_id for prompt_id, _ in waived if not results.get(prompt_id)}


def _facts(record: RunRecord) -> dict[str, PromptFacts]:
    """Give the facts by prompt id; results whose prompt has none (plain score files) get bare ones."""
    facts = {prompt.id: prompt for prompt in record.prompts}
    bare = {case.prompt_id for case in record.cases} - facts.keys()
    return facts | {prompt_id: PromptFacts(id=prompt_id, dataset="") for prompt_id in bare}


def _results(record: RunRecord) -> Mapping[str, list[CaseResult]]:
    results: dict[str, list[CaseResult]] = defaultdict(list)
    for case in record.cases:
        results[case.prompt_id].append(case)
    return results


def _kept(results: Iterable[Seen], waived: Collection[tuple[str, str]]) -> list[Seen]:
    return [seen for seen in results if (seen.result.prompt_id, seen.result.case_id) not in waived]


def _pairing(
    now: PromptFacts | None,
    then: PromptFacts | None,
    current: Iterable[CaseResult],
    known: Iterable[Seen],
    waived: Collection[str],
) -> Pairing:
    stored = _ordered(known)
    by_id = {seen.result.case_id: seen for seen in stored}
    results = _ordered(_beside(result, by_id.get(result.case_id)) for result in current)
    pairs, new, changed = _match([seen for seen in results if seen.result.case_id not in waived], by_id)
    return Pairing(
        facts=now or then or PromptFacts(id="", dataset=""),
        results=results,
        stored=stored,
        gaps=_gaps(results),
        pairs=pairs,
        alike=tally(pairs),
        waived=frozenset(waived),
        removed=_gone(results, stored),
        new=new,
        changed=changed,
        twice=tuple(sorted({*_twice(results), *_twice(stored)})),
        known=then is not None,
        gone=now is None,
        copies=not any(differs(result) for result, _ in stored),
        graded=any(reading.graded for _, reading in stored),
        deterministic=bool(now and then and now.deterministic and then.deterministic)
        or _carried(pairs, results, by_id)
        or _same_answers(results, by_id),
        edited=_edited(changed, results, by_id),
    )


def _beside(result: CaseResult, stored: Seen | None) -> Seen:
    """Read a current result; one that is the stored result itself was read already."""
    return stored if stored and stored.result is result else Seen(result, read(result))


def _ordered(results: Iterable[Seen]) -> tuple[Seen, ...]:
    ordered = tuple(sorted(results, key=_ID))
    return tuple(sorted(ordered, key=lambda seen: repr(seen.result))) if _twice(ordered) else ordered


def _twice(results: Sequence[Seen]) -> tuple[str, ...]:
    ids = list(map(_ID, results))
    if len(set(ids)) == len(ids):
        return ()
    return tuple(sorted({one for one, other in pairwise(ids) if one == other}))


def _gone(results: Iterable[Seen], stored: Iterable[Seen]) -> tuple[CaseResult, ...]:
    here = set(map(_ID, results))
    return tuple([result for result, _ in stored if result.case_id not in here])


def _gaps(results: Iterable[Seen]) -> tuple[CaseResult, ...]:
    return tuple([result for result, now in results if result.missing or not 0 < now.k == len(result.repeats)])


def _match(
    results: Iterable[Seen], stored: Mapping[str, Seen]
) -> tuple[tuple[Pair, ...], tuple[str, ...], tuple[str, ...]]:
    """Sort current results into pairs, new ones and changed ones; those without an observation are none of them."""
    pairs: list[Pair] = []
    new: list[str] = []
    changed: list[str] = []
    for result, now in results:
        former, then = stored.get(result.case_id, (None, None))
        if not now.k:
            continue
        if former and former.digest != result.digest:
            changed.append(result.case_id)
        elif former and then and then.k:
            pairs.append(Pair(result.case_id, then, now, former.tags, result.must_pass))
        else:
            new.append(result.case_id)
    return tuple(pairs), tuple(new), tuple(changed)


def _edited(changed: Iterable[str], results: Iterable[Seen], stored: Mapping[str, Seen]) -> tuple[str, ...]:
    """Give the changed cases that used to pass and fail now."""
    passing = {result.case_id for result, now in results if passes_mostly(now)} if changed else set()
    return tuple([name for name in changed if used_to_pass(stored[name].result) and name not in passing])


def _same_answers(results: Iterable[Seen], stored: Mapping[str, Seen]) -> bool:
    """Say whether every case that both runs observed got one and the same answer, and the same score, then and now.

    A score that differs for the same answer is the evaluator's luck, and is tested like any other.
    """
    compared = False
    for result, _ in results:
        former = stored.get(result.case_id)
        now, then = usable(result), usable(former.result) if former else ()
        if now and then:
            given = {(repeat.output, repeat.passed, repeat.score) for repeat in (*now, *then)}
            if len(given) > 1 or next(iter(given))[0] is None:
                return False
            compared = True
    return compared


def _carried(pairs: Iterable[Pair], results: Iterable[Seen], stored: Mapping[str, Seen]) -> bool:
    """Say whether what is compared are the stored results themselves, so that luck had no part in it."""
    compared = {pair.case_id for pair in pairs}
    mine = [result for result, _ in results if result.case_id in compared]
    return bool(mine) and all(one.carried and usable(one) == usable(stored[one.case_id].result) for one in mine)


def used_to_pass(result: CaseResult) -> bool:
    """Say whether the removal of a stored case must be acknowledged: it passed mostly, or must always pass."""
    return result.must_pass or passes_mostly(read(result))
