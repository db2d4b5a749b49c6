"""Calls of a provider's functions from the engine's loop, and which of them are under way."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from pytest_goldenprompt.engine.attempt import told
from pytest_goldenprompt.engine.threads import Threads
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request

Run: TypeAlias = Callable[..., Awaitable[Any]]
"""Calls a provider's function: on the loop where it is asynchronous, otherwise in a thread."""


class Calls:
    """Makes calls, and can cut short those that are under way. Used on the loop only."""

    def __init__(self) -> None:
        self._threads = Threads()
        self.under_way: set[asyncio.Task[Any]] = set()

    async def complete(self, provider: Provider, request: Request) -> Output:
        """Call once. Whatever is raised that is no Exception would end the loop, and every waiting item with it."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - workers are tasks; said for the type checker
        self.under_way.add(task)
        try:
            output = await self.run(provider.complete, request)
        except (ProviderError, asyncio.CancelledError, GeneratorExit):
            raise
        except TimeoutError as raised:
            raise ProviderError(told(raised), transient=True, status=408) from None
        except BaseException as raised:  # noqa: BLE001
            raise ProviderError(told(raised)) from None
        finally:
            self.under_way.discard(task)
        if not isinstance(output, Output):
            raise ProviderError(f"the provider gave no output, found {type(output).__name__}")
        return output

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a provider's function: on the loop where it is asynchronous, otherwise in a thread."""
        if inspect.iscoroutinefunction(function):
            return await function(*arguments)
        given = await self.apart(lambda: function(*arguments))
        return await given if inspect.isawaitable(given) else given

    async def apart(self, function: Callable[[], Any]) -> Any:
        """Call something of ours in a thread, where it may take its time."""
        return await self._threads.run(function)

    def cut(self) -> None:
        """Cancel what is under way."""
        for task in list(self.under_way):
            task.cancel()

    def close(self) -> None:
        """Let every thread go once it is done."""
        self._threads.close()
