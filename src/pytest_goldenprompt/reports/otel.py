"""Results as OpenTelemetry's events `gen_ai.evaluation.result`, in OTLP's JSON: one request for `/v1/logs`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.values import JSON, canonical
from pytest_goldenprompt.model.verdict import PromptVerdict
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.view import RunView

EVENT = "gen_ai.evaluation.result"
START = '{"resourceLogs":'
"""How every such file begins."""

CASE, GATE = "goldenprompt.case", "goldenprompt.gate"
"""Names of what is evaluated: one answer of a case, and all of a prompt together."""

INFO = 9
LONGEST = 500
"""Characters of an explanation."""


def otel_text(view: RunView) -> str:
    """Write one event for each judged answer, and one for each prompt's gate; the same run gives the same bytes."""
    run = view.record
    moment = f"{int(datetime.fromisoformat(run.finished).timestamp())}000000000" if run.finished else "0"
    told = {"service.name": "pytest-goldenprompt", "goldenprompt.run.id": run.id, "vcs.ref.head.revision": run.commit}
    events = [_event(attributes, moment) for attributes in (*_answers(view), *map(_gate, view.verdict.prompts))]
    scope: dict[str, Any] = {"scope": {"name": "pytest-goldenprompt", "version": run.tool}, "logRecords": events}
    return canonical({"resourceLogs": [{"resource": {"attributes": _listed(told)}, "scopeLogs": [scope]}]}) + "\n"


def _answers(view: RunView) -> Iterator[Mapping[str, JSON]]:
    for case in view.record.cases:
        for number, repeat in enumerate(case.repeats):
            own = {"gen_ai.prompt.name": case.prompt_id, "goldenprompt.case.id": case.case_id}
            yield {**own, "goldenprompt.repeat": number, **_of_answer(repeat)}


def _of_answer(repeat: Repeat) -> Mapping[str, JSON]:
    told: dict[str, JSON] = {"gen_ai.evaluation.name": CASE, "gen_ai.response.id": repeat.response_id}
    if repeat.error is not None:
        return {**told, "error.type": "_OTHER", "gen_ai.evaluation.explanation": repeat.error}
    return {
        **told,
        "gen_ai.evaluation.score.value": float(repeat.score),
        "gen_ai.evaluation.score.label": "pass" if repeat.passed else "fail",
        "gen_ai.evaluation.explanation": "; ".join(repeat.reasons) or None,
    }


def _gate(prompt: PromptVerdict) -> Mapping[str, JSON]:
    return {
        "gen_ai.prompt.name": prompt.id,
        "gen_ai.evaluation.name": GATE,
        "gen_ai.evaluation.score.value": prompt.rate.now,
        "gen_ai.evaluation.score.label": prompt.state.value,
        "gen_ai.evaluation.explanation": "; ".join(prompt.reasons) or None,
    }


def _event(attributes: Mapping[str, JSON], moment: str) -> dict[str, Any]:
    return {
        "timeUnixNano": moment,
        "observedTimeUnixNano": moment,
        "severityNumber": INFO,
        "eventName": EVENT,
        "attributes": _listed(attributes),
    }


def _listed(attributes: Mapping[str, JSON]) -> list[dict[str, Any]]:
    """Give attributes as OTLP lists them, without those that have no value."""
    return [{"key": name, "value": _value(value)} for name, value in attributes.items() if value is not None]


def _value(value: JSON) -> dict[str, JSON]:
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"stringValue": one_line(masked(str(value)), LONGEST)}
