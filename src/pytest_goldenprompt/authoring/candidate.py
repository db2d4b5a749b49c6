"""From an example of production to a case, as a person would have written it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pytest_goldenprompt.authoring.rules import question_of
from pytest_goldenprompt.authoring.unfill import unfilled
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import CASE_KEYS, case_of
from pytest_goldenprompt.formats.examples import Example
from pytest_goldenprompt.formats.json_text import load_json
from pytest_goldenprompt.formats.located import plain, shown
from pytest_goldenprompt.formats.secrets import masked
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.prompt import Message, Prompt
from pytest_goldenprompt.model.values import JSON, digest_of

_WORD = re.compile(r"[a-z0-9]+")
_WORDS, _LETTERS, _DIGITS = 5, 40, 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case to be looked at: as read, and the keys to write; `secrets` is how many were masked in it."""

    case: Case
    written: Mapping[str, JSON]
    secrets: int = 0


def candidate_of(example: Example, prompt: Prompt | None, cases: Iterable[Case], tags: Iterable[str] = ()) -> Candidate:
    """Make a case of an example; `cases` are those that are there, none of which may ask the same.

    What the prompt was filled with is found in the messages of a trace. A secret is masked. InputError for an example
    that does not fit the prompt, and for a question that is there already.
    """
    if example.whole is not None and prompt is None:
        example = replace(example, messages=example.whole)
    elif example.whole is not None and prompt is not None:
        inputs, behind = _unfilled(example, prompt)
        example = replace(example, inputs=inputs, messages=behind)
    there = tuple(cases)
    clean, secrets = masked(_table(example, tags, as_value=_has_values(there)))
    case = case_of({**clean, "id": "x"}, example.where, example.line)
    _refuse_known(case, there, example)
    clean["id"] = example.id or _id_for(case)
    taken = next((one for one in there if one.id == clean["id"]), None)
    if taken is not None:
        what = f"an id that is taken, found {shown(clean['id'])} at {taken.path}:{taken.line}; another is accepted"
        raise InputError(what, where=example.where, line=example.line)
    written = {key: clean[key] for key in CASE_KEYS if key in clean}
    return Candidate(case_of(written, example.where, example.line), written, secrets)


def _unfilled(example: Example, prompt: Prompt) -> tuple[Mapping[str, JSON], tuple[Message, ...]]:
    try:
        return unfilled(prompt, example.whole or ())
    except InputError as error:
        raise error.at(example.where, example.line) from None


def _table(example: Example, tags: Iterable[str], *, as_value: bool) -> dict[str, JSON]:
    table: dict[str, JSON] = {"inputs": dict(example.inputs)} if example.inputs else {}
    if example.expected is not None:
        table["expected"] = _value(example.expected) if as_value else example.expected
    every = tuple(dict.fromkeys((*example.tags, *tags)))
    if every:
        table["tags"] = list(every)
    if example.messages:
        table["messages"] = [message.plain() for message in example.messages]
    if example.metadata:
        table["metadata"] = dict(example.metadata)
    return table


def _has_values(cases: tuple[Case, ...]) -> bool:
    """Say whether what is expected of the cases is data, so that an answer in JSON is meant as data too."""
    expected = [case.expected for case in cases if case.expected is not None]
    return bool(expected) and not any(isinstance(one, str) for one in expected)


def _value(expected: JSON) -> JSON:
    if not isinstance(expected, str):
        return expected
    try:
        value: JSON = plain(load_json(expected, ""))
    except InputError:
        return expected
    return value


def _refuse_known(case: Case, cases: Iterable[Case], example: Example) -> None:
    asked = question_of(case)
    for one in cases:
        if question_of(one) == asked:
            what = f"the same question is there already, found case {shown(one.id)} at {one.path}:{one.line}"
            raise InputError(f"{what}; a new one is accepted", where=example.where, line=example.line)


def _id_for(case: Case) -> str:
    """Name a case by the first words of what it asks, and by its content, so that no other one has its name."""
    last = [message.content for message in case.messages[-1:]]
    texts = [value for value in (*case.inputs.values(), *last) if isinstance(value, str)]
    words = _WORD.findall(texts[0][:500].lower())[:_WORDS] if texts else []
    stem = "-".join(words)[:_LETTERS].strip("-")
    return f"{stem or 'case'}-{digest_of(question_of(case), _DIGITS)}"
