"""What the page holds of one case beyond its row: what was asked, what was wanted, and every answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.output import Origin
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import JSON, canonical
from pytest_goldenprompt.reports.case_text import CaseView, telling
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.page.pool import LONGEST, Pool


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is told of a case: all its repeats, one then and one now, or none; `limit` cuts each text."""

    repeats: str
    limit: int = LONGEST


LADDER = (Depth("all"), Depth("one"), Depth("one", 4_000), Depth("one", 800), Depth("none", 800))
"""From everything down to what was asked and wanted."""


def detail(view: CaseView, question: Case | None, pool: Pool, depth: Depth) -> dict[str, JSON]:
    """Give a case as plain data, its texts as numbers of the pool."""
    told: dict[str, JSON] = {"depth": LADDER.index(depth)} if depth is not LADDER[0] else {}
    if question is not None:
        told["asked"] = _asked(question, pool, depth.limit)
    if view.now.carried:
        told["carried"] = view.now.carried
    if depth.repeats != "none":
        told["then"] = _repeats(view.then, view.texts, pool, depth, passed=True)
        told["now"] = _repeats(view.now, view.texts, pool, depth)
    return told


def _asked(case: Case, pool: Pool, limit: int) -> JSON:
    """Give inputs, earlier turns, expectation, checks, and what people noted of the case."""
    told: dict[str, JSON] = {
        "inputs": _named(case.inputs, pool, limit),
        "turns": [[one.role, pool.add(one.content, limit)] for one in case.messages],
        "expected": None if case.expected is None else pool.add(_text(case.expected), limit),
        "checks": [pool.add(_check(one), limit) for one in case.evaluators],
        "noted": _named(case.metadata, pool, limit),
    }
    return {name: value for name, value in told.items() if value not in (None, []) or name == "inputs"}


def _named(values: Mapping[str, JSON], pool: Pool, limit: int) -> JSON:
    return [[masked(name), pool.add(_text(value), limit)] for name, value in values.items()]


def _check(spec: EvaluatorSpec) -> str:
    steps = "".join(f" after {step.name}" for step in spec.transform)
    settings = "" if spec.settings is None else f" {canonical(spec.settings)}"
    return f"{spec.name}{settings}{steps}"


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def _repeats(
    result: CaseResult | None, texts: Mapping[str, str], pool: Pool, depth: Depth, *, passed: bool = False
) -> JSON:
    if result is None:
        return []
    chosen = list(result.repeats)
    if depth.repeats == "one":
        chosen = [one for one in [telling(chosen, passed=passed)] if one is not None]
    return [_repeat(one, texts, pool, depth.limit) for one in chosen]


def _repeat(one: Repeat, texts: Mapping[str, str], pool: Pool, limit: int) -> JSON:
    """Give one call; what is usual, or was not told, is left out."""
    origin = one.origin or Origin()
    text = texts.get(one.output) if one.output else None
    plain = one.score == float(one.passed) or one.error is not None
    told: dict[str, JSON | bool] = {
        "passed": None if one.error is not None else int(one.passed),
        "score": None if plain else round(one.score, 4),
        "output": None if text is None else pool.add(text, limit),
        "why": [pool.add(reason, limit) for reason in one.reasons] or None,
        "error": None if one.error is None else pool.add(one.error, limit),
        "form": None if one.format_ok is None else int(one.format_ok),
        "seconds": None if one.latency is None else round(one.latency, 3),
        "in": origin.usage.input_tokens,
        "out": origin.usage.output_tokens if origin.usage.output_tokens is not None else one.tokens,
        "model": None if origin.model is None else pool.add(origin.model),
        "end": origin.finish_reason if origin.finish_reason != "stop" else None,
        "attempts": one.attempts if one.attempts > 1 else None,
        "copy": 1 if one.copy else None,
    }
    return {name: value for name, value in told.items() if value is not None}
