"""A golden dataset of our own with its prompt, to be written for another tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_goldenprompt.exchange.listing import Listing
from pytest_goldenprompt.formats.datasets import dataset_from_rows, read_dataset
from pytest_goldenprompt.formats.pairing import find_prompt, is_dataset, is_dataset_folder
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.model.dataset import Case, Dataset, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.values import JSON

UNCHECKED = "no check of it could be carried, and it would pass whatever the answer is"
_HEADER = ("owner", "reviewed", "min_pass_rate")


@dataclass(slots=True)
class Ours:
    """What is to be carried, and the list of what cannot be."""

    dataset: Dataset
    prompt: Prompt | None
    listing: Listing = field(default_factory=Listing)

    def place(self, case: Case) -> str:
        """Name the file of a case."""
        return case.path or self.dataset.path


def read_ours(root: Path, path: Path) -> Ours:
    """Read a dataset and its prompt, or a prompt that holds its own cases; what no other tool has is told."""
    if is_dataset(path.name) or is_dataset_folder(path):
        dataset = read_dataset(root, path)
        found = find_prompt(root, path, dataset)
        prompt = read_prompt(root, found) if found else None
    else:
        prompt = read_prompt(root, path, sample=True)
        dataset = dataset_from_rows(prompt)
    ours = Ours(dataset, prompt)
    for key in _HEADER:
        if getattr(dataset, key) is not None:
            ours.listing.leave(dataset.path, 1, f"the header's {key}", "the other tool has no such key")
    for case in dataset.cases:
        if case.must_pass:
            ours.listing.leave(ours.place(case), case.line, "must_pass", "the other tool has no such key")
    return ours


def checks_of(case: Case) -> tuple[EvaluatorSpec, ...]:
    """Give a case's evaluators, or the one that is used where it names none."""
    if case.evaluators:
        return case.evaluators
    name = "exact" if isinstance(case.expected, str) else "json"
    return (EvaluatorSpec(name, transform=case.transform, line=case.line),)


def settings_of(spec: EvaluatorSpec, short: str) -> dict[str, JSON]:
    """Give an evaluator's settings as a map; `short` is what a bare value stands for."""
    if isinstance(spec.settings, Mapping):
        return dict(spec.settings)
    return {} if spec.settings is None else {short: spec.settings}


def parts_of(settings: JSON) -> Iterator[EvaluatorSpec]:
    """Give the evaluators that a composition holds."""
    for item in settings if isinstance(settings, list | tuple) else [settings]:
        [(name, own)] = item.items() if isinstance(item, Mapping) else [(str(item), None)]
        steps = own.get("transform") if isinstance(own, Mapping) else None
        rest = {key: value for key, value in own.items() if key != "transform"} if isinstance(own, Mapping) else {}
        listed = steps if isinstance(steps, list | tuple) else ()
        yield EvaluatorSpec(name, rest or None if listed else own, transform=tuple(_step(step) for step in listed))


def _step(step: JSON) -> TransformSpec:
    [(name, settings)] = step.items() if isinstance(step, Mapping) else [(str(step), None)]
    return TransformSpec(name, settings)


def brought_back(case: Case, *, typed: bool) -> tuple[list[JSON], dict[str, JSON]]:
    """Give what an import had left of a case, and its other metadata. `typed`: maps with `type`, else all others."""
    left = case.metadata.get("not_carried")
    rest = {key: value for key, value in case.metadata.items() if key != "not_carried"}
    if not isinstance(left, list | tuple):
        return [], dict(case.metadata)
    back = [item for item in left if (isinstance(item, Mapping) and "type" in item) is typed]
    kept = [item for item in left if item not in back]
    return back, {**rest, **({"not_carried": kept} if kept else {})}
