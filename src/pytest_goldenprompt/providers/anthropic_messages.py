"""A request as Anthropic's messages take it, and their reply as an output; names of parameters are OpenAI's outside."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Message, Request
from pytest_goldenprompt.model.values import JSON

MOST_TOKENS = 4096
"""Tokens of an answer where the prompt says nothing of `max_tokens`: without a number nothing is answered."""

FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_PAUSED = "pause_turn"
_OURS = frozenset({"messages", "model", "stream", "system"})
_FOREIGN = ("seed", "frequency_penalty", "presence_penalty", "logit_bias", "min_p", "verbosity")
_SYSTEM = ("system", "developer")
_CHOICES = {"auto": "auto", "required": "any", "none": "none"}
_ALIAS = re.compile(r"-(latest|0)$")
_SNAPSHOT = re.compile(r"(-latest|-0)?([-@]\d{8})?")


def body_of(request: Request, model: str) -> dict[str, Any]:
    """Give what is sent. Parameters that Anthropic has not are refused; those that only it has go through as they are.

    `max_tokens`, `stop`, `tools`, `tool_choice`, `parallel_tool_calls`, `response_format` and `reasoning_effort` are
    put into its words.
    """
    given = {name: value for name, value in request.sampling().items() if name not in _OURS}
    if foreign := next((name for name in _FOREIGN if name in given), None):
        raise ProviderError(f"anthropic has no parameter {foreign!r}: take it out of the prompt, or ask another model")
    system, turns = _turns(request.messages)
    most = [given.pop(name, None) for name in ("max_completion_tokens", "max_tokens")]
    body: dict[str, Any] = {"model": model, "messages": turns, "max_tokens": next(filter(None, most), MOST_TOKENS)}
    if system:
        body["system"] = system
    if stop := given.pop("stop", None):
        body["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    return {**body, **_tools(given), **_output_config(given), **given}


def read_reply(content: bytes, model: str) -> Output:
    """Read a reply's JSON; cut JSON, another or no model, a pause and an empty answer are errors, not answers."""
    try:
        reply = json.loads(content)
        served, blocks, reason = reply.get("model"), reply["content"], reply["stop_reason"]
        text = "".join(block["text"] for block in blocks if block["type"] == "text")
        calls = [block for block in blocks if block["type"] == "tool_use"]
        tools: tuple[JSON, ...] = tuple({"name": call["name"], "arguments": call["input"]} for call in calls)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        told = content[:60].decode("utf-8", "replace")
        raise ProviderError(f"anthropic sent no complete reply, found {told!r}", transient=True) from None
    if not isinstance(served, str) or not is_served(model, served):
        raise ProviderError(f"asked for the model {model!r}, the reply is from {served!r}")
    if reason == _PAUSED:
        raise ProviderError("anthropic paused its answer: tools of its own that take long are not waited for")
    text, finish = text or _explanation(reply), FINISH_REASONS.get(reason, reason)
    if not text.strip() and not tools:
        cut = finish in ("length", "content_filter")
        raise ProviderError(f"anthropic sent an empty answer (stop_reason {reason!r})", transient=not cut)
    usage = _usage(reply.get("usage"))
    return Output(text, usage=usage, model=served, response_id=reply.get("id"), finish_reason=finish, tool_calls=tools)


def is_served(asked: str, served: str) -> bool:
    """Tell whether the model that answered is the one asked for: the same name, or the dated one that it stands for.

    `claude-opus-4-0` and `claude-opus-4-latest` stand for `claude-opus-4-20250514`, which `claude-opus-4-1` is not.
    """
    asked, served = asked.rpartition("/")[2].casefold(), served.rpartition("/")[2].casefold()
    name = _ALIAS.sub("", asked)
    return bool(name) and served.startswith(name) and _SNAPSHOT.fullmatch(served[len(name) :]) is not None


def _turns(messages: Sequence[Message]) -> tuple[str, list[dict[str, JSON]]]:
    """Split the system's messages off, which stand apart from the turns."""
    first = next((index for index, one in enumerate(messages) if one.role not in _SYSTEM), len(messages))
    turns = messages[first:]
    for turn in turns:
        if turn.role not in ("user", "assistant"):
            where = "after the first turn" if turn.role in _SYSTEM else "without the call that it answers"
            raise ProviderError(f"anthropic takes no message of role {turn.role!r} {where}")
    return "\n\n".join(one.content for one in messages[:first]), [turn.plain() for turn in turns]


def _tools(given: dict[str, Any]) -> dict[str, Any]:
    """Take tools and how to choose among them out of the parameters, and give them in Anthropic's words."""
    found: dict[str, Any] = {}
    tools, choice = given.pop("tools", None), given.pop("tool_choice", None)
    alone = given.pop("parallel_tool_calls", None) is False
    if tools:
        found["tools"] = [_tool(tool) for tool in tools]
    if choice is not None or (alone and tools):
        found["tool_choice"] = _choice(choice or "auto")
    if alone and found.get("tool_choice", {}).get("type") in {"auto", "any", "tool"}:
        found["tool_choice"]["disable_parallel_tool_use"] = True
    return found


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = tool.get("function")
    if tool.get("type") != "function" or not isinstance(function, Mapping):
        return dict(tool)
    rest = {name: value for name, value in function.items() if name != "parameters"}
    return {**rest, "input_schema": function.get("parameters") or {"type": "object"}}


def _choice(choice: Any) -> dict[str, Any]:
    if isinstance(choice, str):
        return {"type": _CHOICES.get(choice, choice)}
    function = choice.get("function")
    return {"type": "tool", "name": function.get("name")} if isinstance(function, Mapping) else dict(choice)


def _output_config(given: dict[str, Any]) -> dict[str, Any]:
    """Take the answer's form and the effort out of the parameters, and give them in Anthropic's words."""
    found, form = dict(given.pop("output_config", None) or {}), given.pop("response_format", None) or {"type": "text"}
    effort = given.pop("reasoning_effort", None)
    if effort is not None:
        found["effort"] = effort
    if form.get("type") == "json_schema":
        found["format"] = {"type": "json_schema", "schema": (form.get("json_schema") or {}).get("schema")}
    elif form.get("type") != "text":
        kind = form.get("type")
        raise ProviderError(f"anthropic has no response_format {kind!r}: accepted are json_schema and text")
    return {"output_config": found} if found else {}


def _explanation(reply: Mapping[str, Any]) -> str:
    """Give what a refusal without any text says instead; it is an answer and is judged."""
    details = reply.get("stop_details")
    said = details.get("explanation") if isinstance(details, Mapping) else None
    return said if isinstance(said, str) else ""


def _usage(usage: Any) -> Usage:
    """Count input as everyone else does: what was read from the cache, and what was written to it, is part of it."""
    if not isinstance(usage, Mapping):
        return Usage()
    read, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    sent, details = usage.get("input_tokens"), usage.get("output_tokens_details") or {}
    whole = None if sent is None else sent + (read or 0) + (written or 0)
    return Usage(whole, usage.get("output_tokens"), read, details.get("thinking_tokens"), written)
