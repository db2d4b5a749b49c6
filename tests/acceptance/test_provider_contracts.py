"""Every provider of ours keeps the contract that third parties can try theirs against; clients over real HTTP."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from dataclasses import replace
from types import MappingProxyType

import pytest

from anthropic_server import AnthropicServer
from embeddings_server import EmbeddingsServer
from local_model import MISSING, model_file
from openai_server import OpenAIServer
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.providers import (
    any_llm,
    command,
    echo,
    embeddings,
    local,
    openai_batches,
    python_function,
    replay,
)
from pytest_goldenprompt.providers.anthropic import build as build_anthropic
from pytest_goldenprompt.providers.recorded import Recorded, append_recording, key_of, recording_path
from pytest_goldenprompt.registry import PROVIDERS
from pytest_goldenprompt.testing import Fault, ProviderContract, outputs_of

TOOL = {"type": "function", "function": {"name": "refund", "parameters": {"type": "object"}}}


def needs(*packages):
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs the packages {', '.join(packages)}")


class OverHttp(ProviderContract):
    """A client and a server that fails by script; the server repeats the question."""

    echoes = True
    parameters = MappingProxyType({"temperature": 0.5, "tools": [TOOL], "stop": ["END"]})
    server_kind = OpenAIServer
    variables = ("OPENAI_BASE_URL", "OPENAI_API_KEY")

    @pytest.fixture(autouse=True)
    def server(self, monkeypatch):
        with self.server_kind() as self.server_here:
            url, key = self.variables
            monkeypatch.setenv(url, self.server_here.url)
            monkeypatch.setenv(key, "sk-of-this-test")
            yield self.server_here

    def calls(self):
        return self.server_here.calls

    def faults(self, setting):
        def fault(kind, **told):
            return Fault(kind, self.make(setting), request=self.request(f"hi @fault:{kind}"), **told)

        yield fault("401", fatal=True, status=401)
        yield fault("403", fatal=True, status=403)
        yield fault("400", status=400)
        yield fault("429:2", transient=True, status=429, retry_after=2.0)
        yield fault("429", transient=True, status=429)
        yield fault("500", transient=True, status=500)
        yield fault("529:1", transient=True, status=529, retry_after=1.0)
        for kind in ("reset", "torn", "cut", "empty"):
            yield fault(kind, transient=True)
        yield fault("model")
        slow = self.make(ProviderSetting(setting.root, setting.recordings, timeout=0.2))
        yield Fault("hang", slow, transient=True, status=408, request=self.request("hi @fault:hang"))

    def test_half_a_character_in_an_answer_is_kept_as_it_came(self, provider, server):
        server.answer = lambda _: "half \ud83d a pair"
        assert outputs_of(provider, self.request())[0].text == "half \ud83d a pair"


@needs("openai", "aiohttp")
class TestOpenAI(OverHttp):
    def make(self, setting):
        return openai_batches.build("m1", setting)


@needs("anthropic", "httpx_aiohttp")
class TestAnthropic(OverHttp):
    server_kind = AnthropicServer
    variables = ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY")

    def make(self, setting):
        return build_anthropic("m1", setting)


@needs("any_llm")
class TestAnyLLM(OverHttp):
    def make(self, setting):
        return any_llm.build("openai/m1", setting)


@needs("any_llm")
class TestAnyLLMOnAnotherOfItsProviders(OverHttp):
    variables = ("LLAMACPP_API_BASE", "LLAMACPP_API_KEY")

    def make(self, setting):
        return any_llm.build("llamacpp/m1", setting)

    def faults(self, setting):
        return itertools.islice(super().faults(setting), 5)


ECHOING = """
import json, sys
request = json.load(sys.stdin)
text = request["messages"][-1]["content"]
if text.startswith("exit "):
    sys.exit(int(text.split()[1]))
print(text.encode("utf-8", "replace").decode())
"""


class TestCommand(ProviderContract):
    def make(self, setting):
        (setting.root / "ask.py").write_text(ECHOING)
        return command.build(f"{sys.executable} ask.py", setting)

    def faults(self, setting):
        yield Fault("later", self.make(setting), transient=True, request=self.request("exit 75"))
        yield Fault("failed", self.make(setting), request=self.request("exit 3"))
        yield Fault("no program", command.build("no-such-program", setting))
        short = ProviderSetting(setting.root, setting.recordings, timeout=0.2)
        yield Fault("slow", command.build("sleep 9", short), transient=True, status=408)


FUNCTIONS = """

def said(prompt):
    return prompt.text
said.deterministic = True
async def said_later(prompt):
    return prompt.text
def unreachable(prompt):
    raise ConnectionResetError("gone")
class Limited(Exception):
    status_code = 429
async def limited(prompt):
    raise Limited("slow down")
def nothing(prompt):
    return None
"""


class TestPythonFunction(ProviderContract):
    echoes = True
    parameters = MappingProxyType({"stop": ["END"]})
    function = "said"

    @pytest.fixture(autouse=True)
    def module(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sys, "path", [*sys.path])
        (tmp_path / "contract_functions.py").write_text(FUNCTIONS)
        yield
        sys.modules.pop("contract_functions", None)

    def make(self, setting, function=""):
        return python_function.build(f"contract_functions:{function or self.function}", setting)

    def faults(self, setting):
        yield Fault("unreachable", self.make(setting, "unreachable"), transient=True)
        yield Fault("limited", self.make(setting, "limited"), transient=True, status=429)
        yield Fault("nothing", self.make(setting, "nothing"))


class TestCoroutineFunction(TestPythonFunction):
    function = "said_later"


class TestEcho(ProviderContract):
    echoes = True

    def make(self, setting):
        return echo.build("", setting)


@needs("xllamacpp")
@pytest.mark.skipif(model_file() is None, reason=MISSING)
class TestLocal(ProviderContract):
    parameters = MappingProxyType({"max_tokens": 2, "stop": ["END"]})

    def make(self, setting):
        return local.build(str(model_file()), setting)

    def faults(self, setting):
        (setting.root / "no-model.gguf").write_bytes(b"no model")
        yield Fault("no model", local.build("no-model.gguf", setting), fatal=True)


class TestReplay(ProviderContract):
    def make(self, setting):
        for text in (self.question, "half \ud83d a pair"):
            for repeat in range(4):
                request = self.request(text, repeat)
                recorded = Recorded(*key_of(request), "openai:m1", Output(text, model="m1", response_id=f"r{repeat}"))
                append_recording(recording_path(setting.recordings, request.prompt_id), recorded)
        return replay.build("", setting)

    def faults(self, setting):
        yield Fault("not on record", self.make(setting), request=self.request("Another question."))


@needs("openai", "aiohttp")
class TestEmbeddings(OverHttp):
    """It answers with a number, and takes two texts."""

    echoes = False
    server_kind = EmbeddingsServer
    test_half_a_character_in_an_answer_is_kept_as_it_came = None

    def make(self, setting):
        return embeddings.build("m1", setting)

    def request(self, text=None, repeat=0, **parameters):
        request = super().request(text, repeat, **parameters)
        return replace(request, messages=(*request.messages, Message("user", "Say hello again.")))


def test_every_provider_is_tried():
    own = {TestOpenAI, TestAnthropic, TestAnyLLM, TestCommand, TestPythonFunction, TestEcho, TestLocal, TestReplay}
    assert len({*own, TestEmbeddings}) == len(PROVIDERS)
