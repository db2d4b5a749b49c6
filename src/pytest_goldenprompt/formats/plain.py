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

`.prompt.j2` is the same with a Jinja2 template as text, in which conditions and loops may stand around role lines.
"""

from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.front_matter import bounds, header_of, lines_of
from pytest_goldenprompt.formats.jinja import parts_of
from pytest_goldenprompt.formats.located import plain, shown
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.formats.roles import PLAIN, ROLE_LINES, unescaped
from pytest_goldenprompt.formats.sampling import PARAMETERS, parameters_of
from pytest_goldenprompt.model.prompt import Message, Prompt, Template

_KEYS = ("model", "provider", "owner", "name", "description", "parameters", *PARAMETERS)


def read_plain(source: Source, prompt_id: str, files: References) -> Prompt:  # noqa: ARG001 - it names no files
    """Read a plain prompt; sampling parameters beyond the checked ones go under `parameters:` as they are."""
    lines = lines_of(source)
    prompt, start = _headed(source, prompt_id, lines)
    return replace(prompt, messages=_messages(lines, start, source.where))


def read_jinja(source: Source, prompt_id: str, files: References) -> Prompt:
    """Read a Jinja2 prompt; what it includes is named relative to its own folder."""
    lines = lines_of(source)
    prompt, start = _headed(source, prompt_id, lines)
    body = "\n".join(lines[start:])
    parts = parts_of(body, files, source.where, start + 1)
    template = Template("jinja", body, start + 1, roles=PLAIN, parts=parts)
    return replace(prompt, template=template, digest=files.digest(source.digest))


def _headed(source: Source, prompt_id: str, lines: list[str]) -> tuple[Prompt, int]:
    """Read the front matter; the second value is the index of the body's first line."""
    inside, start = bounds(lines, source.where)
    header = header_of(lines[inside], source.where, inside.start + 1)
    header.refuse_unknown(_KEYS)
    header.text("name"), header.text("description")
    prompt = Prompt(
        id=prompt_id,
        path=source.where,
        messages=(),
        digest=source.digest,
        text="\n".join(lines),
        model=header.name("model"),
        provider=header.name("provider"),
        owner=header.name("owner"),
        parameters={**parameters_of(header), **plain(header.map("parameters") or {})},
    )
    return prompt, start


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
    return Message(role, unescaped("\n".join(lines[start:end])), min(start + 1, len(lines)))
