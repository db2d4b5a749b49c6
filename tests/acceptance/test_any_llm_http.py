"""The real any-llm-sdk package over HTTP, against a server that fails by script."""

from __future__ import annotations

import importlib.util

import pytest

from asking import ask, request, setting
from openai_server import OpenAIServer
from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.providers import any_llm

needs_any_llm = pytest.mark.skipif(
    importlib.util.find_spec("any_llm") is None, reason="needs the package any-llm-sdk (pytest-goldenprompt[any-llm])"
)
LASTING, PASSING, WAIT, FATAL = (False, False, None), (True, False, None), (True, False, 2.0), (False, True, None)
"""Whether an error is transient and fatal, and the seconds to wait."""


@pytest.fixture
def server(monkeypatch):
    with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-test")
        yield server


def provider(tmp_path, model="openai/m1", timeout=10.0):
    return any_llm.build(model, setting(tmp_path, timeout))


@needs_any_llm
def test_an_answer_comes_with_usage_and_parameters_are_sent(tmp_path, server):
    bodies = []
    server.answer = lambda body: bodies.append(body) or "fine"
    tool = {"type": "function", "function": {"name": "refund", "parameters": {"type": "object"}}}
    form = {"type": "json_object"}
    output = ask(provider(tmp_path), request("hi there", temperature=0, seed=3, tools=[tool], response_format=form))
    assert (output.text, output.model, output.fingerprint, output.finish_reason) == ("fine", "m1", "fp_test", "stop")
    assert output.usage == Usage(2, 1, 0, 0)
    (body,) = bodies
    assert (body["temperature"], body["seed"], body["model"], body["response_format"]) == (0, 3, "m1", form)
    assert body["tools"][0]["function"]["name"] == "refund"
    assert body["messages"] == [{"role": "user", "content": "hi there"}]


@needs_any_llm
def test_the_arguments_model_goes_before_the_prompts_own(tmp_path, server):
    assert ask(provider(tmp_path, ""), request(model="openai/m2")).model == "m2"
    assert ask(provider(tmp_path), request(model="openai/m2")).model == "m1"
    with pytest.raises(ProviderError, match="accepted is PROVIDER/MODEL") as caught:
        ask(provider(tmp_path, ""), request(model="m2"))
    assert caught.value.fatal


@needs_any_llm
@pytest.mark.parametrize(
    ("fault", "words", "kind"),
    [
        ("401", "openai refused the key (401)", FATAL),
        ("403", "openai refused the key (403)", FATAL),
        ("400", "openai answered 400", LASTING),
        ("429:2", "openai answered 429", WAIT),
        ("529:2", "openai answered 529", WAIT),
        ("500", "openai answered 500", PASSING),
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


@needs_any_llm
def test_nobody_listening_is_an_outage(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-test")
    with pytest.raises(ProviderError, match="the connection failed") as caught:
        ask(provider(tmp_path), request())
    assert caught.value.transient


@needs_any_llm
def test_what_can_never_work_ends_the_run_without_a_call(tmp_path, server, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    for model, words in (("openai/m1", "set OPENAI_API_KEY"), ("nobody/m1", "knows no provider 'nobody'")):
        with pytest.raises(ProviderError, match=words) as caught:
            ask(provider(tmp_path, model), request())
        assert caught.value.fatal
    assert server.calls == 0


@needs_any_llm
@pytest.mark.skipif(importlib.util.find_spec("ollama") is not None, reason="needs a provider that is not installed")
def test_a_provider_whose_package_is_missing_says_what_to_install(tmp_path):
    with pytest.raises(ProviderError, match=r'pip install "any-llm-sdk\[ollama\]"') as caught:
        ask(provider(tmp_path, "ollama/llama3.2"), request())
    assert caught.value.fatal


@needs_any_llm
def test_a_parameter_that_the_client_does_not_know_is_an_error_of_the_case(tmp_path, server):
    with pytest.raises(ProviderError, match="no_such_thing") as caught:
        ask(provider(tmp_path), request(no_such_thing=1))
    assert (caught.value.transient, caught.value.fatal, server.calls) == (False, False, 0)


@needs_any_llm
def test_another_server_is_another_version_and_its_address_is_not_told(tmp_path, monkeypatch):
    monkeypatch.setenv("LM_STUDIO_API_BASE", "http://me:secret@here/v1")
    here, elsewhere = provider(tmp_path, "lmstudio/m1").version, provider(tmp_path, "mistral/m1").version
    assert here
    assert "secret" not in here
    assert elsewhere == ""
    monkeypatch.setenv("LM_STUDIO_API_BASE", "http://there/v1")
    assert provider(tmp_path, "lmstudio/m1").version not in {"", here}


@pytest.mark.parametrize("argument", ["openai", "openai/", "/m1"])
def test_a_name_without_provider_or_model_is_refused(tmp_path, argument):
    with pytest.raises(InputError, match="accepted is `any-llm:PROVIDER/MODEL`"):
        provider(tmp_path, argument)


def test_a_missing_package_is_one_error_with_the_line_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "pytest-goldenprompt\[any-llm\]"'):
        provider(tmp_path)
