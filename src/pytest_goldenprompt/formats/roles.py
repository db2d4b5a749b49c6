r"""Roles in templates that are filled as a whole: marks that no value can forge, and the messages between them.

Role lines are those of the file. Before a template is filled, each is replaced by a mark; afterwards the text is split
at the marks. A value that holds a line `system:` therefore stays text. A line that is nothing but one placeholder and a
colon, such as `{{turn.role}}:`, gives a role where its value is one, since loops over turns are written so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.turns import ROLES
from pytest_goldenprompt.model.prompt import Message, Prompt, Template
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, canonical, digest_of

PLAIN, PROMPTY = "plain", "prompty"
ROLE_LINES = {f"{role}:": role for role in ("system", "user", "assistant", "developer")}

_WORDS = "system|user|assistant|developer"
_RULES = {
    PLAIN: re.compile(rf"^({_WORDS}):[ \t]*$", re.MULTILINE),
    PROMPTY: re.compile(rf"^[ \t]*#?[ \t]*({_WORDS})(?:\[[^\]\n]*\])?[ \t]*:[ \t]*$", re.MULTILINE | re.IGNORECASE),
}
_FILLED_IN = re.compile(r"^[ \t]*(\{\{[^{}\n]*\}\})[ \t]*:[ \t]*$", re.MULTILINE)
_ESCAPED = re.compile(rf"^\\((?:{_WORDS}):[ \t]*)$", re.MULTILINE)
_SPOKEN = {**{role: role for role in ROLES}, "model": "assistant"}
_BLANK_AROUND = re.compile(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z")


def is_role(name: str) -> bool:
    """Say whether a word is a role, under OpenAI's names or Google's."""
    return name in _SPOKEN


def unescaped(text: str) -> str:
    r"""Turn lines such as `\user:` into the text `user:`."""
    return _ESCAPED.sub(lambda match: match[1].rstrip(), text)


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands in a filled text for a role or for a list of messages; `token` is in no value."""

    token: str

    def role(self, name: str) -> str:
        """Mark where a role begins."""
        return f"<{self.token}:role:{name}:{self.token}>"

    def thread(self, name: str) -> str:
        """Mark where the messages of a name go."""
        return f"<{self.token}:thread:{name}:{self.token}>"

    def on_lines(self, text: str, rule: str) -> str:
        """Replace the role lines of a template by marks; an empty rule knows none."""
        if not rule:
            return text
        marked = _RULES[rule].sub(lambda match: self.role(match[1].lower()), text)
        marked = _FILLED_IN.sub(lambda match: self.role(match[1]), marked)
        return unescaped(marked) if rule == PLAIN else marked

    def pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """Split a filled text into (`text`, `role` or `thread`, value)."""
        found = re.split(f"<{self.token}:(role|thread):(.*?):{self.token}>", text, flags=re.DOTALL)
        yield "text", found[0]
        for kind, value, after in zip(found[1::3], found[2::3], found[3::3], strict=True):
            yield kind, value
            yield "text", after


def marks_for(body: str, values: JSON) -> Marks:
    """Give the marks of a template: the same for the same text, and other ones where a value holds them."""
    taken, number = canonical(values), 0
    while (token := digest_of([body, number], SHORT_DIGEST_LENGTH)) in taken:
        number += 1
    return Marks(token)


def conversation(
    prompt: Prompt, template: Template, text: str, marks: Marks, threads: Mapping[str, Sequence[Message]]
) -> tuple[Message, ...]:
    """Split a filled template into messages; those that hold nothing but blanks are left out. None left is refused."""
    found: list[Message] = []
    role, parts = template.role, [""]

    def flush() -> None:
        content = _trimmed("".join(parts), template.blank)
        if content.strip():
            found.append(Message(role, content, template.line))
        parts[:] = [""]

    for kind, value in marks.pieces(text):
        if kind == "text":
            parts.append(value)
        elif kind == "thread":
            flush()
            found.extend(threads[value])
            # Dotprompt has the model speak after the history; Prompty goes on with the role that it had.
            role = "assistant" if template.language == "handlebars" else role
        elif value.strip() in _SPOKEN:
            flush()
            role = _SPOKEN[value.strip()]
        else:
            parts.append(f"{value}:")
    flush()
    if not found:
        raise InputError(
            f"no text in the filled prompt, found {shown(text)}; text is accepted",
            where=prompt.path,
            line=template.line,
        )
    return tuple(found)


def _trimmed(text: str, blank: str) -> str:
    if blank == "newlines":
        return text.strip("\n")
    return _BLANK_AROUND.sub("", text) if blank == "lines" else text
