"""What our evaluators are called in promptfoo."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.ours import parts_of, settings_of
from pytest_goldenprompt.exchange.to_measures import (
    TRIM,
    Assertion,
    length,
    metric,
    refusal,
    refuse_others,
    seconds,
    similarity,
    text_of,
    tools,
)
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.values import JSON

_STEPS = {"strip": ".trim()", "lower": ".toLowerCase()"}
_LOWER = "lower"
_GRADED = {"bleu", "rouge-n", "tool-call-f1"}
"""Assertions that give a part of the score where they fail."""

_PYTHON_ONLY = re.compile(r"\(\?P|\\A|\\Z|\(\?[aiLmsux-]+[:)]|\(\?\(|\(\?>|[*+?}]\+")


def assertion_of(spec: EvaluatorSpec, case: Case) -> Assertion:
    """Give an evaluator of a case as an assertion; without a counterpart it is an UncarriedError."""
    if spec.name not in _KINDS:
        raise UncarriedError("promptfoo has no such assertion")
    short, build = _KINDS[spec.name]
    assertion = build(settings_of(spec, short), case)
    steps = [_step(step.name, step.settings) for step in spec.transform]
    if steps and assertion["type"] == "assert-set":
        raise UncarriedError("promptfoo has no transform before a set")
    if steps or "transform" in assertion:
        assertion["transform"] = _code([*steps, *_steps_of(assertion.get("transform"))])
    if _holds_braces(assertion.get("value")):
        raise UncarriedError("its value holds braces, which promptfoo fills")
    return assertion


def _step(name: str, settings: JSON) -> str:
    if name not in _STEPS or settings is not None:
        raise UncarriedError(f"promptfoo has no transform {name} but code")
    return name


def _code(steps: Sequence[str]) -> str:
    return "output" + "".join(_STEPS[step] for step in dict.fromkeys(steps))


def _steps_of(written: JSON) -> list[str]:
    """Give the steps of an assertion, a list where it was just made, code where it was a part."""
    if isinstance(written, list):
        return [str(step) for step in written]
    return [step for step, code in _STEPS.items() if isinstance(written, str) and code in written]


def _holds_braces(value: JSON) -> bool:
    if isinstance(value, str):
        return any(mark in value for mark in ("{{", "{%", "{#")) or value.startswith("file://")
    if isinstance(value, Mapping):
        return any(map(_holds_braces, value.values()))
    return isinstance(value, list | tuple) and any(map(_holds_braces, value))


def _exact(settings: Mapping[str, JSON], case: Case) -> Assertion:
    refuse_others(settings, "value", "any", "ignore_case", "strip")
    values = settings.get("any")
    if isinstance(values, list | tuple):
        parts = [_equals(value, settings) for value in values]
        whole: list[JSON] = [{**part, **_transformed(part)} for part in parts]
        return {"type": "assert-set", "threshold": 1 / len(parts), "assert": whole}
    return _equals(settings.get("value", case.expected), settings)


def _transformed(part: Assertion) -> Assertion:
    return {"transform": _code(_steps_of(part["transform"]))} if "transform" in part else {}


def _equals(value: JSON, settings: Mapping[str, JSON]) -> Assertion:
    if isinstance(value, Mapping | list | tuple):
        return {"type": "equals", "value": value}
    if not isinstance(value, str):
        return {"type": "is-json", "value": {"const": value}}
    folded = settings.get("ignore_case") is True
    if folded and value.casefold() != value.lower():
        raise UncarriedError("JavaScript knows other small letters")
    strips = settings.get("strip") is not False
    text = value.strip() if strips else value
    steps: list[JSON] = [*([TRIM] if strips else []), *([_LOWER] if folded else [])]
    return {"type": "equals", "value": text.lower() if folded else text, **({"transform": steps} if steps else {})}


def _contains(settings: Mapping[str, JSON], case: Case) -> Assertion:
    refuse_others(settings, "value", "all", "any", "ignore_case", "absent")
    letter = "i" if settings.get("ignore_case") is True else ""
    several = next((key for key in ("all", "any") if key in settings), "")
    value = settings.get(several or "value", case.expected)
    if not several and isinstance(value, list | tuple):
        several = "all"
    if settings.get("absent") is True:
        return {"type": f"not-{letter}contains{'-any' if several else ''}", "value": value}
    return {"type": f"{letter}contains{f'-{several}' if several else ''}", "value": value}


def _starts(settings: Mapping[str, JSON], case: Case) -> Assertion:
    refuse_others(settings, "value")
    return {"type": "starts-with", "value": text_of(settings, case).strip(), "transform": [TRIM]}


def _ends(settings: Mapping[str, JSON], case: Case) -> Assertion:
    refuse_others(settings, "value")
    return {"type": "regex", "value": f"{re.escape(text_of(settings, case).strip())}$", "transform": [TRIM]}


def _regex(settings: Mapping[str, JSON], case: Case) -> Assertion:
    refuse_others(settings, "pattern", "full", "absent")
    pattern = text_of(settings, case, "pattern")
    if _PYTHON_ONLY.search(pattern):
        raise UncarriedError("JavaScript reads its pattern otherwise")
    kind = "not-regex" if settings.get("absent") is True else "regex"
    if settings.get("full") is True:
        return {"type": kind, "value": f"^(?:{pattern})$", "transform": [TRIM]}
    return {"type": kind, "value": pattern}


def _json(settings: Mapping[str, JSON], case: Case) -> Assertion:
    refuse_others(settings, "extract")
    anywhere = settings.get("extract", "strict")
    if case.expected is None and anywhere in ("strict", "any"):
        return {"type": "is-json" if anywhere == "strict" else "contains-json"}
    if anywhere != "strict" or not isinstance(case.expected, Mapping | list | tuple):
        raise UncarriedError("promptfoo compares JSON only where it is the whole answer, and an object or a list")
    return {"type": "equals", "value": case.expected}


def _schema(settings: Mapping[str, JSON], case: Case) -> Assertion:  # noqa: ARG001 - the table's signature
    refuse_others(settings, "schema", "extract")
    kinds = {"strict": "is-json", "any": "contains-json"}
    extract = settings.get("extract", "strict")
    if extract not in kinds:
        raise UncarriedError("promptfoo looks into no fences")
    return {"type": kinds[str(extract)], "value": settings["schema"]}


def _choice(settings: Mapping[str, JSON], case: Case) -> Assertion:
    refuse_others(settings, "labels", "extract")
    if settings.get("extract", "whole") != "whole":
        raise UncarriedError("promptfoo takes no label out of a text")
    return _equals(text_of({}, case), {"ignore_case": True})


def _all(settings: Mapping[str, JSON], case: Case) -> Assertion:
    return {"type": "assert-set", "assert": _parts(settings, case)}


def _any(settings: Mapping[str, JSON], case: Case) -> Assertion:
    parts = _parts(settings, case)
    if any(isinstance(part, Mapping) and str(part["type"]).removeprefix("not-") in _GRADED for part in parts):
        raise UncarriedError("promptfoo adds up the scores of those that fail")
    return {"type": "assert-set", "threshold": 1 / len(parts), "assert": parts}


def _weighted(settings: Mapping[str, JSON], case: Case) -> Assertion:
    parts, weights = _parts(settings, case), settings.get("weights")
    if isinstance(weights, list | tuple):
        parts = [
            {**part, "weight": weight} for part, weight in zip(parts, weights, strict=True) if isinstance(part, Mapping)
        ]
    return {"type": "assert-set", "threshold": settings.get("threshold", 0.5), "assert": parts}


def _parts(settings: Mapping[str, JSON], case: Case) -> list[JSON]:
    parts: list[JSON] = [assertion_of(part, case) for part in parts_of(settings.get("evaluators"))]
    if any(isinstance(part, Mapping) and part["type"] == "assert-set" for part in parts):
        raise UncarriedError("promptfoo has no set of assertions in a set")
    return parts


def _not(settings: Mapping[str, JSON], case: Case) -> Assertion:
    [part] = parts_of(settings.get("evaluator", settings))
    inner = assertion_of(part, case)
    kind = str(inner["type"])
    if kind == "assert-set":
        raise UncarriedError("promptfoo turns no set of assertions round")
    return {**inner, "type": kind.removeprefix("not-") if kind.startswith("not-") else f"not-{kind}"}


_KINDS: dict[str, tuple[str, Callable[[Mapping[str, JSON], Case], Assertion]]] = {
    "all": ("evaluators", _all),
    "any": ("evaluators", _any),
    "bleu": ("threshold", metric("bleu", "bleu")),
    "choice": ("labels", _choice),
    "contains": ("value", _contains),
    "cost": ("max", lambda settings, case: {"type": "cost", "threshold": settings.get("max")}),  # noqa: ARG005
    "ends-with": ("value", _ends),
    "exact": ("value", _exact),
    "json": ("", _json),
    "json-schema": ("schema", _schema),
    "latency": ("max", seconds),
    "length": ("", length),
    "not": ("evaluator", _not),
    "refusal": ("refused", refusal),
    "regex": ("pattern", _regex),
    "rouge": ("threshold", metric("rouge-n", "rouge1")),
    "similarity": ("threshold", similarity),
    "starts-with": ("value", _starts),
    "tool-calls": ("calls", tools),
    "weighted": ("evaluators", _weighted),
}
"""Evaluators by what their short form stands for, and what they become."""
