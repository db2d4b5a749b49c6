"""Asks Anthropic, or a server that speaks its messages, through the anthropic package; retries are the engine's."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.providers.anthropic_messages import body_of, read_reply
from pytest_goldenprompt.providers.failure import disconnection, retry_after, status_error, unsendable

INSTALL = 'pip install "pytest-goldenprompt[anthropic]"'
_REQUIRED = ("model", "messages", "max_tokens")
_UNPAID = 402


@dataclass(slots=True)
class Anthropic:
    """One client for all calls, made at the first of them on the engine's loop.

    ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are read as the package reads them. `model` goes
    before the prompt's own.
    """

    model: str
    timeout: float
    max_concurrency: int | None = field(default=None, init=False)
    _client: Any = field(default=None, init=False)

    @property
    def version(self) -> str:
        """Name the server, where it is not the package's own."""
        return os.environ.get("ANTHROPIC_BASE_URL", "")

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say no: hosted models answer differently even at temperature 0."""
        return False

    async def complete(self, request: Request) -> Output:
        """Make one call, without a retry. The reply's own word on the model must match what was asked."""
        model = self.model or request.model
        if not model:
            raise ProviderError("no model is named, neither by the prompt nor as `anthropic:MODEL`", fatal=True)
        return read_reply(await self._call(body_of(request, model)), model)

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _call(self, body: Mapping[str, Any]) -> bytes:
        import anthropic  # noqa: PLC0415 - an extra, and half a second

        if self._client is None:
            self._client = _client(self.timeout)
        required = {name: body[name] for name in _REQUIRED}
        rest = {name: value for name, value in body.items() if name not in _REQUIRED}
        try:
            reply = await self._client.messages.with_raw_response.create(**required, extra_body=rest or None)
            content: bytes = reply.http_response.content
        except anthropic.APIStatusError as error:
            raise _refusal(error) from None
        except anthropic.APIConnectionError as error:
            raise disconnection("anthropic", error, self.timeout) from None
        except anthropic.AnthropicError as error:
            raise ProviderError(f"anthropic: {str(error)[:200]}") from None
        except UnicodeEncodeError as error:
            raise unsendable("anthropic", error) from None
        return content


def build(argument: str, setting: ProviderSetting) -> Anthropic:
    """Take the model's name, or nothing where every prompt names one."""
    if any(importlib.util.find_spec(package) is None for package in ("anthropic", "httpx_aiohttp")):
        raise InputError("`anthropic` needs packages that are not installed", remedy=INSTALL)
    return Anthropic(argument.strip(), setting.timeout)


def _client(timeout: float) -> Any:
    import anthropic  # noqa: PLC0415 - as above

    try:
        # httpx's own transport costs far more processor time than aiohttp's where many calls are under way.
        transport = anthropic.DefaultAioHttpClient(timeout=timeout)
        client = anthropic.AsyncAnthropic(max_retries=0, timeout=timeout, http_client=transport)
    except (RuntimeError, anthropic.AnthropicError) as error:
        raise ProviderError(f"anthropic cannot be set up: {str(error)[:200]} ({INSTALL})", fatal=True) from None
    if not (client.api_key or client.auth_token or client.credentials):
        raise ProviderError("anthropic has no key: set ANTHROPIC_API_KEY", fatal=True)
    return client


def _refusal(error: Any) -> ProviderError:
    """Make the error of a status; an account that cannot pay ends the run, as no waiting helps."""
    body = error.body if isinstance(error.body, Mapping) else {}
    said = body.get("error")
    said = said if isinstance(said, Mapping) else {}
    if error.status_code == _UNPAID or said.get("type") == "billing_error":
        told = f"anthropic answered {error.status_code}: the account cannot pay for the call"
        return ProviderError(told, fatal=True, status=error.status_code)
    message = str(said.get("message") or "")
    return status_error("anthropic", error.status_code, message, retry_after(error.response.headers))
