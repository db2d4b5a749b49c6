"""What the readers of added formats give, made fit: they are code of others, and what they give may be anything."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.endings import DatasetReader, PromptReader
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.located import MAX_DEPTH, Series, Table, shown, too_deep
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.formats.render import LANGUAGES
from pytest_goldenprompt.formats.roles import PLAIN, PROMPTY
from pytest_goldenprompt.formats.turns import ROLES
from pytest_goldenprompt.model.prompt import Message, Prompt
from pytest_goldenprompt.model.values import JSON, digest_of


def prompt_from(reader: PromptReader, source: Source, prompt_id: str, files: References) -> Prompt:
    """Read a prompt of an added format.

    Its id and place are those of the file. Its digest counts the file, what it names, and the messages that the reader
    made of them, so that the prompt is another one where another reader reads it in another way.
    """
    with _told(source.where):
        given: Any = reader(source, prompt_id, files)
    prompt = _checked(given, source)
    made: JSON = [repr(prompt.template), *([message.role, message.content] for message in prompt.messages)]
    return replace(
        prompt,
        id=prompt_id,
        path=source.where,
        text=prompt.text or source.text,
        parameters=_data(prompt.parameters, source.where, 1),
        digest=digest_of([files.digest(source.digest), made]),
    )


def _checked(prompt: Any, source: Source) -> Prompt:
    if not isinstance(prompt, Prompt):
        raise _wrong(source, f"{shown(prompt)}; a Prompt")
    if not prompt.messages and prompt.template is None:
        raise _wrong(source, "a prompt without messages; at least one message, or a template,")
    template = prompt.template
    if template is not None and (template.language not in LANGUAGES or template.roles not in {"", PLAIN, PROMPTY}):
        raise _wrong(source, f"a template in {shown(template.language)}; one in {', '.join(LANGUAGES)}")
    for message in prompt.messages:
        if not isinstance(message, Message) or message.role not in ROLES or not isinstance(message.content, str):
            raise _wrong(source, f"{shown(message)}; a Message of text, whose role is one of {', '.join(ROLES)},")
    for key in ("model", "provider", "owner"):
        value = getattr(prompt, key)
        if value is not None and (not isinstance(value, str) or not is_name(value)):
            raise _wrong(source, f"{shown(value)} as {key}; text on one line, not blank,")
    return prompt


def parts_from(reader: DatasetReader, source: Source) -> tuple[Table, Series]:
    """Read header and cases of an added format, with the line of each case."""
    items = Series()
    with _told(source.where):
        header, cases = reader(source)
        rows: list[Any] = list(cases)
    for row in rows:
        match row:
            case (int(line), Mapping() as case) if line >= 1:
                items.append(_data(case, source.where, line))
                items.lines.append(line)
            case _:
                raise _wrong(source, f"{shown(row)}; the line and the map of a case")
    if not isinstance(header, Mapping):
        raise _wrong(source, f"{shown(header)} as the header; a map")
    table = Table()
    table.update(_data(header, source.where, 1))
    return table, items


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Tell whatever a reader raises in one line, with the file that it read."""
    try:
        yield
    except InputError as error:
        raise error.at(where) from None
    except Exception as error:  # noqa: BLE001 - a reader of others may raise anything
        why = " ".join(str(error).split())[:200]
        raise InputError(f"the reader of this format failed: {type(error).__name__}: {why}", where=where) from None


def _wrong(source: Source, what: str) -> InputError:
    return InputError(f"the reader of this format gave {what} is accepted", where=source.where)


def _data(value: Any, where: str, line: int, depth: int = 0) -> Any:
    """Copy a value as JSON knows it, which days, sets and objects are not."""
    if depth > MAX_DEPTH:
        raise too_deep(where, line)
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _data(item, where, line, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_data(item, where, line, depth + 1) for item in value]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise InputError(
        f"the reader of this format gave {shown(value)} of type {type(value).__name__}; values as JSON knows them "
        "are accepted",
        where=where,
        line=line,
    )
