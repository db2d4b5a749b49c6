"""The header of a golden dataset without its cases: a library has very many cases, and few questions are about them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import CASE_KEYS
from pytest_goldenprompt.formats.datasets import HEADER_KEYS, dataset_from_rows, read_dataset
from pytest_goldenprompt.formats.endings import FOLDER_ENDING, OURS, Formats
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.pairing import (
    discover,
    has_variants,
    is_dataset,
    is_dataset_folder,
    prompt_id,
    shared_dataset,
)
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.reader import load_yaml, read_source, read_text, relative
from pytest_goldenprompt.model.dataset import Dataset, Status
from pytest_goldenprompt.model.upkeep import Listed

_CASES = re.compile(r"^cases[ \t]*:[ \t]*(?:#[^\n]*)?\n(?:(?:[ \t\-#][^\n]*)?\n)*(?:[ \t\-#][^\n]*)?", re.MULTILINE)
"""The block of cases in YAML: all lines behind its key that are indented, items of a list, comments or empty."""

_SAYS = re.compile(r"^[^\s#]", re.MULTILINE)


def read_library(root: Path, folders: tuple[Path, ...] = (Path(),), formats: Formats = OURS) -> tuple[Listed, ...]:
    """List the prompts with golden datasets below some folders, by header alone where the header is plain to see."""
    paths = discover(root, folders, formats=formats)
    found = (listed(root, path, formats) for path in paths)
    return tuple(one for one in found if one is not None)


def listed(root: Path, path: Path, formats: Formats = OURS) -> Listed | None:
    """List one prompt by what holds its cases; None where it has none to run. A file's error is part of the answer."""
    where = relative(root, path)
    name = prompt_id(where, formats)
    try:
        plain = _plain_header(root, shared_dataset(path, formats) or path)
        if plain is None:
            dataset = _whole(root, path, formats)
            if dataset is None:
                return None
            return Listed(
                name, where, dataset.status, dataset.owner, dataset.reviewed, prompt=_at(where, dataset.prompt)
            )
    except InputError as error:
        return Listed(name, where, error=str(error))
    if _is_only_for_variants(path, plain, formats):
        return None
    status, at = Status(plain.get("status") or Status.ACTIVE), _at(where, plain.get("prompt"))
    return Listed(name, where, status, plain.get("owner"), plain.get("reviewed"), prompt=at)


def case_ids(root: Path, one: Listed, digest: str, formats: Formats = OURS) -> frozenset[str] | None:
    """Give the ids of a prompt's cases as the files have them; None where they still have this digest."""
    path = root / one.dataset
    if path.is_file() and read_source(root, path).digest == digest:
        return None
    dataset = _whole(root, path, formats)
    if dataset is None or dataset.digest == digest:
        return None
    return frozenset(case.id for case in dataset.cases)


def _at(where: str, prompt: Any) -> str:
    """Give the path of the prompt that a header names, which is relative to the dataset's folder."""
    return normpath(join(dirname(where), prompt)) if isinstance(prompt, str) else ""


def _is_only_for_variants(path: Path, header: Mapping[str, Any], formats: Formats) -> bool:
    """Say whether a dataset belongs to variants of a prompt, each of which is listed by itself."""
    if header.get("prompt") is not None or not (is_dataset(path.name, formats) or is_dataset_folder(path)):
        return False
    stem = path.name.partition(".golden")[0]
    return has_variants(path, formats) and not any(
        (path.parent / f"{stem}{ending}").is_file() for ending in formats.prompt_endings
    )


def _whole(root: Path, path: Path, formats: Formats) -> Dataset | None:
    """Read a dataset with its cases, or the cases in a prompt's own file."""
    if is_dataset(path.name, formats) or is_dataset_folder(path):
        return read_dataset(root, path, formats)
    prompt = read_prompt(root, path, sample=True, formats=formats)
    shared = shared_dataset(path, formats)
    if shared is not None:
        return read_dataset(root, shared, formats)
    return None if prompt.rows is None else dataset_from_rows(prompt)


def _plain_header(root: Path, path: Path) -> Mapping[str, Any] | None:
    """Read what a header says; None where that takes the readers of a run, which then say what is wrong, too."""
    if path.name.endswith(FOLDER_ENDING):
        return _of_folder(root, path)
    read = next((read for ending, read in _READERS.items() if path.name.endswith(ending)), None)
    if read is None:
        return None
    try:
        header = read(read_text(root, path))
    except (InputError, ValueError, RecursionError):
        return None
    return header if isinstance(header, Mapping) and _is_usable(header) else None


def _of_folder(root: Path, folder: Path) -> Mapping[str, Any] | None:
    known = (folder / f"header{ending}" for ending in (".yaml", ".yml", ".json"))
    there = [path for path in known if path.is_file()]
    if not there:
        return {}
    try:
        text = read_text(root, there[0])
        header = json.loads(text) if there[0].suffix == ".json" else load_yaml(text, "")
    except (InputError, ValueError, RecursionError):
        return None
    return header if len(there) == 1 and isinstance(header, Mapping) and _is_usable(header) else None


def _is_usable(header: Mapping[str, Any]) -> bool:
    """Say whether all keys are known, and those that count here hold what they may."""
    known = {*HEADER_KEYS, "$schema"}
    owner, reviewed = header.get("owner"), header.get("reviewed")
    return (
        known >= header.keys()
        and header.get("status") in (None, *Status)
        and (owner is None or (isinstance(owner, str) and is_name(owner)))
        and (reviewed is None or _is_day(reviewed))
    )


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _yaml_header(text: str) -> Any:
    parts = _CASES.split(text)
    if len(parts) != 2:  # noqa: PLR2004 - what is before the cases, and what behind
        return None
    rest = "".join(parts)
    return load_yaml(rest, "") if _SAYS.search(rest) else {}


def _json_header(text: str) -> Any:
    return json.loads(text)


def _first_line(text: str) -> Any:
    first = json.loads(text.partition("\n")[0])
    only_cases = {*CASE_KEYS} - {*HEADER_KEYS}
    is_header = isinstance(first, dict) and not only_cases & first.keys() and {*HEADER_KEYS, "$schema"} & first.keys()
    return first if is_header else {}


def _none(_: str) -> Any:
    return {}


_READERS: dict[str, Callable[[str], Any]] = {
    ".golden.yaml": _yaml_header,
    ".golden.yml": _yaml_header,
    ".golden.json": _json_header,
    ".golden.jsonl": _first_line,
    ".golden.csv": _none,
}
