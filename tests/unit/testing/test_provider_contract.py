"""What breaks the contract fails one of its tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asking import setting
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.testing import Fault, ProviderContract


class Sound:
    """Keeps the contract, but for the fields that a test sets otherwise."""

    def __init__(self, *, most=None, sure=False, **fields):
        self.max_concurrency = most
        self.fields = fields
        self.sure = sure
        self.made = 0

    def is_deterministic(self, request):
        return self.sure

    def complete(self, request):
        self.made += 1
        return replace(Output(request.messages[-1].content), **self.fields)

    def close(self):
        pass


class Changing(Sound):
    def complete(self, request):
        request.parameters["stop"].append("END")
        return super().complete(request)


class Raising(Sound):
    def complete(self, request):
        request.messages[-1].content.encode()
        return super().complete(request)


class Spent(Sound):
    def close(self):
        if self.made == 0:
            raise RuntimeError("closed twice")
        self.made = 0


class Counting(Sound):
    def complete(self, request):
        return Output(str(self.made), deterministic=True) if super().complete(request) else None


class NoOutput(Sound):
    def complete(self, request):
        return "text"


class Contract(ProviderContract):
    parameters = {"stop": ["."]}  # noqa: RUF012 - as authors write it


BROKEN = {
    "empty": (Sound(text=" "), "test_it_answers_with_text_or_tool_calls"),
    "no-output": (NoOutput(), "test_it_answers_with_text_or_tool_calls"),
    "no-text": (Sound(text=b"x"), "test_it_answers_with_text_or_tool_calls"),
    "model": (Sound(model=1), "test_what_it_tells_besides_is_plain"),
    "tool-calls": (Sound(tool_calls=({"name": "x"},)), "test_what_it_tells_besides_is_plain"),
    "negative": (Sound(usage=Usage(-1)), "test_tokens_are_counts_and_parts_are_no_more_than_the_whole"),
    "fraction": (Sound(usage=Usage(1.5)), "test_tokens_are_counts_and_parts_are_no_more_than_the_whole"),
    "cached": (Sound(usage=Usage(1, 1, 2)), "test_tokens_are_counts_and_parts_are_no_more_than_the_whole"),
    "reasoning": (Sound(usage=Usage(1, 1, 0, 2)), "test_tokens_are_counts_and_parts_are_no_more_than_the_whole"),
    "unsure": (Sound(deterministic=True), "test_what_it_says_of_determinism_holds"),
    "no-bool": (Sound(sure=None), "test_what_it_says_of_determinism_holds"),
    "another-answer": (Counting(sure=True), "test_what_it_says_of_determinism_holds"),
    "concurrency": (Sound(most=0), "test_it_says_how_many_calls_it_bears_and_answers_several_at_once"),
    "changed-request": (Changing(), "test_a_request_is_left_as_it_was"),
    "encoder": (Raising(), "test_half_a_character_is_kept_or_refused"),
    "closed-twice": (Spent(), "test_it_can_be_closed_twice_and_used_again"),
    "closed-unused": (Spent(), "test_it_can_be_closed_before_it_was_used"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_provider_that_breaks_the_contract_fails(name):
    provider, test = BROKEN[name]
    with pytest.raises((AssertionError, UnicodeEncodeError, RuntimeError)):
        getattr(Contract(), test)(provider)


@pytest.mark.parametrize("test", sorted({test for _, test in BROKEN.values()}))
@pytest.mark.parametrize(
    "provider", [Sound(), Sound(most=1, sure=True, usage=Usage(3, 2, 1, 1, 2))], ids=["two", "all"]
)
def test_a_sound_provider_passes(provider, test):
    getattr(Contract(), test)(provider)


class Failing(Sound):
    """Raises an error; the first call may be followed by others."""

    def __init__(self, error, calls=1):
        super().__init__()
        self.error, self.tries = error, calls

    def complete(self, request):
        self.made += self.tries
        if isinstance(self.error, Exception):
            raise self.error
        return self.error


def tried(tmp_path, provider, **told):
    class Faulty(Contract):
        def faults(self, setting):
            yield Fault("down", provider, **told)

        def calls(self):
            return provider.made

    Faulty().test_each_fault_is_told_as_what_it_is_after_one_call(setting(tmp_path))


def test_a_fault_that_is_told_as_another_one_fails(tmp_path):
    limited = ProviderError("slow down", transient=True, status=429, retry_after=2.0)
    tried(tmp_path, Failing(limited), transient=True, status=429, retry_after=2.0)
    for told in ({"transient": False}, {"fatal": True}, {"status": 503}, {"retry_after": None}):
        with pytest.raises(AssertionError, match="down: slow down"):
            tried(tmp_path, Failing(limited), **{"transient": True, "status": 429, "retry_after": 2.0, **told})
    with pytest.raises(AssertionError, match="called more than once"):
        tried(tmp_path, Failing(limited, calls=2), transient=True, status=429, retry_after=2.0)
    with pytest.raises(AssertionError, match="gave the answer"):
        tried(tmp_path, Failing(Output("fine")))
    with pytest.raises(ValueError, match="no error of ours"):
        tried(tmp_path, Failing(ValueError("no error of ours")))


def test_without_a_way_to_make_the_provider_it_says_what_to_write(tmp_path):
    with pytest.raises(NotImplementedError, match="how to make the provider"):
        ProviderContract().make(setting(tmp_path))
