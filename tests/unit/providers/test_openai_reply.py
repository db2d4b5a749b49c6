from __future__ import annotations

import json

import pytest

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.providers.openai import is_served, read_reply


def reply(message, finish="stop", model="gpt-4o", **fields):
    plain = {"id": "r1", "model": model, "choices": [{"message": message, "finish_reason": finish}], **fields}
    return json.dumps(plain).encode()


def test_a_reply_is_read_with_usage_model_and_fingerprint():
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 3},
    }
    output = read_reply(
        reply({"content": "hi"}, model="gpt-4o-2024-08-06", usage=usage, system_fingerprint="fp_1"), "gpt-4o"
    )
    assert (output.text, output.model, output.fingerprint) == ("hi", "gpt-4o-2024-08-06", "fp_1")
    assert output.usage == Usage(10, 5, 4, 3)
    assert (output.response_id, output.finish_reason, output.deterministic) == ("r1", "stop", False)


def test_tool_calls_are_an_answer_without_text_and_without_their_ids():
    calls = [
        {"id": "call_1", "type": "function", "function": {"name": "refund", "arguments": '{"order": 7}'}},
        {"id": "call_2", "type": "function", "function": {"name": "log", "arguments": "{cut"}},
    ]
    output = read_reply(reply({"content": None, "tool_calls": calls}, "tool_calls"), "gpt-4o")
    assert output.text == ""
    assert output.tool_calls == ({"name": "refund", "arguments": {"order": 7}}, {"name": "log", "arguments": "{cut"})


def test_a_refusal_is_what_the_model_said_and_parts_are_joined():
    assert read_reply(reply({"content": None, "refusal": "I cannot."}), "gpt-4o").text == "I cannot."
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert read_reply(reply({"content": parts}), "gpt-4o").text == "ab"


@pytest.mark.parametrize(
    ("content", "words", "transient"),
    [
        (reply({"content": ""}), "empty answer", True),
        (reply({"content": " \n"}), "empty answer", True),
        (reply({"content": None}, "length"), "empty answer", False),
        (reply({"content": None}, "content_filter"), "empty answer", False),
        (reply({"content": "hi"})[:-10], "no complete reply", True),
        (b"", "no complete reply", True),
        (b"[]", "no complete reply", True),
        (b"null", "no complete reply", True),
        (b'{"model": "gpt-4o", "choices": []}', "no complete reply", True),
        (b"[" * 200_000, "no complete reply", True),
        (reply({"content": "hi"}, model="gpt-4o-mini"), "reply is from 'gpt-4o-mini'", False),
        (reply({"content": "hi"}, model=None), "reply is from None", False),
    ],
)
def test_what_is_no_answer_is_an_error_and_never_judged(content, words, transient):
    with pytest.raises(ProviderError, match=words) as caught:
        read_reply(content, "gpt-4o")
    assert (caught.value.transient, caught.value.fatal) == (transient, False)


@pytest.mark.parametrize(
    ("asked", "served", "same"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("gpt-4", "gpt-4-0613", True),
        ("claude-sonnet", "claude-sonnet@20250101", True),
        ("openai/gpt-4o", "gpt-4o-2024-08-06", True),
        ("gpt-4o", "openai/GPT-4o", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4o", "gpt-4o-mini-2024-07-18", False),
        ("gpt-4", "gpt-4.1", False),
        ("gpt-4", "gpt-4-32k-0314", False),
        ("gpt-4o-2024-08-06", "gpt-4o", False),
        ("gpt-4o", "", False),
    ],
)
def test_a_snapshot_is_the_model_asked_for_and_a_sibling_is_not(asked, served, same):
    assert is_served(asked, served) is same
