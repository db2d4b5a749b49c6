from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from asking import ask, request, setting
from local_model import MISSING, model_file
from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.providers import local

MODEL = model_file()
needs_model = pytest.mark.skipif(
    MODEL is None or importlib.util.find_spec("xllamacpp") is None,
    reason=f"needs the package xllamacpp and a model ({MISSING})",
)


def test_a_model_file_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv(local.ENVIRONMENT, raising=False)
    with pytest.raises(InputError, match="names no model file"):
        local.build("", setting(tmp_path))
    with pytest.raises(InputError, match=r"found 'no\.gguf'"):
        local.build("no.gguf", setting(tmp_path))


def test_the_environment_names_the_model_where_the_argument_does_not(tmp_path, monkeypatch):
    (tmp_path / "m.gguf").write_bytes(b"")
    monkeypatch.setenv(local.ENVIRONMENT, "m.gguf")
    assert local.build("", setting(tmp_path)).path == tmp_path / "m.gguf"


def test_only_temperature_nought_is_deterministic_and_it_is_the_default(tmp_path):
    (tmp_path / "m.gguf").write_bytes(b"")
    provider = local.build("m.gguf", setting(tmp_path))
    assert provider.is_deterministic(request())
    assert provider.is_deterministic(request(temperature=0))
    assert not provider.is_deterministic(request(temperature=0.7))
    assert provider.max_concurrency == 1


@pytest.mark.parametrize(
    ("given", "shared"),
    [({}, False), ({"temperature": 0}, False), ({"temperature": 0.8}, True), ({"temperature": 0.8, "seed": 5}, False)],
)
def test_only_answers_that_nobody_can_ask_for_again_share_work(given, shared):
    assert json.loads(local._body(request(**given)))["cache_prompt"] is shared


@needs_model
def test_a_file_that_is_no_model_ends_the_run_in_silence(tmp_path, capfd):
    (tmp_path / "m.gguf").write_bytes(b"no model")
    with pytest.raises(ProviderError, match=r"m\.gguf cannot be loaded") as caught:
        ask(local.build("m.gguf", setting(tmp_path)), request())
    assert caught.value.fatal
    assert capfd.readouterr() == ("", "")


@needs_model
def test_the_same_request_gets_the_same_answer_whatever_came_in_between_and_in_silence(tmp_path, capfd):
    provider = local.build(str(MODEL), setting(tmp_path))
    question = request("Name three animals.", max_tokens=12)
    others = [request("Count: " + "one two three " * 60, max_tokens=3), request("Sing.", max_tokens=5, temperature=1.0)]
    longer = request("Name three animals. And plants.", max_tokens=3)
    first, *_, again = ask(provider, question, *others, longer, question)
    assert first == again
    assert first.deterministic
    assert first.usage.output_tokens == 12
    assert first.usage.input_tokens > 12
    assert first.model == MODEL.name
    assert capfd.readouterr() == ("", "")


@needs_model
def test_with_a_seed_repeats_are_different_answers_and_come_again(tmp_path):
    provider = local.build(str(MODEL), setting(tmp_path))
    repeats = [request("Name an animal.", repeat=n, max_tokens=4, temperature=1.5, seed=5) for n in range(3)]
    texts = [output.text for output in ask(provider, *repeats, *reversed(repeats))]
    assert texts[:3] == texts[:2:-1]
    assert len(set(texts)) > 1


@needs_model
def test_a_request_that_the_model_cannot_take_is_an_error_in_its_words(tmp_path):
    provider = local.build(str(MODEL), setting(tmp_path))
    with pytest.raises(ProviderError, match="exceeds the available context"):
        ask(provider, request("word " * 5000))


REFUSED = "half \ud83d a pair"
"""What the package refuses before the model has done a thing."""

CLOSED_AT_ONCE = """
import sys
from pathlib import Path
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.prompt import Message, Request
from pytest_goldenprompt.providers import local

provider = local.build(sys.argv[1], ProviderSetting(Path(), Path(), 10.0))
request = Request("p/one", "c1", 0, (Message("user", chr(0xD83D)),))
for _ in range(4):
    try:
        provider.complete(request)
    except ProviderError:
        provider.close()
        print("closed")
"""


@needs_model
def test_a_model_that_has_not_done_a_thing_can_be_closed():
    """In a process of its own: one that waits for a model which does not end can only be killed."""
    command = [sys.executable, "-c", CLOSED_AT_ONCE, str(MODEL)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("closed\n" * 4, "")


@needs_model
def test_a_closed_model_is_gone_though_an_error_of_it_is_kept(tmp_path):
    provider = local.build(str(MODEL), setting(tmp_path))
    with pytest.raises(ProviderError, match="surrogate") as kept:
        ask(provider, request(REFUSED), close=False)
    place = urlsplit(provider._server.listening_address)
    socket.create_connection((place.hostname, place.port)).close()
    provider.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.hostname, place.port))
    assert kept.value.__traceback__
