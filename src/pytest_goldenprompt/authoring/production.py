"""What production asked, and what golden cases ask, in the terms in which both are compared."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_goldenprompt.authoring.places import Place, place_of
from pytest_goldenprompt.authoring.unfill import unfilled
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.language import told_language
from pytest_goldenprompt.formats.examples import Example
from pytest_goldenprompt.formats.inline import dataset_from_rows
from pytest_goldenprompt.formats.pairing import discover, folder_of, prompt_id
from pytest_goldenprompt.formats.reader import relative
from pytest_goldenprompt.judge.coverage import EXPECTED, LANGUAGE, LENGTH, TAG, Asked
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.prompt import Message, Prompt
from pytest_goldenprompt.model.values import JSON, canonical

LONGEST_LABEL = 60
"""Characters up to which what is expected may be a label, and not an answer."""

NAMED = 5


@dataclass(frozen=True, slots=True)
class Production:
    """The inputs that are compared, of `given` that fit the prompt; `strangers` say why others do not."""

    examples: tuple[Example, ...]
    given: int
    strangers: tuple[InputError, ...] = ()

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Give the inputs in the terms of the comparison."""
        return tuple(asked_by(one.inputs or {}, one.messages, one.tags, one.expected) for one in self.examples)


def production_of(examples: Iterable[Example], prompt: Prompt | None, most: int, seed: str) -> Production:
    """Find what the prompt was filled with, and draw `most` of the inputs by a seed where there are more.

    Conversations of a trace that are not the prompt's are passed over; InputError where nothing is left.
    """
    fitting, strangers = [], []
    for example in examples:
        try:
            fitting.append(_filled(example, prompt))
        except InputError as error:
            strangers.append(error.at(example.where, example.line))
    if not fitting:
        raise strangers[0]
    given, chosen = len(fitting), fitting
    if given > most:
        places = random.Random(seed).sample(range(given), most)  # noqa: S311 - a draw has to be repeatable, not secret
        chosen = [fitting[place] for place in sorted(places)]
    return Production(tuple(chosen), given, tuple(strangers))


def golden_of(cases: Iterable[Case]) -> tuple[Asked, ...]:
    """Give golden cases in the terms of the comparison."""
    return tuple(asked_by(case.inputs, case.messages, case.tags, case.expected) for case in cases)


def golden_set(place: Place, prompt: Prompt | None) -> Dataset:
    """Read the golden dataset of a prompt, which may stand in its own file; one without cases where there is none."""
    if place.dataset is None and prompt is not None and prompt.rows:
        return dataset_from_rows(prompt)
    return place.read_dataset() or Dataset(place.id, (), "")


def only_place(root: Path) -> Place:
    """Give the one prompt of a library that has a golden dataset; InputError where it has another number of them."""
    found = discover(root, [root])
    if len(found) == 1:
        return place_of(root, found[0])
    names = [prompt_id(relative(root, folder_of(path) or path)) for path in found]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    told = f"found {', '.join(names[:NAMED])}{more}" if names else "found no golden dataset"
    raise InputError(f"which prompt was asked is open, {told}; the id of one is accepted", where="--prompt")


def _filled(example: Example, prompt: Prompt | None) -> Example:
    if example.whole is None:
        return example
    if prompt is None:
        return replace(example, messages=example.whole, whole=None)
    inputs, behind = unfilled(prompt, example.whole)
    return replace(example, inputs=inputs, messages=behind, whole=None)


def asked_by(inputs: Mapping[str, JSON], messages: Iterable[Message], tags: Iterable[str], expected: JSON) -> Asked:
    """Say in the terms of the comparison what was asked, and what was, or should be, answered."""
    values = [value if isinstance(value, str) else canonical(value) for _, value in sorted(inputs.items())]
    text = "\n".join([*values, *(message.content for message in messages)])
    return Asked(text, tuple(_values(text, tags, expected)))


def _values(text: str, tags: Iterable[str], expected: JSON) -> Iterator[tuple[str, str]]:
    for tag in tags:
        yield TAG, tag
    label = expected.strip() if isinstance(expected, str) else ""
    if label and len(label) <= LONGEST_LABEL and "\n" not in label:
        yield EXPECTED, label
    language = told_language(text)
    if language:
        yield LANGUAGE, language
    yield LENGTH, _band(len(text))


def _band(length: int) -> str:
    """Name the band of a length in characters; each is twice as wide as the one before."""
    bits = max(5, length.bit_length())
    return f"{1 << (bits - 1) if bits > 5 else 0}-{(1 << bits) - 1}"  # noqa: PLR2004 - under 32 all are short
