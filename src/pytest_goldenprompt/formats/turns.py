"""Turns of a conversation, as a list of maps in YAML and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.values import JSON

ROLES = ("system", "user", "assistant", "developer", "tool")


def messages_of(fields: Fields, key: str = "messages") -> tuple[Message, ...]:
    """Read a list of {role, content}; a message's line is that of its content."""
    return tuple(_message(item, fields.where, line) for line, item in fields.items(key))


def messages_in(value: JSON, case: Case, name: str) -> tuple[Message, ...]:
    """Read an input that is a list of messages."""
    return messages_of(Fields({name: value}, case.path, case.line, f"the inputs of case {case.id}"), name)


def _message(item: Any, where: str, line: int) -> Message:
    if not isinstance(item, Mapping):
        raise InputError(
            f"wrong message, found {shown(item)}; a map of role and content is accepted", where=where, line=line
        )
    fields = Fields(item, where, line, "the message")
    fields.refuse_unknown(("role", "content"))
    role, content = fields.choice("role", ROLES), fields.text("content")
    if role is None or content is None:
        missing = "role" if role is None else "content"
        raise fields.wrong(missing, f"one of {', '.join(ROLES)}" if role is None else "text")
    return Message(role, content, fields.line_of("content"))
