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


class Known:
    """The cases that are there, by what they ask and by their ids."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._questions: dict[str, Case] = {}
        self._ids: dict[str, Case] = {}
        self._kinds: set[bool] = set()
        for case in cases:
            self.add(case)

    def add(self, case: Case) -> None:
        """Take one in; of several that ask the same, or have one id, the first is told."""
        self._questions.setdefault(question_of(case), case)
        self._ids.setdefault(case.id, case)
        if case.expected is not None:
            self._kinds.add(isinstance(case.expected, str))

    @property
    def have_values(self) -> bool:
        """Say whether what is expected of the cases is data, so that an answer in JSON is meant as data too."""
        return self._kinds == {False}

    def asking(self, case: Case) -> Case | None:
        """Give the case that asks the same."""
        return self._questions.get(question_of(case))

    def named(self, case_id: JSON) -> Case | None:
        """Give the case of an id."""
        return self._ids.get(case_id) if isinstance(case_id, str) else None


def candidate_of(example: Example, prompt: Prompt | None, known: Known, tags: Iterable[str] = ()) -> Candidate:
    """Make a case of an example, which none of the `known` ones may ask already.

    What the prompt was filled with is found in the messages of a trace. A secret is masked. InputError for an example
    that does not fit the prompt, and for a question that is there already.
    """
    if example.whole is not None and prompt is None:
        example = replace(example, messages=example.whole)
    elif example.whole is not None and prompt is not None:
        inputs, behind = _unfilled(example, prompt)
        example = replace(example, inputs=inputs, messages=behind)
    clean, secrets = masked(_table(example, tags, as_value=known.have_values))
    case = case_of({**clean, "id": "x"}, example.where, example.line)
    _refuse_known(case, known, example)
    clean["id"] = example.id or _id_for(case)
    taken = known.named(clean["id"])
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


def _value(expected: JSON) -> JSON:
    if not isinstance(expected, str):
        return expected
    try:
        value: JSON = plain(load_json(expected, ""))
    except InputError:
        return expected
    return value


def _refuse_known(case: Case, known: Known, example: Example) -> None:
    one = known.asking(case)
    if one is not None:
        what = f"the same question is there already, found case {shown(one.id)} at {one.path}:{one.line}"
        raise InputError(f"{what}; a new one is accepted", where=example.where, line=example.line)


def _id_for(case: Case) -> str:
    """Name a case by the first words of what it asks, and by its content, so that no other one has its name."""
    last = [message.content for message in case.messages[-1:]]
    texts = [value for value in (*case.inputs.values(), *last) if isinstance(value, str)]
    words = _WORD.findall(texts[0][:500].lower())[:_WORDS] if texts else []
    stem = "-".join(words)[:_LETTERS].strip("-")
    return f"{stem or 'case'}-{digest_of(question_of(case), _DIGITS)}"
