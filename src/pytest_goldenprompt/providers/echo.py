"""Answers with the last thing the user said: for trying a library out, and for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request


@dataclass(slots=True)
class Echo:
    """Calls nothing; the same request always gets the same answer."""

    max_concurrency: int | None = field(default=None, init=False)

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say yes."""
        return True

    async def complete(self, request: Request) -> Output:
        """Give the last user message's text."""
        for message in reversed(request.messages):
            if message.role == "user":
                return Output(message.content, model="echo", deterministic=True)
        raise ProviderError("echo has nothing to repeat: the request has no user message")

    def close(self) -> None:
        """Hold nothing."""


def build(argument: str, setting: ProviderSetting) -> Echo:  # noqa: ARG001 - the contract's signature
    """Take no argument."""
    if argument:
        raise InputError(f"`echo` takes no argument, found {argument!r}; accepted is `echo`")
    return Echo()
