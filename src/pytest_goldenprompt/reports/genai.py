"""A run's calls under the names that OpenTelemetry has for generative AI (`gen_ai.*`), one JSON object a call."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_goldenprompt.model.output import Origin, Usage
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.values import JSON, canonical

OPERATION = "gen_ai.operation.name"
_NAMED_BY_ARGUMENT = frozenset({"openai", "anthropic", "any-llm", "local"})
"""Kinds of providers whose argument is the model that is asked for."""

_WELL_KNOWN = {
    "azure": "azure.ai.inference",
    "azureopenai": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "moonshot": "moonshot_ai",
    "vertexai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "xai": "x_ai",
}
"""The conventions' names of providers that any-llm calls otherwise."""

_USAGE = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cached_tokens": "cache_read.input_tokens",
    "cache_write_tokens": "cache_write.input_tokens",
    "reasoning_tokens": "reasoning.output_tokens",
}
_OTHER = "_OTHER"
"""The conventions' word for an error of no known class."""


def genai_text(record: RunRecord) -> str:
    """Write a line for each call of a run, in the order of its cases; the same run gives the same bytes."""
    prompts = {facts.id: facts for facts in record.prompts}
    lines = []
    for case in record.cases:
        for index, repeat in enumerate(case.repeats):
            facts = prompts[case.prompt_id]
            told = attributes(facts, repeat)
            own: dict[str, JSON] = {"run.id": record.id, "case.id": case.case_id, "repeat": index, **_outcome(repeat)}
            own["replayed"] = facts.replayed or None
            told.update({f"goldenprompt.{name}": value for name, value in own.items() if value is not None})
            name = " ".join(str(told[key]) for key in (OPERATION, "gen_ai.request.model") if key in told)
            lines.append(canonical({"name": name, "duration": repeat.latency, "attributes": told}) + "\n")
    return "".join(lines)


def attributes(facts: PromptFacts, repeat: Repeat) -> dict[str, JSON]:
    """Give the attributes of one call, without those that nobody told.

    `gen_ai.usage.*` counts as the conventions want it: what was cached is part of the input, reasoning of the output.
    """
    provider, model = _asked(facts)
    origin = repeat.origin or Origin(usage=Usage(output_tokens=repeat.tokens))
    told: dict[str, JSON] = {
        OPERATION: "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.prompt.name": facts.id,
        "gen_ai.prompt.version": facts.digest or None,
        "gen_ai.request.model": model,
        "gen_ai.request.temperature": facts.temperature,
        "gen_ai.response.id": repeat.response_id or None,
        "gen_ai.response.model": origin.model,
        "gen_ai.response.finish_reasons": [origin.finish_reason] if origin.finish_reason else None,
        "openai.response.system_fingerprint": origin.fingerprint if provider == "openai" else None,
        "error.type": _OTHER if repeat.output is None and repeat.error is not None else None,
        **dict(_tokens(origin.usage)),
    }
    return {name: value for name, value in told.items() if value is not None}


def _asked(facts: PromptFacts) -> tuple[str, str | None]:
    """Give the provider by the conventions' name, and the model that was asked for."""
    kind, _, argument = facts.provider.partition(":")
    model = (argument if kind in _NAMED_BY_ARGUMENT else "") or facts.model
    if kind == "any-llm" and model:
        kind, _, model = model.partition("/")
        kind = _WELL_KNOWN.get(kind, kind)
    return kind, model


def _tokens(usage: Usage) -> Iterator[tuple[str, JSON]]:
    for name, theirs in _USAGE.items():
        yield f"gen_ai.usage.{theirs}", getattr(usage, name)


def _outcome(repeat: Repeat) -> dict[str, JSON]:
    """Give what the run made of an answer; with an error there is no score."""
    judged = repeat.error is None
    return {
        "score": repeat.score if judged else None,
        "passed": repeat.passed if judged else None,
        "error": repeat.error,
        "attempts": repeat.attempts,
        "copy": repeat.copy or None,
    }
