"""Cases that wait for a person beside a golden dataset, as JSON Lines; no run reads them."""

from __future__ import annotations

from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import Common, case_of, refuse_duplicates
from pytest_goldenprompt.formats.reader import load_jsonl, read_source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.dataset import Case

CANDIDATES_ENDING = ".golden.candidates.jsonl"


def read_candidates(root: Path, path: Path, faults: list[InputError] | None = None) -> tuple[Case, ...]:
    """Read the candidates of a dataset, one a line with the keys of a case; a file that is not there holds none.

    What is wrong with each is put into `faults`; without a list the first fault is raised.
    """
    if not path.exists() and not path.is_symlink():
        return ()
    source = read_source(root, path)
    rows = load_jsonl(source.text, source.where)
    common = Common(files=References(root, (root / path).parent))
    cases = []
    for row, line in zip(rows, rows.lines, strict=True):
        try:
            cases.append(case_of(row, source.where, line, common))
        except InputError as error:
            if faults is None:
                raise
            faults.append(error)
    refuse_duplicates(cases, faults)
    return tuple(cases)
