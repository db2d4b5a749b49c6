"""Asks a model file on this machine, in this process, through the xllamacpp package."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request

ENVIRONMENT = "GOLDENPROMPT_LOCAL_MODEL"
CONTEXT = 4096
"""Tokens of a request and its answer together."""

MOST_TOKENS = 256
"""Tokens of an answer where the prompt says nothing of `max_tokens`."""

SILENT = -1


@dataclass(slots=True)
class Local:
    """One model, loaded at the first call; one call at a time on one thread, so that sums come out the same.

    At temperature 0, and with a seed, each request is computed whole: what was asked before leaves no trace in an
    answer. Answers that are drawn share the work on what their requests have in common, which makes repeats ten times
    as fast; the different order of sums moves a token's probability by up to .03, in every run alike.
    """

    path: Path
    timeout: float
    max_concurrency: int | None = field(default=1, init=False)
    _server: Any = field(default=None, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def version(self) -> str:
        """Name the model's file by its size and time: another one may have the same name."""
        found = self.path.stat()
        return f"{found.st_size}.{found.st_mtime_ns}"

    def is_deterministic(self, request: Request) -> bool:
        """Say whether the most likely token is always taken: temperature 0, which is also what no temperature means."""
        return bool(_temperature(request) == 0)

    def complete(self, request: Request) -> Output:
        """Answer with the model's own chat template; the model's counts of tokens come along."""
        with self._turn:
            if self._server is None:
                self._server = _load(self.path)
            reply = self._ask(_body(request))
        return self._output(reply, deterministic=self.is_deterministic(request))

    def close(self) -> None:
        """Give the memory back."""
        with self._turn:
            self._server = None

    def _ask(self, body: str) -> dict[str, Any]:
        """Hand the request over as text: only then does the package hand an error's own words back.

        No local name holds the model: an error's traceback would keep it loaded after `close`.
        """
        replies: list[str] = []
        try:
            self._server.handle_chat_completions(body, replies.append)
            reply: dict[str, Any] = json.loads(replies[-1])
        except (ValueError, RuntimeError, IndexError) as error:
            raise ProviderError(f"the local model refused the request: {str(error)[:200]}") from None
        return reply

    def _output(self, reply: dict[str, Any], *, deterministic: bool) -> Output:
        if "error" in reply:
            raise ProviderError(f"{self.path.name}: {str(reply['error'].get('message'))[:200]}")
        choice, usage = reply["choices"][0], reply["usage"]
        text = choice["message"].get("content") or ""
        if not text.strip():
            raise ProviderError(f"{self.path.name} gave an empty answer")
        return Output(
            text,
            usage=Usage(usage["prompt_tokens"], usage["completion_tokens"]),
            model=self.path.name,
            response_id=None if deterministic else reply.get("id"),
            finish_reason=choice.get("finish_reason"),
            fingerprint=_version(),
            deterministic=deterministic,
        )


def build(argument: str, setting: ProviderSetting) -> Local:
    """Take a GGUF file's path, relative to the root, or that of the environment's GOLDENPROMPT_LOCAL_MODEL."""
    written = argument or os.environ.get(ENVIRONMENT, "")
    if not written:
        raise InputError(f"`local` names no model file; accepted are `local:PATH.gguf` and {ENVIRONMENT}")
    path = setting.root / Path(written).expanduser()
    if not path.is_file():
        raise InputError(f"`local` finds no model file, found {written!r}; accepted is the path of a GGUF file")
    if importlib.util.find_spec("xllamacpp") is None:
        raise InputError(
            "`local` needs a package that is not installed", remedy='pip install "pytest-goldenprompt[local]"'
        )
    return Local(path, setting.timeout)


def _load(path: Path) -> Any:
    import xllamacpp  # noqa: PLC0415 - an extra, and a hundred megabytes

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx, parameters.n_parallel, parameters.n_gpu_layers = CONTEXT, 1, 0
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.cache_prompt, parameters.cache_ram_mib, parameters.n_ctx_checkpoints = False, 0, 0
    parameters.warmup = parameters.fit_params = parameters.ui = parameters.endpoint_slots = False
    parameters.verbosity = SILENT
    parameters.endpoint_metrics = True
    # The package opens a port on the loopback interface; a key that nobody knows closes it to everyone.
    parameters.api_keys = [secrets.token_hex(32)]
    try:
        server = xllamacpp.Server(parameters)
    except (RuntimeError, ValueError) as error:
        raise ProviderError(f"{path.name} cannot be loaded: {str(error)[:200]}", fatal=True) from None
    # The model works in a thread of its own, which forgets an order to stop that comes before its first step; whoever
    # drops the model then waits for ever. Only that thread gives these numbers, so with them it has begun.
    server.handle_metrics()
    return server


def _body(request: Request) -> str:
    messages = [message.plain() for message in request.messages]
    parameters = {"max_tokens": MOST_TOKENS, **request.sampling(), "temperature": _temperature(request)}
    body = {**parameters, "messages": messages, "cache_prompt": _is_drawn(request), "stream": False}
    return json.dumps(body, default=_list_or_map)


def _is_drawn(request: Request) -> bool:
    """Say whether the answer is drawn by a seed that nobody can know, so that no one can ask for the same again."""
    return bool(_temperature(request)) and "seed" not in request.parameters


def _temperature(request: Request) -> Any:
    temperature = request.parameters.get("temperature")
    return 0 if temperature is None else temperature


def _list_or_map(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else list(value)


def _version() -> str:
    import xllamacpp  # noqa: PLC0415 - loaded by now

    return f"xllamacpp {xllamacpp.__version__}"
