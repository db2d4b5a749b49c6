"""Asks any provider that the any-llm-sdk package knows, each through its own client; retries are the engine's."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.providers.failure import disconnection, late, retry_after, status_error, unsendable
from pytest_goldenprompt.providers.openai import read_reply

INSTALL = 'pip install "pytest-goldenprompt[any-llm]"'
_OURS = frozenset({"messages", "model", "stream", "stream_options", "n"})
_PASSING = re.compile("connect|timeout|protocol|network|unavailable|throttl|responsevalidation", re.IGNORECASE)
"""Names of exceptions that clients raise where a connection fails or a reply cannot be read."""


@dataclass(slots=True)
class AnyLLM:
    """One client for each of the package's providers, made at the first call on the engine's loop.

    Keys and addresses are read from the environment as the package reads them. `model` is `PROVIDER/MODEL`, and goes
    before the prompt's own.
    """

    model: str
    timeout: float
    max_concurrency: int | None = field(default=None, init=False)
    _clients: dict[str, Any] = field(default_factory=dict, init=False)

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say no: hosted models answer differently even at temperature 0."""
        return False

    async def complete(self, request: Request) -> Output:
        """Make one call, without a retry. The reply's own word on the model must match what was asked."""
        provider, model = _split(self.model or request.model or "")
        messages = [message.plain() for message in request.messages]
        body = {name: value for name, value in request.sampling().items() if name not in _OURS}
        try:
            client = self._client(provider)
            async with asyncio.timeout(self.timeout):
                reply = await client.acompletion(model=model, messages=messages, **body)
        except TimeoutError:
            raise late(provider, self.timeout) from None
        except ProviderError:
            raise
        except Exception as error:  # noqa: BLE001 - the clients of fifty providers may raise anything
            raise _failure(provider, error, self.timeout) from None
        return read_reply(json.dumps(reply.model_dump()).encode("ascii"), model, provider)

    async def close(self) -> None:
        """Close the connections of the clients that can be told to."""
        clients, self._clients = self._clients, {}
        for one in clients.values():
            close = getattr(getattr(one, "client", None), "close", None)
            closing = close() if callable(close) else None
            if inspect.isawaitable(closing):
                await closing

    def _client(self, provider: str) -> Any:
        if provider not in self._clients:
            self._clients[provider] = _client(provider)
        return self._clients[provider]


def build(argument: str, setting: ProviderSetting) -> AnyLLM:
    """Take `PROVIDER/MODEL`, or nothing where every prompt names its model so."""
    model = argument.strip()
    if model and not all(model.partition("/")):
        raise InputError(f"`any-llm` names no model, found {argument!r}; accepted is `any-llm:PROVIDER/MODEL`")
    if importlib.util.find_spec("any_llm") is None:
        raise InputError("`any-llm` needs a package that is not installed", remedy=INSTALL)
    return AnyLLM(model, setting.timeout)


def _split(model: str) -> tuple[str, str]:
    provider, separator, name = model.partition("/")
    if not separator or not provider or not name:
        told = f"no model is named as any-llm wants it, found {model!r}; accepted is PROVIDER/MODEL"
        raise ProviderError(told, fatal=True)
    return provider, name


def _client(provider: str) -> Any:
    """Make a client that tells errors in the package's own kinds; without retries where the client has any to set."""
    import any_llm  # noqa: PLC0415 - an extra, and a second

    try:
        try:
            return any_llm.AnyLLM.create(provider, unified_exceptions=True, max_retries=0)
        except any_llm.UnsupportedParameterError:
            return any_llm.AnyLLM.create(provider, unified_exceptions=True)
    except ImportError:
        remedy = f'pip install "any-llm-sdk[{provider}]"'
        raise ProviderError(f"{provider} needs a package that is not installed ({remedy})", fatal=True) from None
    except any_llm.MissingApiKeyError as error:
        raise ProviderError(f"{provider} has no key: set {error.env_var_name}", fatal=True) from None
    except any_llm.UnsupportedProviderError:
        raise ProviderError(f"any-llm knows no provider {provider!r}", fatal=True) from None


def _failure(provider: str, error: Exception, timeout: float) -> ProviderError:
    """Make the error of what the package raised: by its status where there is one, by the client's own error else."""
    root = getattr(error, "original_exception", None) or error
    status, code = getattr(error, "status_code", None), getattr(error, "code", None)
    if code == "insufficient_quota" or status == 402:  # noqa: PLR2004 - payment required
        return ProviderError(f"{provider} answered {status}: the account's quota is used up", fatal=True, status=status)
    if isinstance(status, int) and status >= 400:  # noqa: PLR2004 - a parsed 200 is no refusal
        headers = getattr(getattr(root, "response", None), "headers", None)
        wait = retry_after(headers) if isinstance(headers, Mapping) else None
        return status_error(provider, status, str(getattr(error, "message", "") or error), wait)
    if isinstance(root, UnicodeEncodeError):
        return unsendable(provider, root)
    if isinstance(root, json.JSONDecodeError) or "ResponseValidation" in type(root).__name__:
        return ProviderError(f"{provider} sent no complete reply: {str(root)[:200]}", transient=True)
    if isinstance(root, OSError) or _PASSING.search(type(root).__name__):
        return disconnection(provider, root, timeout)
    return ProviderError(f"{provider}: {type(root).__name__}: {str(root)[:200]}")
