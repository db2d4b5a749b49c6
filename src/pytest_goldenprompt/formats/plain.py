r"""Plain prompts, `.prompt.md` and `.prompt.txt`: text, with optional YAML front matter and role lines.

    ---
    model: gpt-4o-mini
    temperature: 0
    ---
    system:
    You sort tickets.
    user:
    {{ticket}}

A line that is exactly `system:`, `user:`, `assistant:` or `developer:` starts a message with that role; without such
a line the whole text is one user message. `\user:` on a line of its own is the text `user:`. Blank lines around a
message are taken off, and line ends are those of Unix whatever the file has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import plain, shown
from pytest_goldenprompt.formats.reader import Source, load_yaml
from pytest_goldenprompt.formats.sampling import PARAMETERS, parameters_of
from pytest_goldenprompt.model.prompt import Message, Prompt

ROLE_LINES = {f"{role}:": role for role in ("system", "user", "assistant", "developer")}
_ESCAPED = {f"\\{line}": line for line in ROLE_LINES}
_FENCE = "---"
_KEYS = ("model", "provider", "owner", "name", "description", "parameters", *PARAMETERS)


def read_plain(source: Source, prompt_id: str) -> Prompt:
    """Read a plain prompt; sampling parameters beyond the checked ones go under `parameters:` as they are."""
    lines = source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = _end_of_front_matter(lines, source.where)
    header = _front_matter(lines[1 : start - 1], source.where) if start else Fields({}, source.where, 1, "front matter")
    header.refuse_unknown(_KEYS)
    header.text("name"), header.text("description")
    return Prompt(
        id=prompt_id,
        path=source.where,
        messages=_messages(lines, start, source.where),
        digest=source.digest,
        text="\n".join(lines),
        model=header.name("model"),
        provider=header.name("provider"),
        owner=header.name("owner"),
        parameters={**parameters_of(header), **plain(header.map("parameters") or {})},
    )


def _end_of_front_matter(lines: list[str], where: str) -> int:
    """Give the index of the first line of the body."""
    if lines[0].rstrip() != _FENCE:
        return 0
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return index + 1
    raise InputError(
        "the front matter has no end, found no second --- line; front matter between two --- lines is accepted",
        where=where,
        line=1,
    )


def _front_matter(lines: list[str], where: str) -> Fields:
    table: Any = load_yaml("\n".join(lines), where, first_line=2)
    if table is not None and not isinstance(table, Mapping):
        raise InputError(f"wrong front matter, found {shown(table)}; a map is accepted", where=where, line=2)
    return Fields(table or {}, where, 2, "the front matter")


def _messages(lines: list[str], start: int, where: str) -> tuple[Message, ...]:
    marks = [index for index in range(start, len(lines)) if lines[index].rstrip() in ROLE_LINES]
    if not marks:
        messages = [_message("user", lines, start, len(lines))]
    else:
        _refuse_text_before(lines, start, marks[0], where)
        ends = [*marks[1:], len(lines)]
        messages = [
            _message(ROLE_LINES[lines[mark].rstrip()], lines, mark + 1, end)
            for mark, end in zip(marks, ends, strict=True)
        ]
    for message in messages:
        if not message.content:
            raise InputError(f"no text for the role {message.role}; text is accepted", where=where, line=message.line)
    return tuple(messages)


def _refuse_text_before(lines: list[str], start: int, mark: int, where: str) -> None:
    for index in range(start, mark):
        if lines[index].strip():
            raise InputError(
                f"text before the first role line, found {shown(lines[index])}; a role line first is accepted",
                where=where,
                line=index + 1,
                remedy=f"start with `system:`, or write `\\{lines[mark].rstrip()}` on line {mark + 1} if it is text",
            )


def _message(role: str, lines: list[str], start: int, end: int) -> Message:
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    content = "\n".join(_ESCAPED.get(line.rstrip(), line) for line in lines[start:end])
    return Message(role, content, min(start + 1, len(lines)))
