"""From what a model was asked back to what the prompt was filled with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.render import render, variables
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.prompt import Message, Prompt

_MARK = "\ue000{}\ue001"
_MARKED = re.compile("\ue000([0-9]+)\ue001")
_SAME = {"developer": "system"}
REMEDY = "give its `inputs` in a JSON object instead"


def unfilled(prompt: Prompt, messages: Sequence[Message]) -> tuple[dict[str, str], tuple[Message, ...]]:
    """Give the inputs that make a prompt to these messages, and the turns that follow the prompt's own.

    The prompt is filled with marks, and what stands in their place is taken; the messages are then filled with it again
    and must be the same. InputError where the messages are not the prompt's, and where more than one reading is open.
    """
    names = variables(prompt)
    if names is None or not all(name.strip() for name in names):
        raise InputError("the inputs of this prompt cannot be told from its messages", remedy=REMEDY)
    marks = {name: _MARK.format(number) for number, name in enumerate(sorted(names))}
    own = _rendered(prompt, dict(marks))
    found: dict[str, str] = {}
    if len(messages) < len(own):
        raise InputError(f"not the messages of this prompt, found {len(messages)} for {len(own)}", remedy=REMEDY)
    for number, (mine, theirs) in enumerate(zip(own, messages, strict=False), start=1):
        if _role(mine) != _role(theirs) or not _read(mine.content.strip(), theirs.content.strip(), found):
            what = f"not the messages of this prompt, message {number} is another: found {shown(theirs.content)}"
            raise InputError(what, remedy=f"was the prompt edited since? {REMEDY}")
    inputs = {name: found[str(number)] for number, name in enumerate(marks) if str(number) in found}
    again = _rendered(prompt, inputs)
    if [one.content.strip() for one in again] != [one.content.strip() for one in messages[: len(own)]]:
        raise InputError("the inputs of this prompt cannot be told from its messages", remedy=REMEDY)
    return inputs, tuple(messages[len(own) :])


def _rendered(prompt: Prompt, inputs: dict[str, str]) -> tuple[Message, ...]:
    try:
        return render(prompt, Case("example", inputs))
    except InputError as error:
        what = f"the inputs of this prompt cannot be told from its messages: {error.what}"
        raise InputError(what, where=error.where, line=error.line, remedy=REMEDY) from None


def _role(message: Message) -> str:
    return _SAME.get(message.role, message.role)


def _read(template: str, text: str, found: dict[str, str]) -> bool:
    """Read the values at the marks of a template: each ends where the text behind its mark comes first."""
    pieces = _MARKED.split(template)
    if not text.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for index in range(1, len(pieces), 2):
        name, behind = pieces[index], pieces[index + 1]
        last = index + 2 == len(pieces)
        end = len(text) - len(behind) if last else text.find(behind, at)
        if end < at or not text.startswith(behind, end) or (not behind and not last):
            return False
        if found.setdefault(name, text[at:end]) != text[at:end]:
            return False
        at = end + len(behind)
    return at == len(text)
