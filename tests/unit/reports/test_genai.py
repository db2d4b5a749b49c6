from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pytest_goldenprompt.model.output import Origin, Usage
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.reports.genai import attributes, genai_text
from unit.reports.test_inert import HOSTILE
from unit.reports.views import case, record

FACTS = PromptFacts("triage", "triage.golden.yaml", digest="d1", provider="openai:gpt-4o", temperature=0.5)
ORIGIN = Origin("gpt-4o-2024-08-06", "stop", "fp_1", Usage(10, 5, 4, 3, 2))
ANSWERED = Repeat(1.0, True, output="o1", tokens=5, latency=0.25, response_id="r1", origin=ORIGIN)


def test_all_that_is_known_of_a_call_has_the_conventions_name():
    assert attributes(FACTS, ANSWERED) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.prompt.name": "triage",
        "gen_ai.prompt.version": "d1",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.id": "r1",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.finish_reasons": ["stop"],
        "openai.response.system_fingerprint": "fp_1",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cache_read.input_tokens": 4,
        "gen_ai.usage.cache_write.input_tokens": 2,
        "gen_ai.usage.reasoning.output_tokens": 3,
    }


def test_what_nobody_told_has_no_attribute_and_nought_is_something():
    facts = PromptFacts("triage", "triage.golden.yaml", provider="python:shop:answer")
    told = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "python", "gen_ai.prompt.name": "triage"}
    assert attributes(facts, Repeat(1.0, True, output="o1")) == told
    assert attributes(facts, Repeat(1.0, True, output="o1", tokens=0)) == {**told, "gen_ai.usage.output_tokens": 0}
    assert attributes(replace(facts, temperature=0.0), Repeat())["gen_ai.request.temperature"] == 0.0


@pytest.mark.parametrize(
    ("provider", "model", "found"),
    [
        ("openai:gpt-4o", "other", ("openai", "gpt-4o")),
        ("openai", "gpt-4o", ("openai", "gpt-4o")),
        ("anthropic:claude-opus-4-1", None, ("anthropic", "claude-opus-4-1")),
        ("any-llm:mistral/mistral-small", None, ("mistral_ai", "mistral-small")),
        ("any-llm:bedrock/eu/x", None, ("aws.bedrock", "eu/x")),
        ("any-llm", "groq/llama", ("groq", "llama")),
        ("local:model.gguf", None, ("local", "model.gguf")),
        ("python:shop:answer", "gpt-4o", ("python", "gpt-4o")),
        ("echo", None, ("echo", None)),
    ],
)
def test_a_provider_has_the_conventions_name_and_its_model_stands_apart(provider, model, found):
    told = attributes(replace(FACTS, provider=provider, model=model), ANSWERED)
    assert (told["gen_ai.provider.name"], told.get("gen_ai.request.model")) == found
    assert ("openai.response.system_fingerprint" in told) is (found[0] == "openai")


def test_a_call_without_an_answer_is_an_error_and_one_whose_evaluator_crashed_is_none():
    assert attributes(FACTS, Repeat(error="openai answered 500"))["error.type"] == "_OTHER"
    assert "error.type" not in attributes(FACTS, replace(ANSWERED, error="evaluator exact crashed"))


def test_each_call_is_a_line_with_what_the_run_made_of_it():
    repeats = (ANSWERED, Repeat(error="openai answered 500", attempts=4))
    made = record(case("late"), run_id="r1")
    made = replace(made, prompts=(FACTS,), cases=(replace(made.cases[0], prompt_id="triage", repeats=repeats),))
    first, second = [json.loads(line) for line in genai_text(made).splitlines()]
    assert (first["name"], first["duration"], second["duration"]) == ("chat gpt-4o", 0.25, None)
    own = {name: value for name, value in first["attributes"].items() if name.startswith("goldenprompt.")}
    assert own == {
        "goldenprompt.run.id": "r1",
        "goldenprompt.case.id": "late",
        "goldenprompt.repeat": 0,
        "goldenprompt.score": 1.0,
        "goldenprompt.passed": True,
        "goldenprompt.attempts": 1,
    }
    assert second["attributes"]["goldenprompt.error"] == "openai answered 500"
    assert "goldenprompt.passed" not in second["attributes"]
    assert genai_text(made) == genai_text(made)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_stays_inside_its_line(text):
    made = record(case("a", error=text), prompts={"p": {"provider": text}})
    (line,) = genai_text(made).splitlines()
    assert json.loads(line)["attributes"]["goldenprompt.error"] == text
    assert line.isascii()
