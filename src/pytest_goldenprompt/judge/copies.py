"""Repeats that are one answer handed out again, though sampling was asked for: a cache, a fixed seed, a gateway.

Short answers are often the same by themselves, a label above all. What cannot be luck is narrow, and so is the rule:
see `is_served_copies`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import Verdict

LONG = 200
"""Characters from which on an answer is not the same by itself where each word of it is drawn."""

ENOUGH = 3
"""Long answers, each another one, that show it: a model that says one thing to everybody is no cache."""


def counted_once(record: RunRecord, lengths: Mapping[str, int]) -> RunRecord:
    """Let each case of a prompt count once where its repeats are copies, and note so in the prompt's facts.

    `lengths` are the characters of the outputs by digest.
    """
    results: dict[str, list[CaseResult]] = defaultdict(list)
    for case in record.cases:
        results[case.prompt_id].append(case)
    copied = {facts.id for facts in record.prompts if is_served_copies(facts, results[facts.id], lengths)}
    if not copied:
        return record
    return replace(
        record,
        prompts=tuple(replace(facts, copied=facts.id in copied) for facts in record.prompts),
        cases=tuple(once(case) if case.prompt_id in copied else case for case in record.cases),
    )


def is_served_copies(facts: PromptFacts, results: Sequence[CaseResult], lengths: Mapping[str, int]) -> bool:
    """Say whether a prompt's repeats are copies.

    Its requests ask for a temperature over 0, every case with two answers or more got the very same text each time,
    and three of these texts or more are long, and differ from one another.
    """
    if not _is_drawn(facts):
        return False
    texts = [{repeat.output for repeat in result.observed} for result in results if len(result.observed) > 1]
    if any(len(said) > 1 or None in said for said in texts):
        return False
    return sum(lengths.get(text, 0) >= LONG for text in {text for said in texts for text in said if text}) >= ENOUGH


def _is_drawn(facts: PromptFacts) -> bool:
    return bool(facts.temperature) and not facts.deterministic


def once(result: CaseResult) -> CaseResult:
    """Mark all answers to a case but the first as copies of it."""
    first = next(iter(result.observed), None)
    return replace(result, repeats=tuple(_marked(repeat, first) for repeat in result.repeats))


def _marked(repeat: Repeat, first: Repeat | None) -> Repeat:
    return repeat if repeat is first or repeat.error is not None else replace(repeat, copy=True)


def surely(facts: PromptFacts, result: CaseResult) -> CaseResult:
    """Give what of a case will count whatever the prompt's other cases show: one answer, where all may be copies."""
    alike = len({repeat.output for repeat in result.observed}) == 1 < len(result.observed)
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
