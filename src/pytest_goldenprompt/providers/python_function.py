"""Asks a team's own function, sync or async, with the case's inputs by name."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import JSON, canonical
from pytest_goldenprompt.providers.failure import raised_error
from pytest_goldenprompt.providers.own_code import code_version

OURS = ("prompt", "case", "repeat")


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """The prompt as a function gets it: `messages` as clients take them, `parameters`, and all contents as `text`.

    Fields can be read as attributes or as keys.
    """

    messages: list[dict[str, JSON]]
    parameters: dict[str, JSON]
    text: str
    model: str | None = None

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


@dataclass(slots=True)
class PlainFunction:
    """A function that answers at once; the engine calls it in a thread. `deterministic = True` on it is believed."""

    place: str
    function: Callable[..., Any]
    max_concurrency: int | None = field(default=None, init=False)
    version: str = ""
    """Names the code that the function may run."""

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say whether the function's attribute `deterministic` is True."""
        return getattr(self.function, "deterministic", False) is True

    def complete(self, request: Request) -> Output:
        """Call the function and take a text, a JSON value or an Output."""
        arguments = call_arguments(self.place, self.function, request)
        try:
            answer = self.function(**arguments)
            if inspect.isawaitable(answer):
                answer = asyncio.run(_finished(answer))
        except Exception as error:
            raise raised_error(self.place, error) from error
        return as_output(self.place, answer, deterministic=self.is_deterministic(request))

    def close(self) -> None:
        """Hold nothing."""


@dataclass(slots=True)
class CoroutineFunction(PlainFunction):
    """A coroutine function; the engine awaits it on its loop."""

    async def complete(self, request: Request) -> Output:  # type: ignore[override]  # both keep the Provider contract
        """Await the function and take a text, a JSON value or an Output."""
        arguments = call_arguments(self.place, self.function, request)
        try:
            answer = await self.function(**arguments)
        except Exception as error:
            raise raised_error(self.place, error) from error
        return as_output(self.place, answer, deterministic=self.is_deterministic(request))


def build(argument: str, setting: ProviderSetting) -> PlainFunction:
    """Import `module:function`; the root directory is added to the module search path where it is missing."""
    module, _, name = argument.partition(":")
    if not module or not name:
        raise InputError(f"`python` does not name a function, found {argument!r}; accepted is `python:module:function`")
    root = str(setting.root)
    if root not in sys.path:
        sys.path.insert(0, root)
    try:
        function = getattr(importlib.import_module(module), name, None)
    except Exception as error:  # noqa: BLE001 - a team's module may raise anything while it is imported
        raise InputError(f"`python` cannot import {module!r}: {type(error).__name__}: {str(error)[:200]}") from None
    if not callable(function):
        raise InputError(f"`python` finds no function {name!r} in module {module!r}")
    awaited = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
    return (CoroutineFunction if awaited else PlainFunction)(argument, function, code_version(setting.root))


def call_arguments(place: str, function: Callable[..., Any], request: Request) -> dict[str, Any]:
    """Give the arguments that a function's parameters name; the names prompt, case and repeat go before inputs.

    An input without a parameter is an error, unless the function takes the rendered prompt, which holds it already.
    """
    ours = {"prompt": _rendered(request), "case": request.case_id, "repeat": request.repeat}
    offered = {**request.inputs, **ours}
    parameters = inspect.signature(function).parameters.values()
    named = {parameter.name for parameter in parameters if parameter.kind in _NAMED}
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        named |= set(request.inputs)
    missing = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty and parameter.kind not in _VARIABLE and parameter.name not in offered
    ]
    unused = sorted(set(request.inputs) - named) if "prompt" not in named else []
    if missing or unused:
        told = f"{place} takes {missing[0]!r}, which" if missing else f"{place} does not take {unused[0]!r}, which"
        are = "is none of the case's inputs" if missing else "is an input of the case"
        raise ProviderError(f"{told} {are}; inputs are: {', '.join(sorted(request.inputs)) or 'none'}")
    return {name: offered[name] for name in named if name in offered}


_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_VARIABLE = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def as_output(place: str, answer: object, *, deterministic: bool) -> Output:
    """Take what a function returned: an Output as it is, a text, or a JSON value; None and all else are refused."""
    if isinstance(answer, Output):
        return _sound(place, answer)
    if isinstance(answer, str):
        return Output(answer, deterministic=deterministic)
    if isinstance(answer, bool | int | float | list | tuple | Mapping):
        try:
            return Output(canonical(answer), value=answer, deterministic=deterministic)
        except (TypeError, ValueError, RecursionError) as error:
            raise ProviderError(f"{place} returned what is no JSON value: {str(error)[:200]}") from None
    raise ProviderError(f"{place} returned {type(answer).__name__}; accepted are a text, a JSON value or an Output")


def _sound(place: str, output: Output) -> Output:
    try:
        canonical(tuple(output.tool_calls))
    except (TypeError, ValueError, RecursionError) as error:
        raise ProviderError(f"{place} returned tool calls that are no JSON values: {str(error)[:200]}") from None
    return output


def _rendered(request: Request) -> RenderedPrompt:
    return RenderedPrompt(
        [message.plain() for message in request.messages],
        dict(request.sampling()),
        "\n\n".join(message.content for message in request.messages),
        request.model,
    )


async def _finished(answer: Any) -> Any:
    return await answer
