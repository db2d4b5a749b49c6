"""What to write as `expected`, so that an answer which a person finds right passes from now on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.evaluate import check_case, judge_output
from pytest_goldenprompt.evaluators.reading import read_output
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.values import JSON

_OF_TEXT_ALONE = {
    *("exact", "contains", "starts-with", "ends-with", "regex", "length", "refusal", "language"),
    *("choice", "numeric", "json", "json-schema", "similarity", "bleu", "rouge"),
}
"""Evaluators that look at nothing but the text: they call no model, no code of a team's, and measure no run."""


def expectation(case: Case, text: str, specs: Sequence[EvaluatorSpec], build: BuildEvaluator) -> JSON:
    """Give the `expected` by which an answer passes: itself, the label in it, or the JSON in it.

    InputError where the answer fails by something else than what is expected, with the evaluators' reasons.
    """
    evaluators = [build(spec) for spec in specs]
    judging = [one for one, spec in zip(evaluators, specs, strict=True) if spec.name in _OF_TEXT_ALONE]
    why = ""
    for value in _candidates(case, text, specs):
        changed = replace(case, expected=value)
        try:
            check_case(evaluators, changed)
        except InputError as error:
            why = why or error.what
            continue
        judged = judge_output(judging, Output(text), changed) if judging else None
        if judged is None or judged.passed:
            return value
        why = judged.error or "; ".join(judged.reasons) or why
    what = f"no `expected` lets this answer pass: {why or 'it holds no JSON, as was expected so far'}"
    raise InputError(what, where=case.path, line=case.line, remedy="change the case or its evaluators by hand")


def _candidates(case: Case, text: str, specs: Sequence[EvaluatorSpec]) -> Iterator[JSON]:
    if not isinstance(case.expected, str):
        reading = read_output(Output(text), "any")
        if reading.found:
            yield reading.value
        return
    labels = [label for spec in specs for label in _labels(spec.settings) if label.casefold() in text.casefold()]
    yield from dict.fromkeys([*labels, text, text.strip()])


def _labels(settings: JSON) -> list[str]:
    """Give the labels in the settings of `choice`, which may be the settings."""
    given = settings.get("labels") if isinstance(settings, Mapping) else settings
    return [label for label in given if isinstance(label, str)] if isinstance(given, list | tuple) else []
