"""The test data inside a GitHub Models prompt, as the golden dataset of a prompt without a sidecar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import derived_id, refuse_duplicates
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.render import filled
from pytest_goldenprompt.model.dataset import Case, Dataset, EvaluatorSpec
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.values import JSON

_EXPECTED = "expected"


def dataset_from_rows(prompt: Prompt) -> Dataset:
    """Make the golden dataset of a prompt's own rows: a case a row, its inputs the row without `expected`.

    The prompt's evaluators apply to each case, with the row's values (`expected` among them) filled into their
    templates. A prompt without rows is refused.
    """
    if not prompt.rows:
        raise InputError(
            "no cases, found no testData; at least one row, or a golden dataset beside the prompt, is accepted",
            where=prompt.path,
        )
    cases = tuple(_case(prompt, line, row) for line, row in prompt.rows)
    refuse_duplicates(cases)
    return Dataset(
        path=prompt.path,
        cases=cases,
        digest=prompt.digest,
        prompt=prompt.path,
        provider=prompt.provider,
        owner=prompt.owner,
    )


def _case(prompt: Prompt, line: int, row: Mapping[str, JSON]) -> Case:
    for name in row:
        if not is_name(name):
            raise InputError(
                f"wrong variable, found {shown(name)}; text on one line is accepted", where=prompt.path, line=line
            )
    inputs = {name: value for name, value in row.items() if name != _EXPECTED}
    return Case(
        id=derived_id(inputs),
        inputs=inputs,
        expected=row.get(_EXPECTED),
        evaluators=tuple(_filled(spec, row, prompt.path) for spec in prompt.evaluators),
        line=line,
        path=prompt.path,
    )


def _filled(spec: EvaluatorSpec, row: Mapping[str, JSON], where: str) -> EvaluatorSpec:
    value = spec.settings.get("value") if isinstance(spec.settings, Mapping) else None
    if not isinstance(spec.settings, Mapping) or not isinstance(value, str):
        return spec
    try:
        return replace(spec, settings={**spec.settings, "value": filled(value, row)})
    except KeyError as error:
        raise InputError(
            f"unknown name in the evaluator, found {shown(error.args[1])}; variables of each row are accepted",
            where=where,
            line=spec.line,
        ) from None
