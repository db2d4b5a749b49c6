"""The real anthropic package over HTTP, against a server that fails by script."""

from __future__ import annotations

import importlib.util
import json

import pytest

from anthropic_server import AnthropicServer
from asking import ask, request, setting
from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.providers import anthropic

needs_anthropic = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("anthropic", "httpx_aiohttp")),
    reason="needs the package anthropic (pytest-goldenprompt[anthropic])",
)
LASTING, PASSING, WAIT, FATAL = (False, False, None), (True, False, None), (True, False, 2.0), (False, True, None)
"""Whether an error is transient and fatal, and the seconds to wait."""


@pytest.fixture
def server(monkeypatch):
    with AnthropicServer() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-this-test")
        yield server


def provider(tmp_path, model="m1", timeout=10.0):
    return anthropic.build(model, setting(tmp_path, timeout))


@needs_anthropic
def test_a_request_arrives_in_anthropics_words_and_its_answer_comes_with_usage(tmp_path, server):
    bodies = []
    usage = {"input_tokens": 2, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3, "output_tokens": 4}
    call = {"type": "tool_use", "id": "toolu_1", "name": "refund", "input": {"order": 7}}
    fields = {"content": [{"type": "text", "text": "At once."}, call], "stop_reason": "tool_use", "usage": usage}
    server.answer = lambda body: bodies.append(body) or fields
    tool = {"type": "function", "function": {"name": "refund", "parameters": {"type": "object"}}}
    output = ask(provider(tmp_path), request("hello there", temperature=0, top_k=5, tools=[tool], stop="END"))
    assert (output.text, output.model, output.finish_reason) == ("At once.", "m1", "tool_calls")
    assert output.tool_calls == ({"name": "refund", "arguments": {"order": 7}},)
    assert output.usage == Usage(10, 4, 5, None, 3)
    assert bodies == [
        {
            "model": "m1",
            "max_tokens": 4096,
            "messages": [{"role": "user", "content": "hello there"}],
            "temperature": 0,
            "top_k": 5,
            "stop_sequences": ["END"],
            "tools": [{"name": "refund", "input_schema": {"type": "object"}}],
        }
    ]


@needs_anthropic
def test_the_arguments_model_goes_before_the_prompts_own(tmp_path, server):
    assert ask(provider(tmp_path, ""), request(model="m2")).model == "m2"
    assert ask(provider(tmp_path, "m1"), request(model="m2")).model == "m1"
    with pytest.raises(ProviderError, match="no model is named"):
        ask(provider(tmp_path, ""), request())


@needs_anthropic
@pytest.mark.parametrize(
    ("fault", "words", "kind"),
    [
        ("401", "refused the key (401)", FATAL),
        ("402", "the account cannot pay", FATAL),
        ("403", "refused the key (403)", FATAL),
        ("400", "answered 400", LASTING),
        ("429:2", "answered 429", WAIT),
        ("529:2", "answered 529", WAIT),
        ("500", "answered 500", PASSING),
        ("reset", "the connection failed", PASSING),
        ("torn", "the connection failed", PASSING),
        ("cut", "no complete reply", PASSING),
        ("empty", "empty answer", PASSING),
        ("model", "reply is from 'another-model-1'", LASTING),
        ("hang", "did not answer within 0.5 s", PASSING),
    ],
)
def test_each_fault_is_told_apart_and_called_once(tmp_path, server, fault, words, kind):
    with pytest.raises(ProviderError) as caught:
        ask(provider(tmp_path, timeout=0.5), request(f"hi @case:c1 @fault:{fault}"))
    error = caught.value
    assert words in str(error)
    assert (error.transient, error.fatal, error.retry_after) == kind
    assert server.calls == 1
    assert "sk-of-this-test" not in str(error)


@needs_anthropic
def test_a_missing_key_ends_the_run_without_a_call(tmp_path, server, monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ProviderError, match="set ANTHROPIC_API_KEY") as caught:
        ask(provider(tmp_path), request())
    assert caught.value.fatal
    assert server.calls == 0


@needs_anthropic
def test_a_run_keeps_what_it_was_told_of_each_answer_and_reports_it_by_the_conventions_names(library, server):
    server.answer = lambda _: "yes"
    library.dataset("triage", {"a": "yes"})
    told = ("--golden-provider", "anthropic:m1", "--golden-repeats", "2", "--golden-report", "genai=calls.jsonl")
    run = library.run(*told)
    assert run.prompt("triage")["rate"]["now"] == 1.0
    [kept] = library.folder.glob(".goldenprompt/**/volatile.jsonl")
    origins = [repeat["origin"] for repeat in json.loads(kept.read_text().splitlines()[0])["repeats"]]
    usage = {"input_tokens": 3, "output_tokens": 1, "cached_tokens": 0, "cache_write_tokens": 0}
    assert origins == [{"model": "m1", "finish_reason": "stop", "usage": usage}] * 2
    calls = [json.loads(line) for line in (library.folder / "calls.jsonl").read_text().splitlines()]
    assert [call["name"] for call in calls] == ["chat m1", "chat m1"]
    assert [call["attributes"]["gen_ai.usage.input_tokens"] for call in calls] == [3, 3]
    assert {call["attributes"]["gen_ai.provider.name"] for call in calls} == {"anthropic"}


def test_a_missing_package_is_one_error_with_the_line_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "pytest-goldenprompt\[anthropic\]"'):
        provider(tmp_path)
