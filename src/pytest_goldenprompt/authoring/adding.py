"""One case more in a library: beside a golden dataset as a candidate, or in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_goldenprompt.authoring.candidates import read_candidates
from pytest_goldenprompt.authoring.places import Place
from pytest_goldenprompt.authoring.schemas import FOLDER, editor_comment, schema_files
from pytest_goldenprompt.authoring.writing import Page, open_page
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.chosen import judges_of
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.edits import case_item, case_text, with_case, with_lines, without_line
from pytest_goldenprompt.formats.pairing import is_dataset_folder
from pytest_goldenprompt.formats.reader import relative
from pytest_goldenprompt.formats.render import not_used, render, used_inputs
from pytest_goldenprompt.formats.rubrics import names_in_rubrics
from pytest_goldenprompt.formats.yaml_text import flow
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.store.files import write_file

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_WORD = re.compile(r"[A-Za-z0-9_]+")
_HEADER = "header"


def add_candidates(place: Place, written: Sequence[Mapping[str, JSON]]) -> tuple[Case, ...]:
    """Add cases to the candidates of a prompt in one go, all or none; gives them with their places."""
    page = open_page(place.root, place.candidates)
    there: dict[str, Case] = {}

    def check() -> None:
        there.update({case.id: case for case in read_candidates(place.root, place.candidates)})

    page.write(with_lines(page.text or "", page.where, written), check)
    return tuple(there[str(one["id"])] for one in written)


def take_candidate(place: Place, case: Case) -> None:
    """Take a case out of the candidates; without any left, their file goes too."""
    page = open_page(place.root, place.candidates)
    text = without_line(page.text or "", case.line)
    if text.strip():
        page.write(text, lambda: read_candidates(place.root, place.candidates))
    else:
        place.candidates.unlink()


def add_case(place: Place, written: Mapping[str, JSON], build: BuildEvaluator) -> Case:
    """Add a case to the golden dataset of a prompt, or to a new one; gives it with its place.

    All other characters of the file stay. The file is read again, and put back where a run would refuse the case.
    """
    prompt = place.read_prompt()
    page, text = _changed(place, prompt, written)
    home = place.dataset or page.path

    def check() -> Case:
        return check_case(place.root, home, str(written["id"]), prompt, build)

    if place.dataset is None:
        write_schemas(place.root)
    page.write(text, check)
    return check()


def check_case(root: Path, home: Path, case_id: str, prompt: Prompt | None, build: BuildEvaluator) -> Case:
    """Find a case in a dataset, and check what a run would check; InputError where it would refuse it."""
    dataset = read_dataset(root, home)
    case = next((one for one in dataset.cases if one.id == case_id), None)
    if case is None:
        raise InputError(f"the case is not there, found no {case_id!r}", where=dataset.path)
    judges_of(case, dataset, build)
    fit(prompt, dataset, case)
    return case


def fit(prompt: Prompt | None, dataset: Dataset, case: Case) -> None:
    """Refuse a case whose inputs are not those that the prompt uses."""
    if prompt is None:
        return
    render(prompt, case)
    used, provider = used_inputs(prompt), dataset.provider or prompt.provider or ""
    known = None if used is None else used | names_in_rubrics(case.evaluators)
    unused = [name for name in case.inputs if known is not None and name not in known]
    if unused and not provider.startswith("python:"):
        raise not_used(prompt, dataset, case, unused)


def write_schemas(root: Path) -> None:
    """Write the schemas that new files point to, where they are not there yet."""
    if not (root / FOLDER).exists():
        for name, text in schema_files().items():
            write_file(root / name, text)


def _changed(place: Place, prompt: Prompt | None, written: Mapping[str, JSON]) -> tuple[Page, str]:
    """Give the file that the case goes into, and its new text."""
    if place.dataset is None:
        return _new_dataset(place, prompt, written)
    if is_dataset_folder(place.dataset):
        return _new_file(place, place.dataset, written)
    page = open_page(place.root, place.dataset)
    return page, with_case(page.text or "", page.where, written)


def _new_dataset(place: Place, prompt: Prompt | None, written: Mapping[str, JSON]) -> tuple[Page, str]:
    if prompt is not None and prompt.rows:
        raise InputError(
            "the cases of this prompt stand in its own file, and a dataset beside it would hide them; a prompt without "
            "cases of its own is accepted",
            where=prompt.path,
            line=prompt.rows[-1][0],
            remedy=f"add the row by hand: {flow(written)}",
        )
    path = place.root / f"{place.id}.golden.yaml"
    page = open_page(place.root, path)
    return page, f"{editor_comment(place.root, path)}cases:\n{case_item(written, 2, page.where)}\n"


def _new_file(place: Place, folder: Path, written: Mapping[str, JSON]) -> tuple[Page, str]:
    """Write a file of a folder of cases, which names the case where that is possible."""
    case_id = str(written["id"])
    is_name = _FILE_NAME.fullmatch(case_id) is not None and case_id != _HEADER
    stem = case_id if is_name else "-".join([*_WORD.findall(case_id), "case"])
    path = folder / f"{stem}.yaml"
    if path.exists():
        raise InputError(
            "a file of this name is there already; another id is accepted", where=relative(place.root, path)
        )
    content = {key: value for key, value in written.items() if key != "id" or not is_name}
    page = open_page(place.root, path)
    return page, editor_comment(place.root, path, "case") + case_text(content, page.where)
