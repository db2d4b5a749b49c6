"""A run that is shared among several machines: who runs which case, and what one share alone says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict

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
