"""Compares two texts by their embeddings, through OpenAI or any server that speaks its embeddings API."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.providers.openai import OpenAI, is_served, require


@dataclass(slots=True)
class Embeddings:
    """Answers a request of two messages with the cosine of the angle between their embeddings, as a text.

    A number keeps journals and recordings small; two vectors would be some forty kilobytes.
    """

    model: str
    server: OpenAI
    max_concurrency: int | None = field(default=None, init=False)

    @property
    def version(self) -> str:
        """Name the server, where it is not the package's own."""
        return self.server.version

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say no: hosted models give slightly other numbers from call to call."""
        return False

    async def complete(self, request: Request) -> Output:
        """Make one call for both texts, without a retry."""
        texts = [message.content for message in request.messages]
        if len(texts) != 2:  # noqa: PLR2004 - a pair
            raise ProviderError(f"`embeddings` compares two texts, found {len(texts)}; `similarity` asks it for that")
        with self.server.failures():
            create = self.server.client.embeddings.with_raw_response.create
            reply = await create(model=self.model, input=texts, encoding_format="float")
            content: bytes = reply.http_response.content
        return read_reply(content, self.model)

    async def close(self) -> None:
        """Close the connections."""
        await self.server.close()


def build(argument: str, setting: ProviderSetting) -> Embeddings:
    """Take the model's name. Needs the extra `openai`."""
    if not argument:
        raise InputError("`embeddings` names no model, found 'embeddings'; accepted is `embeddings:MODEL`")
    require()
    return Embeddings(argument, OpenAI(argument, setting.timeout))


def read_reply(content: bytes, model: str) -> Output:
    """Read a reply with two embeddings; anything else, and one of another model, is an error."""
    try:
        reply = json.loads(content)
        listed = sorted(reply["data"], key=lambda one: one["index"])
        first, second = ([float(number) for number in one["embedding"]] for one in listed)
        served, usage = reply.get("model"), reply.get("usage") or {}
        near = cosine(first, second)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        told = content[:60].decode("utf-8", "replace")
        raise ProviderError(f"embeddings sent no two vectors, found {told!r}", transient=True) from None
    if not isinstance(served, str) or not is_served(model, served):
        raise ProviderError(f"asked for the model {model!r}, the reply is from {served!r}")
    return Output(f"{near:.6f}", usage=_usage(usage), model=served)


def cosine(first: Sequence[float], second: Sequence[float]) -> float:
    """Give the cosine of the angle between two vectors; a ValueError where they have none."""
    norm = math.hypot(*first) * math.hypot(*second)
    if len(first) != len(second) or not 0 < norm < math.inf:
        raise ValueError("vectors of one length, not 0, are accepted")
    return math.fsum(one * other for one, other in zip(first, second, strict=True)) / norm


def _usage(usage: Any) -> Usage:
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return Usage(tokens, 0) if isinstance(tokens, int) else Usage()
