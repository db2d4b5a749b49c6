"""Asks OpenAI, or any server that speaks its chat completions, through the openai package; retries are the engine's."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.providers.failure import disconnection, retry_after, status_error, unsendable

_SNAPSHOT = re.compile(r"[-@:](\d[\d.-]*|latest)")
INSTALL = 'pip install "pytest-goldenprompt[openai]"'
_OURS = frozenset({"messages", "model", "stream", "stream_options", "n"})


@dataclass(slots=True)
class OpenAI:
    """One client for all calls, made at the first of them on the engine's loop.

    OPENAI_BASE_URL and OPENAI_API_KEY are read as the package reads them. `model` goes before the prompt's own.
    """

    model: str
    timeout: float
    max_concurrency: int | None = field(default=None, init=False)
    _client: Any = field(default=None, init=False)

    @property
    def version(self) -> str:
        """Name the server, where it is not the package's own."""
        return os.environ.get("OPENAI_BASE_URL", "")

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say no: hosted models answer differently even at temperature 0."""
        return False

    async def complete(self, request: Request) -> Output:
        """Make one call, without a retry. The reply's own word on the model must match what was asked."""
        body = self.body(request)
        return read_reply(await self._call(body), body["model"])

    def body(self, request: Request) -> dict[str, Any]:
        """Give what is sent for a request: model, messages, and the parameters that are not ours to set."""
        model = self.model or request.model
        if not model:
            raise ProviderError("no model is named, neither by the prompt nor as `openai:MODEL`", fatal=True)
        parameters = {name: value for name, value in request.sampling().items() if name not in _OURS}
        return {"model": model, "messages": [message.plain() for message in request.messages], **parameters}

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _call(self, body: Mapping[str, Any]) -> bytes:
        create = self.client.chat.completions.with_raw_response.create
        rest = {name: value for name, value in body.items() if name not in _OURS}
        with self.failures():
            reply = await create(model=body["model"], messages=body["messages"], extra_body=rest or None)
            content: bytes = reply.http_response.content
        return content

    @property
    def client(self) -> Any:
        """Give the client, made at its first use."""
        if self._client is None:
            self._client = _client(self.timeout)
        return self._client

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Tell what the package raises as a ProviderError."""
        import openai  # noqa: PLC0415 - an extra, and half a second

        try:
            yield
        except openai.APIStatusError as error:
            said = error.body if isinstance(error.body, Mapping) else {}
            raise refusal(error.status_code, said, error.response.headers) from None
        except openai.APIConnectionError as error:
            raise disconnection("openai", error, self.timeout) from None
        except openai.OpenAIError as error:
            raise ProviderError(f"openai: {str(error)[:200]}") from None
        except UnicodeEncodeError as error:
            raise unsendable("openai", error) from None


def require() -> None:
    """Refuse to be built where the packages are missing."""
    if any(importlib.util.find_spec(package) is None for package in ("openai", "aiohttp")):
        raise InputError("`openai` needs packages that are not installed", remedy=INSTALL)


def read_reply(content: bytes, model: str, who: str = "openai") -> Output:
    """Read a reply's JSON; cut JSON is an error, not an answer."""
    try:
        reply = json.loads(content)
    except (ValueError, RecursionError):
        reply = None
    return output_of(reply, model, who, content)


def output_of(reply: Any, model: str, who: str = "openai", content: bytes = b"") -> Output:
    """Read a reply; a part of one, another or no model, and an empty answer are errors, not answers.

    `content` are the bytes that it was read from, of which an error shows the beginning.
    """
    try:
        served = reply.get("model")
        choice = reply["choices"][0]
        message = choice["message"]
    except (KeyError, IndexError, TypeError, AttributeError):
        told = content[:60].decode("utf-8", "replace") or str(reply)[:60]
        raise ProviderError(f"{who} sent no complete reply, found {told!r}", transient=True) from None
    if not isinstance(served, str) or not is_served(model, served):
        raise ProviderError(f"asked for the model {model!r}, the reply is from {served!r}")
    text, tools = _text(message), _tool_calls(message)
    finish = choice.get("finish_reason")
    if not text.strip() and not tools:
        cut = finish in ("length", "content_filter")
        raise ProviderError(f"{who} sent an empty answer (finish_reason {finish!r})", transient=not cut)
    return Output(
        text,
        usage=_usage(reply.get("usage")),
        model=served,
        response_id=reply.get("id"),
        finish_reason=finish,
        fingerprint=reply.get("system_fingerprint"),
        tool_calls=tools,
    )


def is_served(asked: str, served: str) -> bool:
    """Tell whether the model that answered is the one asked for: the same name, or its dated snapshot.

    A vendor's prefix on either side (`openai/gpt-4o`) is no part of the name; `gpt-4o-mini` is no `gpt-4o`.
    """
    asked, served = asked.rpartition("/")[2].casefold(), served.rpartition("/")[2].casefold()
    if asked == served or not asked:
        return bool(asked)
    return served.startswith(asked) and _SNAPSHOT.fullmatch(served[len(asked) :]) is not None


def _client(timeout: float) -> Any:
    import openai  # noqa: PLC0415 - as above

    if not os.environ.get("OPENAI_API_KEY"):
        raise ProviderError("openai has no key: set OPENAI_API_KEY", fatal=True)
    try:
        # httpx costs ten times the processor time of aiohttp at 64 connections.
        transport = openai.DefaultAioHttpClient(timeout=timeout)
        return openai.AsyncOpenAI(max_retries=0, timeout=timeout, http_client=transport)
    except (RuntimeError, openai.OpenAIError) as error:
        raise ProviderError(f"openai cannot be set up: {str(error)[:200]} ({INSTALL})", fatal=True) from None


def refusal(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> ProviderError:
    """Make the error of a status and what was said with it; a used-up account ends the run, as no waiting helps."""
    if said.get("code") == "insufficient_quota":
        return ProviderError(f"openai answered {status}: the account's quota is used up", fatal=True, status=status)
    return status_error("openai", status, str(said.get("message") or ""), retry_after(headers))


def _text(message: Mapping[str, Any]) -> str:
    """Give the text; a refusal is what the model said, and is judged as such."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    refusal = message.get("refusal")
    return content if isinstance(content, str) and content else refusal if isinstance(refusal, str) else ""


def _tool_calls(message: Mapping[str, Any]) -> tuple[JSON, ...]:
    """Give each call's name and arguments; ids differ from call to call and say nothing."""
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls if isinstance(call, Mapping)] if isinstance(calls, list) else []
    return tuple(
        {"name": function.get("name"), "arguments": _arguments(function.get("arguments"))}
        for function in functions
        if isinstance(function, Mapping)
    )


def _arguments(written: Any) -> JSON:
    try:
        arguments: JSON = json.loads(written)
    except (TypeError, ValueError, RecursionError):
        return str(written)
    return arguments


def _usage(usage: Any) -> Usage:
    if not isinstance(usage, Mapping):
        return Usage()
    asked, answered = (usage.get(f"{side}_tokens_details") or {} for side in ("prompt", "completion"))
    return Usage(
        usage.get("prompt_tokens"),
        usage.get("completion_tokens"),
        asked.get("cached_tokens"),
        answered.get("reasoning_tokens"),
    )
