"""Answers become a case's result: every output judged, copies told apart, texts kept once by digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_goldenprompt.engine.asking import is_judged_surely, is_unasked, judges_in, opinions_of
from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.evaluators.evaluate import judge_output
from pytest_goldenprompt.model.limits import Price
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import CaseResult, Repeat


@dataclass(frozen=True, slots=True)
class Graded:
    """A case's result with what else the answers told: texts by digest, who answered, and who judged."""

    result: CaseResult
    texts: dict[str, str]
    served: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    replayed: bool = False
    judges: tuple[str, ...] = ()


def grade(prompt: PlannedPrompt, planned: PlannedCase, answers: Sequence[Answer]) -> Graded:
    """Judge the answers to one case's repeats, in their order. No case is graded on an error's text."""
    texts: dict[str, str] = {}
    repeats = mark_copies([_repeat(planned, answer, texts, prompt.price) for answer in answers])
    outputs = [answer.output for answer in answers if answer.output is not None]
    return Graded(
        planned.result(prompt.facts.id, tuple(repeats)),
        texts,
        tuple(sorted({output.model for output in outputs if output.model})),
        tuple(sorted({output.fingerprint for output in outputs if output.fingerprint})),
        any(output.replayed for output in outputs),
        tuple(sorted({name for answer in answers for name in judges_in(answer)})),
    )


def _repeat(planned: PlannedCase, answer: Answer, texts: dict[str, str], price: Price | None) -> Repeat:
    if answer.output is None:
        return Repeat(error=answer.error or "no answer", attempts=answer.attempts)
    repeat = judge_output(planned.evaluators, _measured(answer.output, answer, price), planned.case)
    if repeat.output is not None:
        texts[repeat.output] = answer.output.whole
    return replace(
        repeat,
        latency=answer.latency,
        response_id=_name(answer, repeat),
        attempts=answer.attempts,
        origin=answer.output.origin,
        unjudged=repeat.error is not None and is_unasked(planned, answer),
    )


def _measured(output: Output, answer: Answer, price: Price | None) -> Output:
    """Put beside an output what judges said of it, and what its call took.

    A recorded one took no call now, and cost what it would cost.
    """
    cost = None if price is None else price.known_cost(output.usage)
    latency = None if output.replayed else answer.latency
    if cost is None and latency is None and not answer.opinions:
        return output
    return replace(output, latency=latency, cost=cost, opinions=opinions_of(answer))


def _name(answer: Answer, repeat: Repeat) -> str | None:
    """Name an answer; one that its provider vouches for is the same one whenever it is given, judges' luck aside."""
    output = answer.output
    if output is None or output.response_id:
        return output.response_id if output else None
    return f"always-{repeat.output}" if output.deterministic and is_judged_surely(answer) else None


def mark_copies(repeats: list[Repeat]) -> list[Repeat]:
    """Mark an answer that a gateway gave twice: the same response id cannot be two observations.

    An empty id names no answer; some servers send one with every reply.
    """
    seen: set[str] = set()
    marked = []
    for repeat in repeats:
        copy = bool(repeat.response_id) and repeat.response_id in seen
        if repeat.response_id:
            seen.add(repeat.response_id)
        marked.append(replace(repeat, copy=True) if copy else repeat)
    return marked
