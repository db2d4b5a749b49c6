"""Where the files of one prompt are: itself, its golden dataset, and the candidates beside them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.authoring.candidates import CANDIDATES_ENDING
from pytest_goldenprompt.authoring.tested import tested_datasets
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.endings import FOLDER_ENDING, OURS, Formats
from pytest_goldenprompt.formats.pairing import (
    dataset_stem,
    files_under,
    find_prompt,
    folder_of,
    is_dataset,
    is_dataset_folder,
    prompt_id,
    shared_dataset,
    sidecar,
)
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.reader import relative
from pytest_goldenprompt.model.dataset import Dataset
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Place:
    """A prompt's id and files, under the root; `dataset` is None while it has none.

    `prompt` is None where the prompt lives in code.
    """

    root: Path
    id: str
    prompt: Path | None
    dataset: Path | None

    @property
    def candidates(self) -> Path:
        """Give the file of its candidates, which may not be there."""
        return self.root / f"{self.id}{CANDIDATES_ENDING}"

    def read_prompt(self) -> Prompt | None:
        """Read the prompt, with the cases of its own."""
        return read_prompt(self.root, self.prompt, sample=True) if self.prompt else None

    def read_dataset(self) -> Dataset | None:
        """Read the golden dataset."""
        return read_dataset(self.root, self.dataset) if self.dataset else None


def find_place(root: Path, start: Path, name: str, formats: Formats = OURS) -> Place:
    """Find a prompt by its id, or by the path of its file or dataset, seen from the folder `start`."""
    path = Path(os.path.abspath(start / name))  # noqa: PTH100 - a link stays what it is named
    if os.path.exists(path) and (path.is_file() or is_dataset_folder(path)):  # noqa: PTH110 - any text may be typed
        return place_of(root, folder_of(path) or path, formats)
    known: dict[str, Path] = {}
    for file in files_under(root):
        if file.name.endswith(formats.prompt_endings) or is_dataset(file.name, formats) or folder_of(file):
            found = folder_of(file) or file
            known.setdefault(prompt_id(relative(root, found), formats), found)
    wanted = name.strip("/")
    if wanted not in known:
        raise InputError(
            f"no such prompt, found {name!r}{did_you_mean(wanted, known)}; a prompt's id, its file or its golden "
            "dataset is accepted"
        )
    return place_of(root, known[wanted], formats)


def place_of(root: Path, path: Path, formats: Formats = OURS) -> Place:
    """Give the place of a prompt's file or dataset."""
    if not path.is_relative_to(root):
        raise InputError(f"a path outside of the library, found {str(path)!r}; files under {root} are accepted")
    name = prompt_id(relative(root, path), formats)
    if dataset_stem(path.name, formats) or path.name.endswith(FOLDER_ENDING):
        return Place(root, name, _prompt_of(root, path, formats), path)
    if path.name.endswith(formats.prompt_endings):
        return Place(root, name, path, sidecar(path, formats) or shared_dataset(path, formats))
    raise InputError(
        f"no prompt and no golden dataset, found {path.name!r}; names ending in "
        f"{', '.join((*formats.prompt_endings, *formats.dataset_endings))} are accepted"
    )


def _prompt_of(root: Path, path: Path, formats: Formats) -> Path | None:
    """Find the prompt of a dataset; none where a Python test asks its cases."""
    dataset = read_dataset(root, path, formats)
    try:
        return find_prompt(root, path, dataset, formats)
    except InputError:
        if dataset.prompt is None and path in tested_datasets(root):
            return None
        raise
