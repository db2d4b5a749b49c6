"""The files that a prompt and its golden dataset are written in, each with the digest of its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.formats.pairing import files_of, is_dataset_folder, shared_dataset
from pytest_goldenprompt.formats.reader import read_source


def file_digests(root: Path, names: Iterable[str], formats: Formats = OURS) -> dict[str, str]:
    """Give the SHA-256 of the files that prompts and datasets, named from the root, consist of, by their paths.

    A folder of cases gives each of its files, a variant of a prompt the dataset that it shares too. Files that cannot
    be read are left out.
    """
    found = {}
    for name in sorted({name for name in names if name}):
        path = root / name
        shared = shared_dataset(path, formats)
        for file in [*(files_of(path) if is_dataset_folder(path) else [path]), *([shared] if shared else [])]:
            try:
                source = read_source(root, file)
            except InputError:
                continue
            found[source.where] = source.digest
    return found
