from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace

from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.prompt import Message, Request


def setting(root, timeout=10.0):
    return ProviderSetting(root, root / "recordings", timeout)


REQUEST = Request("p/one", "c1", 0, ())


def request(text="hello", case="c1", repeat=0, **given):
    """Make a request; what is no field of it is a sampling parameter."""
    fields = {name: given.pop(name) for name in ("prompt_id", "inputs", "model") if name in given}
    messages = (Message("user", text),)
    return replace(REQUEST, case_id=case, repeat=repeat, messages=messages, parameters=given, **fields)


def ask(provider, *requests, close=True):
    """Ask as the engine does: coroutine functions are awaited, others called; one answer or a list of them."""

    async def run():
        try:
            return [await _answer(provider, one) for one in requests]
        finally:
            closing = provider.close() if close else None
            if closing is not None:
                await closing

    answers = asyncio.run(run())
    return answers if len(requests) > 1 else answers[0]


async def _answer(provider, one):
    answer = provider.complete(one)
    return await answer if inspect.isawaitable(answer) else answer
