"""The verdict as gauges in OpenMetrics' text format, for a textfile collector and for dashboards.

Gauges alone, and label values quoted as both formats want it, so that readers of Prometheus' older format take it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pytest_goldenprompt.model.verdict import Change, PromptVerdict, State, Verdict
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.view import RunView

START = "# TYPE goldenprompt_run gauge"
"""How every such file begins."""

LONGEST = 200
"""Characters of a label's value."""


class Sample(NamedTuple):
    """One value of a gauge with its labels."""

    value: float | None
    labels: Mapping[str, str] = {}


def openmetrics_text(view: RunView, record: Mapping[str, Any]) -> str:
    """Write the gauges; `record` is the verdict record as plain data. What was not measured is left out."""
    lines: list[str] = []
    for name, told, samples in _gauges(view, record):
        known = [one for one in samples if one.value is not None]
        if known:
            lines += [f"# TYPE goldenprompt_{name} gauge", f"# HELP goldenprompt_{name} {told}"]
            lines += [f"goldenprompt_{name}{_labels(one.labels)} {_number(one.value)}" for one in known]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _gauges(view: RunView, record: Mapping[str, Any]) -> Iterator[tuple[str, str, list[Sample]]]:
    run, verdict = view.record, view.verdict
    about = {"run": run.id, "kind": run.kind.value, "month": run.month, "commit": run.commit or "", "tool": run.tool}
    yield "run", "The run that the other values are of; always 1.", [Sample(1, about)]
    yield "verdict", "1 for the state of the run, 0 for the others.", _states(verdict.state, {})
    yield "run_finished_timestamp_seconds", "When the run ended.", [Sample(_seconds(run.finished))]
    yield "verdict_expires_timestamp_seconds", "When the verdict expires.", [Sample(_seconds(record["expires"] or ""))]
    age = view.reference.age_days if view.reference else None
    yield "baseline_age_seconds", "Age of the stored run.", [Sample(None if age is None else age * 86_400)]
    yield "cases", "Cases of the run, by what became of them.", _cases(verdict)
    yield "calls", "Calls that were made.", [Sample(verdict.counts.calls)]
    yield "spend_amount", "Money that was spent, in the currency of the prices.", _money(record["spend"])
    yield from _of_prompts(verdict)


def _of_prompts(verdict: Verdict) -> Iterator[tuple[str, str, list[Sample]]]:
    prompts = verdict.prompts
    states = [one for prompt in prompts for one in _states(prompt.state, _of(prompt))]
    yield "prompt_verdict", "1 for the state of the prompt, 0 for the others.", states
    for name, told, field in (
        ("prompt_pass_ratio", "Share of a prompt's repeats that pass.", "rate"),
        ("prompt_form_ratio", "Share of a prompt's answers in good form.", "format_compliance"),
        ("prompt_output_tokens", "Mean tokens of an answer.", "tokens"),
    ):
        yield name, told, [one for prompt in prompts for one in _change(getattr(prompt, field), _of(prompt))]
    yield "prompt_drop_ratio", "Drop of the share of passes.", [Sample(one.drop, _of(one)) for one in prompts]
    upper = [Sample(one.drop_upper, _of(one)) for one in prompts]
    yield "prompt_drop_upper_ratio", "Upper 95 % bound of the drop.", upper


def _of(prompt: PromptVerdict) -> dict[str, str]:
    return {"prompt": prompt.id, "owner": prompt.owner or ""}


def _states(state: State, labels: Mapping[str, str]) -> list[Sample]:
    return [Sample(float(state is one), {**labels, "state": one.value}) for one in State]


def _change(change: Change, labels: Mapping[str, str]) -> list[Sample]:
    return [Sample(change.then, {**labels, "when": "then"}), Sample(change.now, {**labels, "when": "now"})]


def _cases(verdict: Verdict) -> list[Sample]:
    names = ("planned", "run", "errored", "skipped", "compared", "new", "changed", "removed")
    return [Sample(getattr(verdict.counts, name), {"what": name}) for name in names]


def _money(spend: Mapping[str, Any] | None) -> list[Sample]:
    return [Sample(spend["amount"], {"currency": spend["currency"] or ""})] if spend else []


def _seconds(moment: str) -> float | None:
    return datetime.fromisoformat(moment).timestamp() if moment else None


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{_quoted(value)}"' for name, value in sorted(labels.items()))
    return f"{{{told}}}" if told else ""


def _quoted(value: str) -> str:
    return one_line(masked(value), LONGEST).replace("\\", "\\\\").replace('"', '\\"')


def _number(value: float | None) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
