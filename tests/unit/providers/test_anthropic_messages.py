from __future__ import annotations

import json

import pytest

from asking import REQUEST, request
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.providers.anthropic_messages import body_of, is_served, read_reply

TOOL = {"type": "function", "function": {"name": "refund", "description": "Pays.", "parameters": {"type": "object"}}}
THEIRS = {"name": "refund", "description": "Pays.", "input_schema": {"type": "object"}}
SCHEMA = {"type": "object", "properties": {"label": {"type": "string"}}}


def asked(*turns):
    import dataclasses

    return dataclasses.replace(REQUEST, messages=tuple(Message(role, content) for role, content in turns))


def body(**parameters):
    sent = body_of(request("hi", **parameters), "m")
    return {name: value for name, value in sent.items() if name not in {"model", "messages"}}


def reply(text="hi", reason="end_turn", model="m", **fields):
    content = [{"type": "text", "text": text}]
    return json.dumps({"id": "msg_1", "model": model, "content": content, "stop_reason": reason, **fields}).encode()


def test_the_systems_messages_stand_apart_and_the_turns_keep_their_order():
    turns = [("system", "Be brief."), ("developer", "In French."), ("user", "a"), ("assistant", "b"), ("user", "c")]
    sent = body_of(asked(*turns), "m")
    assert sent["system"] == "Be brief.\n\nIn French."
    assert [turn["content"] for turn in sent["messages"]] == ["a", "b", "c"]
    assert "system" not in body_of(asked(("user", "a")), "m")


@pytest.mark.parametrize("role", ["system", "developer", "tool"])
def test_a_turn_that_cannot_be_said_there_is_refused(role):
    with pytest.raises(ProviderError, match=f"takes no message of role '{role}'"):
        body_of(asked(("user", "a"), (role, "b")), "m")


@pytest.mark.parametrize(
    ("parameters", "sent"),
    [
        ({}, {"max_tokens": 4096}),
        ({"max_tokens": 9}, {"max_tokens": 9}),
        ({"max_tokens": 9, "max_completion_tokens": 7}, {"max_tokens": 7}),
        ({"stop": ["a", "b"]}, {"max_tokens": 4096, "stop_sequences": ["a", "b"]}),
        ({"thinking": {"type": "adaptive"}}, {"max_tokens": 4096, "thinking": {"type": "adaptive"}}),
        ({"reasoning_effort": "low"}, {"max_tokens": 4096, "output_config": {"effort": "low"}}),
        ({"response_format": {"type": "text"}}, {"max_tokens": 4096}),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}},
            {"max_tokens": 4096, "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        ),
        ({"parallel_tool_calls": False}, {"max_tokens": 4096}),
        ({"tool_choice": "none"}, {"max_tokens": 4096, "tool_choice": {"type": "none"}}),
    ],
)
def test_parameters_are_put_into_anthropics_words(parameters, sent):
    assert body(**parameters) == sent


@pytest.mark.parametrize(
    ("parameters", "choice"),
    [
        ({"tool_choice": "auto"}, {"type": "auto"}),
        ({"tool_choice": "required"}, {"type": "any"}),
        ({"tool_choice": {"type": "any"}}, {"type": "any"}),
        ({"tool_choice": {"type": "function", "function": {"name": "refund"}}}, {"type": "tool", "name": "refund"}),
        ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
        ({"tool_choice": "required", "parallel_tool_calls": False}, {"type": "any", "disable_parallel_tool_use": True}),
    ],
)
def test_tools_and_how_to_choose_among_them_are_put_into_anthropics_words(parameters, choice):
    own = {"type": "web_search_20250305", "name": "web_search"}
    sent = body(tools=[TOOL, own], **parameters)
    assert (sent["tools"], sent["tool_choice"]) == ([THEIRS, own], choice)


def test_a_parameter_is_never_changed():
    given = {"output_config": {"effort": "low"}, "tool_choice": {"type": "auto"}, "parallel_tool_calls": False}
    before = json.dumps(given)
    assert body(tools=[TOOL], response_format={"type": "json_schema", "json_schema": {"schema": SCHEMA}}, **given)
    assert json.dumps(given) == before


@pytest.mark.parametrize("name", ["seed", "frequency_penalty", "logit_bias"])
def test_what_anthropic_has_not_is_refused_before_the_call(name):
    with pytest.raises(ProviderError, match=f"anthropic has no parameter '{name}'") as caught:
        body(**{name: 1})
    assert not caught.value.transient
    with pytest.raises(ProviderError, match="no response_format 'json_object'"):
        body(response_format={"type": "json_object"})


def test_tokens_are_counted_as_everyone_else_counts_them():
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 4,
        "cache_creation_input_tokens": 3,
        "output_tokens": 9,
        "output_tokens_details": {"thinking_tokens": 5},
    }
    assert read_reply(reply(usage=usage), "m").usage == Usage(17, 9, 4, 5, 3)
    assert read_reply(reply(usage={"input_tokens": 1, "output_tokens": 2}), "m").usage == Usage(1, 2)
    assert read_reply(reply(), "m").usage == Usage()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("something_new", "something_new"),
    ],
)
def test_why_an_answer_ended_has_one_word_whoever_gave_it(theirs, ours):
    assert read_reply(reply(reason=theirs), "m").finish_reason == ours


def test_thinking_is_no_part_of_the_answer_and_a_refusal_is_one():
    blocks = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert read_reply(reply(content=blocks), "m").text == "ab"
    refused = read_reply(reply(content=[], reason="refusal", stop_details={"explanation": "Not that."}), "m")
    assert (refused.text, refused.finish_reason) == ("Not that.", "content_filter")


@pytest.mark.parametrize(
    ("content", "words", "transient"),
    [
        (reply(""), "empty answer", True),
        (reply("", "max_tokens"), "empty answer", False),
        (reply("", "refusal"), "empty answer", False),
        (reply(content=[]), "empty answer", True),
        (reply("half", "pause_turn"), "paused its answer", False),
        (reply()[:-10], "no complete reply", True),
        (b"", "no complete reply", True),
        (b"[]", "no complete reply", True),
        (b'{"type":"error","error":{"type":"overloaded_error"}}', "no complete reply", True),
        (reply(content="hi"), "no complete reply", True),
        (reply(content=[{"type": "text"}]), "no complete reply", True),
        (b"[" * 200_000, "no complete reply", True),
        (reply(model="n"), "reply is from 'n'", False),
        (reply(model=None), "reply is from None", False),
    ],
)
def test_what_is_no_answer_is_an_error_and_never_judged(content, words, transient):
    with pytest.raises(ProviderError, match=words) as caught:
        read_reply(content, "m")
    assert (caught.value.transient, caught.value.fatal) == (transient, False)


@pytest.mark.parametrize(
    ("asked", "served", "same"),
    [
        ("claude-sonnet-4-5", "claude-sonnet-4-5", True),
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929", True),
        ("claude-3-5-haiku-latest", "claude-3-5-haiku-20241022", True),
        ("claude-opus-4-0", "claude-opus-4-20250514", True),
        ("anthropic/claude-opus-4-1", "claude-opus-4-1@20250805", True),
        ("claude-opus-4-0", "claude-opus-4-1-20250805", False),
        ("claude-sonnet-4", "claude-sonnet-4-5-20250929", False),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5", False),
        ("claude-opus-4-1", "claude-sonnet-4-1", False),
        ("", "claude-opus-4-1", False),
    ],
)
def test_a_dated_model_is_the_one_asked_for_and_a_sibling_is_not(asked, served, same):
    assert is_served(asked, served) is same
