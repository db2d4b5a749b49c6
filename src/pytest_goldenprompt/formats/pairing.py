"""Which prompt belongs to which golden dataset, and where both are found."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_goldenprompt.errors import InputError, NoPromptError
from pytest_goldenprompt.formats.endings import FOLDER_ENDING, INLINE_ENDINGS, OURS, Formats
from pytest_goldenprompt.formats.reader import read_text, relative
from pytest_goldenprompt.model.dataset import Dataset

_CASE_ENDINGS = (".yaml", ".yml", ".json", ".jsonl", ".csv")
_VARIANT = re.compile(r"([^.].*)\.[^.]+\.prompt")
_PLAIN_ENDINGS = (".md", ".txt", ".j2", ".yml", ".yaml")

_SKIPPED = {"node_modules", "__pycache__", "build", "dist"}
_VENV_MARK = "pyvenv.cfg"
_OPEN_HIDDEN = ".github"
_OWN_CASES = {
    **dict.fromkeys(INLINE_ENDINGS, re.compile(r"testData[\"']?\s*:")),
    ".prompty": re.compile(r"^sample[ \t]*:(?:[ \t]*\$\{file:|.*?\bexpected[\"']?[ \t]*:)", re.MULTILINE | re.DOTALL),
}
"""What a prompt's text has in it where it may hold cases of its own."""


def is_dataset(name: str, formats: Formats = OURS) -> bool:
    """Say whether a file's name is that of a golden dataset."""
    return dataset_stem(name, formats) != ""


def dataset_stem(name: str, formats: Formats = OURS) -> str:
    """Give what a dataset's file name shares with its prompt's; empty for other files."""
    return _without(name, formats.dataset_endings)


def is_dataset_folder(path: Path) -> bool:
    """Say whether a path is that of a folder of cases."""
    return _without(path.name, (FOLDER_ENDING,)) != "" and path.is_dir()


def folder_of(path: Path) -> Path | None:
    """Give the folder of cases that a file is a part of; None for other files, and for what cases name by `file:`."""
    part = path.name.endswith(_CASE_ENDINGS) and not path.name.startswith(".")
    return path.parent if part and _without(path.parent.name, (FOLDER_ENDING,)) else None


def files_of(folder: Path) -> list[Path]:
    """Give the files of a folder of cases, sorted by name; folders in it hold what cases name."""
    return sorted((path for path in folder.iterdir() if folder_of(path) and path.is_file()), key=lambda path: path.name)


def shared_dataset(path: Path, formats: Formats = OURS) -> Path | None:
    """Give the dataset that a variant `NAME.VARIANT.prompt` shares with `NAME.prompt`, where it has none of its own."""
    found = _VARIANT.fullmatch(path.name)
    return _dataset_of(path.parent, found[1], formats) if found and not has_sidecar(path, formats) else None


def has_variants(dataset: Path, formats: Formats = OURS) -> bool:
    """Say whether prompts are there that share a dataset, each of which is run by itself."""
    return bool(variants(dataset, formats))


def variants(dataset: Path, formats: Formats = OURS) -> list[Path]:
    """Find the prompts that share a dataset."""
    stem = _stem(dataset.name, formats)
    beside = dataset.parent.glob(f"{glob.escape(stem)}.*.prompt")
    return [path for path in beside if shared_dataset(path, formats) == dataset]


def _stem(name: str, formats: Formats) -> str:
    """Give the stem of a dataset or of a folder of cases."""
    return dataset_stem(name, formats) or _without(name, (FOLDER_ENDING,))


def _dataset_of(folder: Path, stem: str, formats: Formats) -> Path | None:
    for ending in formats.dataset_endings:
        if (folder / (stem + ending)).is_file():
            return folder / (stem + ending)
    path = folder / (stem + FOLDER_ENDING)
    return path if path.is_dir() else None


def is_inline_prompt(name: str) -> bool:
    """Say whether a file's name is that of a prompt which may hold its own cases (GitHub Models, Prompty)."""
    return _without(name, _OWN_CASES) != ""


def may_be_golden(path: str, formats: Formats = OURS) -> bool:
    """Say, without a look at any file, whether what is collected from a path are golden cases."""
    name = path.rpartition("/")[2]
    known = is_dataset(name, formats) or is_inline_prompt(name) or _VARIANT.fullmatch(name)
    return bool(known or folder_of(Path(path)))


def is_golden(path: Path, root: Path | None = None, formats: Formats = OURS) -> bool:
    """Say whether a file holds golden cases: a dataset or a part of one, by its name, or a prompt.

    A prompt counts that has cases of its own and no dataset beside it, or that shares the dataset of which it is a
    variant. One that cannot be read counts too, so that its error is reported where it is collected.
    """
    if folder_of(path) is not None or shared_dataset(path, formats) is not None:
        return True
    if not is_inline_prompt(path.name) or has_sidecar(path, formats):
        return is_dataset(path.name, formats)
    try:
        sign = next(sign for ending, sign in _OWN_CASES.items() if path.name.endswith(ending))
        return sign.search(read_text(root or path.parent, path)) is not None
    except InputError:
        return True


def has_sidecar(path: Path, formats: Formats = OURS) -> bool:
    """Say whether a golden dataset stands beside a prompt file, so that it counts and inline test data does not."""
    return sidecar(path, formats) is not None


def sidecar(path: Path, formats: Formats = OURS) -> Path | None:
    """Give the golden dataset that stands beside a prompt file, by its stem."""
    stem = _without(path.name, formats.prompt_endings)
    return _dataset_of(path.parent, stem, formats) if stem else None


def prompt_id(path: str, formats: Formats = OURS) -> str:
    """Name a prompt: its relative path, or its dataset's, with forward slashes and without endings."""
    folder, slash, name = path.replace(os.sep, "/").rpartition("/")
    stem = _without(name, (*formats.prompt_endings, *formats.dataset_endings, FOLDER_ENDING))
    return folder + slash + (stem or _without(name, _PLAIN_ENDINGS) or name)


def find_prompt(root: Path, dataset_path: Path, dataset: Dataset, formats: Formats = OURS) -> Path | None:
    """Find the prompt file of a dataset: the header's `prompt`, relative to the dataset's folder, or the same stem.

    None where there is no such file and the header names a provider: the prompt then lives in code. Refused: a
    header's prompt that is not there or lies outside of the root, two files with the stem, none and no provider.
    """
    where = relative(root, dataset_path)
    if dataset.prompt is not None:
        return _named(root, dataset_path, dataset.prompt, where)
    stem = _stem(dataset_path.name, formats)
    found = [path for ending in formats.prompt_endings if (path := dataset_path.parent / (stem + ending)).is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found[:2])
        raise InputError(
            f"two prompts for one golden dataset, found {names}; one is accepted",
            where=where,
            remedy="name one of them as `prompt` in the header",
        )
    if not found and dataset.provider is None:
        raise NoPromptError(
            f"golden dataset without a prompt, found no {stem}.prompt.md; a prompt file of the same stem "
            f"({', '.join(formats.prompt_endings)}) is accepted",
            where=where,
            remedy="add it, name the `prompt` or the `provider` in the header, or collect the Python test that uses it",
        )
    return found[0] if found else None


def _named(root: Path, dataset_path: Path, name: str, where: str) -> Path:
    path = Path(os.path.normpath(dataset_path.parent / name))
    try:
        found = path.resolve().is_relative_to(root.resolve()) and path.is_file()
    except (OSError, ValueError, RuntimeError):
        found = False
    if not found:
        raise InputError(
            f"the header's prompt is not there, found no file {name!a}; a path relative to the dataset's folder, "
            "under the root directory, is accepted",
            where=where,
        )
    return path


def discover(root: Path, folders: Iterable[Path], *, inline: bool = True, formats: Formats = OURS) -> list[Path]:
    """Find what is golden (see `is_golden`) in folders, or among files, under the root; sorted by path.

    A folder of cases counts as one. Without `inline`, prompts that hold their own cases are left out. Not entered:
    hidden folders but `.github`, virtual environments, `node_modules`, `__pycache__`, `build`, `dist`, and links.
    """
    found: set[Path] = set()
    for folder in folders:
        start = root / folder
        for path in [start] if start.is_file() else files_under(start):
            if is_dataset(path.name, formats) or folder_of(path) or (inline and is_golden(path, root, formats)):
                found.add(folder_of(path) or path)
    return sorted(found, key=lambda path: path.as_posix())


def bare_prompts(root: Path, formats: Formats = OURS) -> list[Path]:
    """Find prompts under the root that neither have cases of their own nor a golden dataset beside them."""
    paths = (Path(at, name) for at, _, names in _walk(root) for name in names if name.endswith(formats.prompt_endings))
    return sorted(path for path in paths if not has_sidecar(path, formats) and not is_golden(path, root, formats))


def misplaced(root: Path, folders: Iterable[Path], formats: Formats = OURS) -> list[Path]:
    """Find folders that have a golden dataset's name, or that of a folder of cases and none in it.

    Whoever made one expects its cases to be run.
    """
    walks = (_walk(root / folder) for folder in folders)
    paths = [Path(at, name) for walk in walks for at, names, _ in walk for name in names]
    return sorted(
        path for path in paths if is_dataset(path.name, formats) or (is_dataset_folder(path) and not files_of(path))
    )


def files_under(folder: Path) -> Iterator[Path]:
    """Walk over the files that a library in this folder may have, leaving out what `discover` does not enter."""
    yield from (Path(at, name) for at, _, names in _walk(folder) for name in names)


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk a folder without those that hold no datasets of this library."""
    for directory, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_entered(Path(directory, name)))
        yield directory, folders, names


def is_opened(root: Path, path: Path) -> bool:
    """Say whether a path is that of the one hidden folder under the root that holds prompts, or inside of it."""
    parts = path.relative_to(root).parts if path.is_relative_to(root) else ()
    hidden = {part for part in parts if part.startswith(".")}
    return hidden == {_OPEN_HIDDEN} and not _SKIPPED & set(parts)


def _is_entered(folder: Path) -> bool:
    name = folder.name
    if name in _SKIPPED or (name.startswith(".") and name != _OPEN_HIDDEN):
        return False
    return not (folder / _VENV_MARK).is_file()


def _without(name: str, endings: Iterable[str]) -> str:
    return next((name[: -len(ending)] for ending in endings if name.endswith(ending)), "")
