"""Which files of a library are to be checked: all of them, or those that were named."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_goldenprompt.authoring.candidates import CANDIDATES_ENDING
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.formats.pairing import files_under, folder_of, is_dataset, is_dataset_folder, sidecar, variants
from pytest_goldenprompt.formats.policy import POLICY_FILE


@dataclass
class Targets:
    """Files to check, under the root: `whole` says that all of the library's are among them.

    `strangers` were named and have no name of ours.
    """

    root: Path
    whole: bool
    datasets: set[Path] = field(default_factory=set)
    prompts: set[Path] = field(default_factory=set)
    candidates: set[Path] = field(default_factory=set)
    strangers: set[Path] = field(default_factory=set)
    policy: bool = False

    @property
    def number(self) -> int:
        """Count the files, a folder of cases as one."""
        named = (self.datasets, self.prompts, self.candidates, self.strangers)
        return sum(map(len, named)) + self.policy


def targets(root: Path, named: Sequence[Path] = (), formats: Formats = OURS) -> Targets:
    """Find what to check: the whole library, or the named files and what is in the named folders.

    With a prompt its dataset is checked too, which has to fit it, and with a dataset the variants that share it.
    Refused: a path that is not there or lies outside.
    """
    found = Targets(root, whole=not named or root in named)
    for path in [root] if found.whole else named:
        there = os.path.exists(path)  # noqa: PTH110 - a name that is too long is not there either
        if not path.is_relative_to(root) or not there:
            told = "outside of the library" if there else "not there"
            raise InputError(f"a path that is {told}, found {os.fspath(path)!r}; files under {root} are accepted")
        if path.is_dir() and not is_dataset_folder(path):
            _add(found, files_under(path), formats, walked=True)
        else:
            _add(found, [path], formats, walked=False)
    return found


def _add(found: Targets, paths: Iterable[Path], formats: Formats, *, walked: bool) -> None:
    for path in paths:
        name = path.name
        if is_dataset_folder(path) or folder_of(path) or is_dataset(name, formats):
            dataset = folder_of(path) or path
            found.datasets.add(dataset)
            found.prompts.update([] if walked else variants(dataset, formats))
        elif name.endswith(CANDIDATES_ENDING):
            found.candidates.add(path)
        elif name.endswith(formats.prompt_endings):
            found.prompts.add(path)
            beside = sidecar(path, formats)
            found.datasets.update([beside] if beside else [])
        elif path == found.root / POLICY_FILE:
            found.policy = True
        elif not walked:
            found.strangers.add(path)
