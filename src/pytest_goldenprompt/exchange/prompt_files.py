"""Prompts as files of our own: Markdown where that holds the text, else Jinja2, else the messages of GitHub Models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.opening import is_whole
from pytest_goldenprompt.formats.github_models import read_github_models
from pytest_goldenprompt.formats.jinja import is_simple
from pytest_goldenprompt.formats.plain import read_jinja, read_plain
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.formats.render import variables
from pytest_goldenprompt.formats.roles import ROLE_LINES
from pytest_goldenprompt.formats.yaml_text import to_yaml
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.values import JSON

_READS = re.compile(r"\{%-?\s*(?:include|import|extends|from)\b")
_FORMATS = {".prompt.md": read_plain, ".prompt.j2": read_jinja, ".prompt.yml": read_github_models}


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt's file: its ending, its text, and the names that its templates use (None: whatever there is)."""

    ending: str
    text: str
    names: frozenset[str] | None

    @property
    def is_jinja(self) -> bool:
        """Say whether the templates need the package jinja2."""
        return self.ending == ".prompt.j2"


def prompt_file(content: JSON, header: Mapping[str, JSON]) -> PromptFile:
    """Write a text, or a list of messages, with a front matter; what no format of ours holds is an UncarriedError."""
    messages = _messages(content)
    text = messages[0]["content"] if isinstance(content, str) else "\n".join(turn["content"] for turn in messages)
    if not is_whole(text):
        raise UncarriedError("it holds half of a character")
    if not is_simple(text):
        return _jinja(messages, header, text)
    front = f"---\n{to_yaml(dict(header))}---\n" if header or text.startswith("---") else ""
    plain = front + messages[0]["content"] + "\n"
    if isinstance(content, str) and _reads_back(".prompt.md", plain, messages):
        return _file(".prompt.md", plain)
    own = {"model", "provider", "owner"}
    parameters = {key: value for key, value in header.items() if key not in own}
    named: dict[str, JSON] = {key: value for key, value in header.items() if key in own}
    if parameters:
        named["modelParameters"] = parameters
    written = to_yaml({**named, "messages": messages})
    if not _reads_back(".prompt.yml", written, messages):
        raise UncarriedError("its text is changed by every prompt format")
    return _file(".prompt.yml", written)


def _messages(content: JSON) -> list[dict[str, str]]:
    if isinstance(content, str):
        return [{"role": "user", "content": content}]
    found = []
    for turn in content if isinstance(content, Sequence) else ():
        role = turn.get("role") if isinstance(turn, Mapping) else None
        text = turn.get("content") if isinstance(turn, Mapping) else None
        if not isinstance(role, str) or not isinstance(text, str):
            raise UncarriedError("a message of it has no role, or no text as its content")
        found.append({"role": role, "content": text})
    return found


def _jinja(messages: list[dict[str, str]], header: Mapping[str, JSON], text: str) -> PromptFile:
    if _READS.search(text):
        raise UncarriedError("its template reads other files")
    front = f"---\n{to_yaml(dict(header))}---\n" if header or text.startswith("---") else ""
    if len(messages) == 1 and messages[0]["role"] == "user":
        body = messages[0]["content"]
    elif all(f"{turn['role']}:" in ROLE_LINES for turn in messages):
        body = "\n".join(f"{turn['role']}:\n{turn['content']}" for turn in messages)
    else:
        raise UncarriedError("its templates go beyond {{name}}, and it has roles that such prompts do not")
    return _file(".prompt.j2", f"{front}{body}\n")


def _file(ending: str, text: str) -> PromptFile:
    try:
        names = variables(_read(ending, text))
    except InputError as error:
        raise UncarriedError(f"its template cannot be read here, {error.what}") from None
    return PromptFile(ending, text, names)


def _reads_back(ending: str, text: str, messages: list[dict[str, str]]) -> bool:
    try:
        read = _read(ending, text)
    except InputError:
        return False
    return [{"role": turn.role, "content": turn.content} for turn in read.messages] == messages


def _read(ending: str, text: str) -> Prompt:
    return _FORMATS[ending](Source(f"x{ending}", text, ""), "x", References())
