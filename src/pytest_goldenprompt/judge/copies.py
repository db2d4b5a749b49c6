"""Repeats that are one answer handed out again, though sampling was asked for: a cache, a fixed seed, a gateway.

Short answers are often the same by themselves, a label above all, and a sure model may have but one answer to a case.
To take these for copies would throw observations away, so the rule is a narrow one: see `is_served_copies`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import Verdict

WARM = 0.5
"""Temperature from which on a long answer is not expected twice; below it, the likeliest words win nearly always."""

LONG = 200
"""Characters of an answer that counts as long."""

ENOUGH = 3
"""Long answers, each another one, that show it: a model that says one thing to everybody is no cache."""


def counted_once(record: RunRecord, lengths: Mapping[str, int], stored: RunRecord | None = None) -> RunRecord:
    """Let each case of a prompt count once where its repeats are copies, and note so in the prompt's facts.

    `lengths` are the characters of the outputs by digest; `stored` is the run that this one is compared with.
    """
    now, then = _by_prompt(record), _by_prompt(stored)
    known = {facts.id: facts for facts in stored.prompts} if stored else {}
    copied = {
        facts.id
        for facts in record.prompts
        if is_served_copies(facts, now[facts.id], lengths)
        and not is_steady(now[facts.id], known.get(facts.id), then[facts.id])
    }
    if not copied:
        return record
    return replace(
        record,
        prompts=tuple(replace(facts, copied=facts.id in copied) for facts in record.prompts),
        cases=tuple(once(case) if case.prompt_id in copied else case for case in record.cases),
    )


def _by_prompt(record: RunRecord | None) -> Mapping[str, list[CaseResult]]:
    results: dict[str, list[CaseResult]] = defaultdict(list)
    for case in record.cases if record else ():
        results[case.prompt_id].append(case)
    return results


def is_served_copies(facts: PromptFacts, results: Sequence[CaseResult], lengths: Mapping[str, int]) -> bool:
    """Say whether a prompt's repeats look like copies.

    Its requests ask for a warm temperature, every case with two answers or more got the very same text each time,
    and three of these texts or more are long, and differ from one another.
    """
    said = _said(results, least=2)
    if not _is_drawn(facts) or not _is_one_each(said):
        return False
    return sum(lengths.get(text or "", 0) >= LONG for text in set().union(*said.values())) >= ENOUGH


def is_steady(results: Sequence[CaseResult], then: PromptFacts | None, stored: Sequence[CaseResult]) -> bool:
    """Say whether the stored run shows that a prompt has but one answer to each case.

    It gave most of them the same text as now, or one text each as well, which were no copies. What a cache hands out
    is one draw of many, and another one the next month.
    """
    now, before = _said(results, least=2), _said(stored)
    shared = now.keys() & before.keys()
    if 2 * sum(now[name] == before[name] for name in shared) > len(shared):
        return True
    several = _said(stored, least=2)
    drawn = then is not None and _is_drawn(then) and not then.copied
    return drawn and len(several) >= ENOUGH and _is_one_each(several)


def _said(results: Sequence[CaseResult], least: int = 1) -> dict[str, set[str | None]]:
    """Give the texts of each case that was answered at least so many times, by their digests."""
    return {
        result.case_id: {repeat.output for repeat in result.observed}
        for result in results
        if len(result.observed) >= least
    }


def _is_one_each(said: Mapping[str, set[str | None]]) -> bool:
    return all(len(texts) == 1 and None not in texts for texts in said.values())


def _is_drawn(facts: PromptFacts) -> bool:
    return (facts.temperature or 0.0) >= WARM and not facts.deterministic


def once(result: CaseResult) -> CaseResult:
    """Mark all answers to a case but the first as copies of it."""
    first = next(iter(result.observed), None)
    return replace(result, repeats=tuple(_marked(repeat, first) for repeat in result.repeats))


def _marked(repeat: Repeat, first: Repeat | None) -> Repeat:
    return repeat if repeat is first or repeat.error is not None else replace(repeat, copy=True)


def surely(facts: PromptFacts, result: CaseResult) -> CaseResult:
    """Give what of a case will count whatever the prompt's other cases show: one answer, where all may be copies."""
    alike = len(result.observed) > 1 == len({repeat.output for repeat in result.observed})
    return once(result) if alike and _is_drawn(facts) else result


def with_copies_told(verdict: Verdict, baseline: RunRecord | None, current: RunRecord) -> Verdict:
    """Say of each prompt whose repeats were copies, now or in the stored run, that they were counted once."""
    then = {facts.id: facts for facts in baseline.prompts} if baseline else {}
    now = {facts.id: facts for facts in current.prompts}
    prompts = tuple(
        replace(prompt, notes=tuple(_told(then.get(prompt.id), now.get(prompt.id)))) for prompt in verdict.prompts
    )
    return replace(verdict, prompts=prompts)


def _told(then: PromptFacts | None, now: PromptFacts | None) -> Iterator[str]:
    for facts, when in ((now, ""), (then, "in the stored run ")):
        if facts is not None and facts.copied:
            yield (
                f"{when}the provider returned the same text for every repeat at temperature {facts.temperature:g}: "
                "a cache or a fixed seed stands between; each case was counted once"
            )
