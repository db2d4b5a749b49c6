"""The real openai package over HTTP: against a server that fails by script, and against a real model."""

from __future__ import annotations

import asyncio
import importlib.util
import time

import pytest

from asking import ask, request, setting
from local_model import MISSING, model_file
from openai_server import OpenAIServer
from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.providers import openai_batches as openai

needs_openai = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("openai", "aiohttp")),
    reason="needs the packages openai and aiohttp (pytest-goldenprompt[openai])",
)

LASTING, PASSING, WAIT, FATAL = (False, False, None), (True, False, None), (True, False, 2.0), (False, True, None)
"""Whether an error is transient and fatal, and the seconds to wait."""


@pytest.fixture
def server(monkeypatch):
    with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-test")
        yield server


def provider(tmp_path, model="m1", timeout=10.0):
    return openai.build(model, setting(tmp_path, timeout))


@needs_openai
def test_an_answer_comes_with_usage_and_parameters_are_sent(tmp_path, server):
    bodies = []
    server.answer = lambda body: bodies.append(body) or "fine"
    output = ask(provider(tmp_path), request("hello there", temperature=0, seed=3, top_k=5))
    assert (output.text, output.model, output.fingerprint) == ("fine", "m1", "fp_test")
    assert (output.usage.input_tokens, output.usage.output_tokens) == (2, 1)
    (body,) = bodies
    assert (body["temperature"], body["seed"], body["top_k"], body["model"]) == (0, 3, 5, "m1")
    assert body["messages"] == [{"role": "user", "content": "hello there"}]


@needs_openai
def test_a_seed_is_counted_up_so_that_a_server_that_keeps_to_it_gives_no_copies(tmp_path, server):
    bodies = []
    server.answer = lambda body: bodies.append(body) or "fine"
    ask(provider(tmp_path), *(request(seed=3, repeat=repeat) for repeat in range(3)))
    assert [body["seed"] for body in bodies] == [3, 4, 5]


@needs_openai
def test_the_arguments_model_goes_before_the_prompts_own(tmp_path, server):
    assert ask(provider(tmp_path, ""), request(model="m2")).model == "m2"
    assert ask(provider(tmp_path, "m1"), request(model="m2")).model == "m1"
    with pytest.raises(ProviderError, match="no model is named"):
        ask(provider(tmp_path, ""), request())


@needs_openai
@pytest.mark.parametrize(
    ("fault", "words", "kind"),
    [
        ("401", "refused the key (401)", FATAL),
        ("403", "refused the key (403)", FATAL),
        ("429:2", "answered 429", WAIT),
        ("500", "answered 500", PASSING),
        ("503", "answered 503", PASSING),
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


@needs_openai
def test_nobody_listening_is_an_outage(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-test")
    with pytest.raises(ProviderError, match="the connection failed") as caught:
        ask(provider(tmp_path), request())
    assert caught.value.transient


@needs_openai
def test_a_missing_key_ends_the_run_without_a_call(tmp_path, server, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ProviderError, match="set OPENAI_API_KEY") as caught:
        ask(provider(tmp_path), request())
    assert caught.value.fatal
    assert server.calls == 0


@needs_openai
def test_calls_overlap_on_one_client(tmp_path, server):
    server.latency = 0.2
    asked = provider(tmp_path)

    async def run():
        await asyncio.gather(*(asked.complete(request(f"hi @case:c{n}")) for n in range(40)))
        await asked.close()

    began = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - began < 4
    assert server.most_in_flight == 40
    assert server.paid == {f"c{n}": 1 for n in range(40)}


def test_a_missing_package_is_one_error_with_the_line_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pytest-goldenprompt\[openai\]"):
        provider(tmp_path)


@needs_openai
def test_the_server_fails_as_often_as_asked_counts_what_is_paid_and_keeps_its_ceiling(tmp_path, server):
    asked = provider(tmp_path)
    for fault in ("@fault:429x2", "@fault:429x2"):
        with pytest.raises(ProviderError, match="429"):
            ask(asked, request(f"hi @case:c1 {fault}"))
    assert ask(asked, request("hi @case:c1 @fault:429x2")).text == "hi"
    assert (server.paid["c1"], server.seen["c1"], server.statuses) == (1, 3, {429: 2, 200: 1})
    server.rate = server._allowance = 1.0
    assert ask(asked, request("hi")).text == "hi"
    with pytest.raises(ProviderError, match="429") as caught:
        ask(asked, request("hi"))
    assert caught.value.retry_after == 1.0


@needs_openai
@pytest.mark.skipif(importlib.util.find_spec("xllamacpp") is None, reason="needs the package xllamacpp")
@pytest.mark.skipif(model_file() is None, reason=MISSING)
def test_a_real_model_answers_over_http(tmp_path, monkeypatch):
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file())
    parameters.model_alias = {"smollm2"}
    parameters.n_ctx, parameters.n_parallel, parameters.n_gpu_layers = 1024, 1, 0
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.warmup, parameters.verbosity, parameters.cache_prompt = False, -1, False
    parameters.api_keys = ["sk-of-this-test"]
    served = xllamacpp.Server(parameters)
    assert served.listening_address.startswith("http://127.0.0.1:")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{served.listening_address}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-test")
    question = request("Name three animals.", max_tokens=12, temperature=0)
    first, again = ask(provider(tmp_path, "smollm2"), question, question)
    assert first.text == again.text
    assert len(first.text) > 5
    assert (first.model, first.usage.output_tokens, first.finish_reason) == ("smollm2", 12, "length")
    with pytest.raises(ProviderError, match="asked for the model 'gpt-4o', the reply is from 'smollm2'"):
        ask(provider(tmp_path, "gpt-4o"), question)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    with pytest.raises(ProviderError, match="refused the key") as caught:
        ask(provider(tmp_path, "smollm2"), question)
    assert caught.value.fatal
