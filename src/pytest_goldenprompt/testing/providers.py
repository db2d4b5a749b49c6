"""For authors of providers: a class of tests that every provider must pass, called as a run calls it."""

from __future__ import annotations

import asyncio
import copy
import inspect
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.contracts import Provider, ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Message, Request
from pytest_goldenprompt.model.values import JSON, canonical

__all__ = ["Fault", "ProviderContract", "answers_of"]

HALF = "half \ud83d a pair"
"""Text with a lone surrogate, as models and files have it now and then."""

AT_ONCE = 4


@dataclass(frozen=True)
class Fault:
    """A faulty set-up, and the error that asking it must raise. `request` is asked where it is not any request."""

    name: str
    provider: Provider
    transient: bool = False
    fatal: bool = False
    status: int | None = None
    retry_after: float | None = None
    request: Request | None = field(default=None, repr=False)


class ProviderContract:
    """Subclass it, say how to `make` the provider, and let pytest collect the subclass.

    Give faulty set-ups too, and where calls can be counted, their number; without faulty set-ups their test is skipped
    and says so.
    """

    question = "Say hello."
    model: str | None = None
    parameters: Mapping[str, JSON] = MappingProxyType({})
    """What every request carries; lists and maps in it show whether the provider leaves them as they are."""
    echoes = False
    """Whether the set-up answers with the question itself, so that the text can be compared."""

    def make(self, setting: ProviderSetting) -> Provider:
        """Make the provider under test, as its factory does."""
        raise NotImplementedError("say how to make the provider: def make(self, setting)")

    def faults(self, setting: ProviderSetting) -> Iterable[Fault]:  # noqa: ARG002 - for subclasses
        """Give faulty set-ups with the errors that they must raise."""
        return ()

    def calls(self) -> int | None:
        """Give how many calls have arrived where the answers come from; None where nobody counts them."""
        return None

    def request(self, text: str | None = None, repeat: int = 0, **parameters: JSON) -> Request:
        """Make a request of one message."""
        messages = (Message("user", self.question if text is None else text),)
        given = copy.deepcopy({**self.parameters, **parameters})
        return Request("contract", f"case-{repeat}", repeat, messages, self.model, given, {})

    @pytest.fixture
    def setting(self, tmp_path: Path) -> ProviderSetting:
        """Give what a factory is told: a root directory of its own, and a time-out."""
        return ProviderSetting(tmp_path, tmp_path / "answers", timeout=30.0)

    @pytest.fixture
    def provider(self, setting: ProviderSetting) -> Provider:
        """Give the provider under test."""
        return self.make(setting)

    def test_it_answers_with_text_or_tool_calls(self, provider: Provider) -> None:
        """An answer is an Output that says something."""
        [output] = outputs_of(provider, self.request())
        assert type(output.text) is str, "the text of an Output is a str"
        assert output.text.strip() or output.tool_calls, "an empty answer is an error, not an Output"

    def test_what_it_tells_besides_is_plain(self, provider: Provider) -> None:
        """Values can be stored as JSON, and names are texts."""
        [output] = outputs_of(provider, self.request())
        for name in ("model", "response_id", "finish_reason", "fingerprint"):
            assert isinstance(getattr(output, name), str | None), f"{name} is a str or None"
        for name in ("deterministic", "replayed"):
            assert isinstance(getattr(output, name), bool), f"{name} is a bool"
        assert isinstance(output.tool_calls, tuple), "tool_calls is a tuple"
        assert all({"name", "arguments"} <= set(call) for call in output.tool_calls if isinstance(call, dict))
        canonical([output.value, *output.tool_calls])

    def test_tokens_are_counts_and_parts_are_no_more_than_the_whole(self, provider: Provider) -> None:
        """Each number of tokens is None or counts from 0."""
        [output] = outputs_of(provider, self.request())
        usage = output.usage
        names = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "cache_write_tokens")
        for name in names:
            count = getattr(usage, name)
            assert count is None or (type(count) is int and count >= 0), f"{name} is None or a count, found {count!r}"
        if usage.input_tokens is not None:
            assert (usage.cached_tokens or 0) + (usage.cache_write_tokens or 0) <= usage.input_tokens
        if usage.output_tokens is not None:
            assert (usage.reasoning_tokens or 0) <= usage.output_tokens

    def test_what_it_says_of_determinism_holds(self, provider: Provider) -> None:
        """A provider that is sure of a request says so each time, and gives the same answer again."""
        request = self.request()
        sure = provider.is_deterministic(request)
        assert isinstance(sure, bool), "is_deterministic gives a bool"
        first, again = outputs_of(provider, request, self.request())
        assert provider.is_deterministic(request) is sure
        for output in (first, again):
            assert sure or not output.deterministic, "an Output is deterministic only where is_deterministic says so"
        if sure:
            assert first.whole == again.whole, "a deterministic request gets the same answer"

    def test_it_says_how_many_calls_it_bears_and_answers_several_at_once(self, provider: Provider) -> None:
        """`max_concurrency` is None or a number from 1 on, and so many calls may overlap."""
        most = provider.max_concurrency
        assert most is None or (type(most) is int and most >= 1), f"max_concurrency, found {most!r}"
        requests = [self.request(repeat=number) for number in range(min(most or AT_ONCE, AT_ONCE))]
        assert len(outputs_of(provider, *requests)) == len(requests)

    def test_a_request_is_left_as_it_was(self, provider: Provider) -> None:
        """Requests are shared and stored: nothing in them may be changed."""
        request = self.request()
        before = copy.deepcopy(request)
        provider.is_deterministic(request)
        answers_of(provider, request)
        assert request == before
        assert request.digest() == before.digest()

    def test_half_a_character_is_kept_or_refused(self, provider: Provider) -> None:
        """A lone surrogate in a question is answered, or is a lasting ProviderError; it is never another exception."""
        [answer] = answers_of(provider, self.request(HALF))
        if isinstance(answer, ProviderError):
            assert not answer.transient, "another attempt cannot mend it"
            assert not answer.fatal, "other requests are well"
            assert str(answer)
        elif self.echoes:
            assert answer.text == HALF

    def test_it_can_be_closed_twice_and_used_again(self, provider: Provider) -> None:
        """A run closes a provider and may use it again, on another event loop, for what looked worse."""
        for _ in range(2):
            assert outputs_of(provider, self.request())
        close(provider)
        close(provider)
        assert outputs_of(provider, self.request())

    def test_it_can_be_closed_before_it_was_used(self, provider: Provider) -> None:
        """A run may end before a provider was called."""
        close(provider)

    def test_each_fault_is_told_as_what_it_is_after_one_call(self, setting: ProviderSetting) -> None:
        """A faulty set-up raises a ProviderError that says whether another attempt, or another call, makes sense.

        Retries are the run's, which knows its limits: one request is one call at most.
        """
        faults = list(self.faults(setting))
        if not faults:
            pytest.skip("faults() gives no faulty set-up")
        for fault in faults:
            before = self.calls() or 0
            [error] = answers_of(fault.provider, fault.request or self.request())
            assert isinstance(error, ProviderError), f"{fault.name}: gave the answer {error!r}"
            assert str(error).strip(), f"{fault.name}: the error says nothing"
            found = {name: getattr(error, name) for name in ("transient", "fatal", "status", "retry_after")}
            assert found == {name: getattr(fault, name) for name in found}, f"{fault.name}: {error}"
            assert (self.calls() or 0) - before <= 1, f"{fault.name}: called more than once"


def outputs_of(provider: Provider, *requests: Request) -> list[Output]:
    """Give the outputs of requests that are asked at once; the first error is raised."""
    answers = answers_of(provider, *requests)
    for answer in answers:
        if isinstance(answer, ProviderError):
            raise answer
    return [answer for answer in answers if isinstance(answer, Output)]


def answers_of(provider: Provider, *requests: Request) -> list[Output | ProviderError]:
    """Ask as a run does: a coroutine function on the loop, any other in a thread; then close the provider.

    Each request gets its output or its ProviderError; any other exception is raised, and any other answer is refused.
    """

    async def ask() -> list[Output | ProviderError]:
        try:
            return await asyncio.gather(*(_answer(provider, request) for request in requests))
        finally:
            await _close(provider)

    return asyncio.run(ask())


def close(provider: Provider) -> None:
    """Close a provider as a run does."""
    asyncio.run(_close(provider))


async def _answer(provider: Provider, request: Request) -> Output | ProviderError:
    try:
        answer = await _called(provider.complete, request)
    except ProviderError as error:
        return error
    assert isinstance(answer, Output), f"complete() gives an Output, found {type(answer).__name__}"
    return answer


async def _close(provider: Provider) -> None:
    given: Awaitable[None] | None = await _called(provider.close)
    assert given is None, f"close() gives nothing, found {type(given).__name__}"


async def _called(function: Any, *arguments: Any) -> Any:
    if inspect.iscoroutinefunction(function):
        return await function(*arguments)
    given = await asyncio.to_thread(function, *arguments)
    return await given if inspect.isawaitable(given) else given
