"""Whether a checkout is what a run judged: its commit, nothing besides, and the very prompts and datasets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pytest_goldenprompt.cli.claim import Claim
from pytest_goldenprompt.cli.refusal import DeniedError, Why
from pytest_goldenprompt.engine.plan import read_facts
from pytest_goldenprompt.engine.surroundings import NO_STORES, STATUS
from pytest_goldenprompt.errors import InputError, NoPromptError
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.pairing import discover
from pytest_goldenprompt.formats.reader import read_source
from pytest_goldenprompt.git import git, resolve, word
from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.providers.python_test import NAME as PYTHON_TEST

GATE = "run the gate on the commit that is to be deployed"
CLEAN = "verify in a fresh checkout, before anything is built in it"


def refuse_other_commit(claim: Claim, root: Path, wanted: str | None) -> str:
    """Give the commit that was judged; refuse one that is not `wanted`, or HEAD, or not what is checked out."""
    run = claim.run
    head = word(root, "rev-parse", "HEAD")
    if head is None:
        raise DeniedError(Why.CHECKOUT, f"{root} is no checkout that git can read", CLEAN)
    commit = _resolved(root, wanted) if wanted else head
    if run.commit != commit:
        found = f"commit {run.commit}" if run.commit else "no commit, as it ran outside of git"
        raise DeniedError(Why.COMMIT, f"it is of {found}, and not of {commit}", GATE)
    if run.dirty is not False:
        raise DeniedError(Why.COMMIT, "it ran on files that were not committed", "commit them, and run the gate again")
    if head != commit:
        raise DeniedError(Why.CHECKOUT, f"commit {head} is checked out, and not {commit}", "check that commit out")
    return commit


def _resolved(root: Path, wanted: str) -> str:
    try:
        return resolve(root, wanted)
    except InputError as error:
        raise DeniedError(Why.CHECKOUT, f"--commit: {error.what}", "fetch and check that commit out") from None


def refuse_dirty(claim: Claim, root: Path) -> None:
    """Refuse a checkout with edited or new files: what is deployed from it is not what was judged.

    Stores do not count, nor what was handed over: the record, the run, and all in a folder of the record's own.
    """
    listed = git(root, *STATUS, "--untracked-files=all", "--no-renames", "-z", "--", *NO_STORES)
    if listed is None:
        raise DeniedError(Why.CHECKOUT, "git cannot tell whether the checkout is clean", CLEAN)
    top = Path(word(root, "rev-parse", "--show-toplevel") or root)
    mine = [claim.path.resolve(), claim.home.resolve()]
    if not git(claim.path.parent, "ls-files", "--", "."):
        mine.append(claim.path.parent.resolve())
    for entry in os.fsdecode(listed).split("\0")[:-1]:
        path = (top / entry[3:]).resolve()
        new = entry.startswith("??")
        if not (new and any(path.is_relative_to(one) for one in mine)):
            how = "is in no commit" if new else "is not as it was committed"
            raise DeniedError(Why.CHECKOUT, f"{entry[3:]} {how}", CLEAN)


def refuse_other_files(claim: Claim, root: Path, folders: Iterable[str]) -> None:
    """Refuse where a prompt or dataset of the checkout is missing, not judged, or another than was judged."""
    tests = [facts for facts in claim.run.prompts if facts.provider == PYTHON_TEST]
    tested = {facts.dataset for facts in tests}
    judged = {facts.dataset: facts for facts in claim.run.prompts if facts.provider != PYTHON_TEST}
    found = {path.relative_to(root).as_posix(): path for path in discover(root, [Path(name) for name in folders])}
    cases = _cases(claim)
    for name in sorted(judged.keys() | found.keys()):
        if name not in judged and name in tested and _is_without_prompt(root, found[name]):
            continue
        for fault in _faults(root, found.get(name), name, judged.get(name), cases):
            raise DeniedError(Why.FILES, fault, GATE)
    for facts in tests:
        for fault in _faults_of_test(root, facts, cases):
            raise DeniedError(Why.FILES, fault, GATE)


def _faults(
    root: Path, path: Path | None, name: str, judged: PromptFacts | None, cases: Mapping[str, set[str]]
) -> Iterator[str]:
    """List what differs between a dataset with its prompt and what was judged of them."""
    if path is None:
        yield f"{name} was judged and is not here (formats that plugins add are not read)"
        return
    try:
        read = read_facts(root, path)
    except InputError as error:
        yield f"{name} cannot be read: {error}"
        return
    if read is None:
        yield from [] if judged is None else [f"{name} was judged and has no cases here"]
        return
    here, ids = read
    if judged is None:
        yield f"{name} is here and was not judged; `--path` names folders, where `golden_paths` names such"
        return
    if judged.digest != here.digest or judged.path != here.path:
        yield f"{here.path or name} is not the prompt that was judged"
    if judged.dataset_digest != here.dataset_digest:
        yield f"{name} is not the golden dataset that was judged"
    if not here.retired and (odd := sorted(set(ids) ^ cases.get(here.id, set()))):
        yield f"case {odd[0]!r} of {name} is in the dataset or in the run alone"


def _is_without_prompt(root: Path, path: Path) -> bool:
    """Say whether nothing but a Python test can run a dataset."""
    try:
        read_facts(root, path)
    except NoPromptError:
        return True
    except InputError:
        return False
    return False


def _faults_of_test(root: Path, judged: PromptFacts, cases: Mapping[str, set[str]]) -> Iterator[str]:
    """List what differs between a Python test with its dataset and what was judged of them."""
    try:
        test, dataset = read_source(root, root / judged.path), read_dataset(root, root / judged.dataset)
    except InputError as error:
        yield f"{judged.id} cannot be read: {error}"
        return
    if test.digest != judged.digest:
        yield f"{judged.path} is not the Python test that was judged"
    if dataset.digest != judged.dataset_digest:
        yield f"{judged.dataset} is not the golden dataset that was judged"
    ids = {case.id for case in dataset.cases}
    if dataset.status is not Status.RETIRED and (odd := sorted(ids ^ cases.get(judged.id, set()))):
        yield f"case {odd[0]!r} of {judged.dataset} is in the dataset or in the run of {judged.id} alone"


def _cases(claim: Claim) -> dict[str, set[str]]:
    cases: dict[str, set[str]] = {}
    for case in claim.run.cases:
        cases.setdefault(case.prompt_id, set()).add(case.case_id)
    return cases
