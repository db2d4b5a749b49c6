"""What a person has to decide: cases whose answers differ from what is expected, and candidates."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pytest_goldenprompt.authoring.adding import add_case, take_candidate
from pytest_goldenprompt.authoring.candidates import CANDIDATES_ENDING, read_candidates
from pytest_goldenprompt.authoring.expectation import expectation
from pytest_goldenprompt.authoring.places import Place, find_place
from pytest_goldenprompt.authoring.writing import open_page
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.chosen import judges_of
from pytest_goldenprompt.evaluators.evaluate import definition_digest
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.edits import with_expected
from pytest_goldenprompt.formats.inline import dataset_from_rows
from pytest_goldenprompt.formats.pairing import files_under, is_dataset, is_dataset_folder, shared_dataset
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.reader import relative
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import JSON, canonical
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome
from pytest_goldenprompt.reports.view import RunView

_DIFFERING = {Outcome.REGRESSED, Outcome.SUSPECT, Outcome.NEW, Outcome.CHANGED}
_AS_BEFORE = {Outcome.FAILING, Outcome.WAIVED}
CANDIDATE = "candidate"
"""What stands for the outcome of a case that no run has asked yet."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide. `then` and `now` are what was said, `said` in how many of `asked` answers.

    `case` is the case as it stands in the library now; `problem` says why it cannot be changed from here. `place` is
    where a candidate goes.
    """

    prompt_id: str
    case: Case
    outcome: str
    then: str | None = None
    now: str | None = None
    said: int = 0
    asked: int = 0
    reasons: tuple[str, ...] = ()
    problem: str = ""
    place: Place | None = None

    @property
    def where(self) -> str:
        """Give file and line of the case."""
        return f"{self.case.path}:{self.case.line}" if self.case.path else self.prompt_id

    def plain(self) -> dict[str, JSON]:
        """Give it for programs."""
        return {
            "prompt": self.prompt_id,
            "case": self.case.id,
            "kind": CANDIDATE if self.outcome == CANDIDATE else "case",
            "outcome": self.outcome,
            "file": self.case.path,
            "line": self.case.line,
            "inputs": self.case.inputs,
            "messages": [message.plain() for message in self.case.messages],
            "expected": self.case.expected,
            "then": self.then,
            "now": self.now,
            "said": self.said,
            "asked": self.asked,
            "reasons": list(self.reasons),
            "problem": self.problem,
        }


def differing(root: Path, view: RunView, build: BuildEvaluator, *, failing: bool = False) -> Iterator[Item]:
    """Give the cases of a run that fail and did not fail so before; with `failing` those too that did."""
    wanted = _DIFFERING | (_AS_BEFORE if failing else set())
    facts = {one.id: one for one in view.record.prompts}
    for prompt in view.verdict.prompts:
        those = [one for one in prompt.outcomes if one.outcome in wanted and one.k1 and not one.passed]
        if those and prompt.id in facts:
            yield from _of_prompt(root, view, facts[prompt.id], those, build)


def candidates(root: Path) -> Iterator[Item]:
    """Give the candidates of a library, by their prompts."""
    for path in sorted(path for path in files_under(root) if path.name.endswith(CANDIDATES_ENDING)):
        name = relative(root, path).removesuffix(CANDIDATES_ENDING)
        place, problem = None, ""
        try:
            place = find_place(root, root, name)
        except InputError as error:
            problem = str(error)
        for case in read_candidates(root, path):
            yield Item(name, case, CANDIDATE, problem=problem, place=place)


def accept(root: Path, item: Item, build: BuildEvaluator) -> str:
    """Write what was said as what is expected, or a candidate into its dataset; gives the sentence on what was done."""
    if item.place is not None:
        added = add_case(item.place, _as_written(item.place, item.case), build)
        take_candidate(item.place, _waiting(item.place, item.case))
        return f"{added.path}:{added.line}: added {added.id}"
    if item.problem or item.now is None:
        raise InputError(item.problem or "there is no answer to accept", where=item.case.path, line=item.case.line)
    dataset, case = _now(root, item)
    if canonical([case.inputs, case.expected]) != canonical([item.case.inputs, item.case.expected]):
        raise InputError("the case was edited meanwhile; run it again", where=case.path, line=case.line)
    value = expectation(case, item.now, judges_of(case, dataset, build)[0], build)
    page = open_page(root, root / case.path)

    def check() -> None:
        after, changed = _now(root, replace(item, case=replace(case, expected=value)))
        judges_of(changed, after, build)
        if canonical(changed.expected) != canonical(value):
            raise InputError("another value is read", where=changed.path, line=changed.line)

    page.write(with_expected(page.text or "", page.where, case.line, value, case.id), check)
    return f"{case.path}:{case.line}: expected is now {json.dumps(value, ensure_ascii=False)}"


def drop(item: Item) -> str:
    """Take a candidate away."""
    if item.place is None:
        raise InputError("only a candidate can be dropped", where=item.case.path, line=item.case.line)
    take_candidate(item.place, _waiting(item.place, item.case))
    return f"{item.where}: dropped {item.case.id}"


def _waiting(place: Place, wanted: Case) -> Case:
    """Find a candidate where it stands now."""
    case = next((one for one in read_candidates(place.root, place.candidates) if one.id == wanted.id), None)
    if case is None:
        raise InputError(f"the candidate is gone, found no {wanted.id!r}", where=wanted.path)
    return case


def _as_written(place: Place, wanted: Case) -> Mapping[str, JSON]:
    """Give the keys of a candidate as they stand in its file."""
    case = _waiting(place, wanted)
    text = open_page(place.root, place.candidates).text or ""
    row: dict[str, Any] = json.loads(text.split("\n")[case.line - 1])
    return {"id": case.id, **row}


def _of_prompt(
    root: Path, view: RunView, facts: PromptFacts, those: Sequence[CaseOutcome], build: BuildEvaluator
) -> Iterator[Item]:
    """Join what was said in the run with the cases as they are now."""
    problem = ""
    try:
        dataset = _dataset(root, root / facts.dataset)
    except InputError as error:
        dataset, problem = Dataset(facts.dataset, (), ""), f"its dataset cannot be read: {error}"
    cases = {case.id: case for case in dataset.cases}
    for outcome in those:
        shown = view.case(facts.id, outcome)
        now, said = _most_said(shown.now)
        then, _ = _most_said(shown.then, passed=True) if shown.then else (None, 0)
        case = cases.get(outcome.case_id)
        unsure = problem or _changed_since(facts, dataset, case, shown.now, build)
        yield Item(
            facts.id,
            case or Case(outcome.case_id, line=shown.now.line),
            outcome.outcome.value,
            None if then is None else shown.texts.get(then.output or ""),
            None if now is None else shown.texts.get(now.output or ""),
            said,
            len(shown.now.observed),
            now.reasons if now else (),
            unsure,
        )


def _changed_since(
    facts: PromptFacts, dataset: Dataset, case: Case | None, result: CaseResult, build: BuildEvaluator
) -> str:
    """Say why a case is not the one that was asked; empty where it is."""
    if case is None:
        return "the case is not in its dataset any more"
    if dataset.digest == facts.dataset_digest:
        return ""
    try:
        same = definition_digest(case, *judges_of(case, dataset, build)) == result.digest
    except InputError as error:
        return str(error)
    return "" if same else "the case was edited since the run: run it again"


def _most_said(result: CaseResult | None, *, passed: bool = False) -> tuple[Repeat | None, int]:
    """Give the answer that was given most often among those that passed, or failed, and how often."""
    repeats = [one for one in (result.observed if result else ()) if one.passed is passed]
    counted = Counter(one.output for one in repeats).most_common(1)
    if not counted:
        return None, 0
    [(output, times)] = counted
    return next(one for one in repeats if one.output == output), times


def _now(root: Path, item: Item) -> tuple[Dataset, Case]:
    """Read the dataset of a case once more: others may have edited it while a person was thinking."""
    dataset = _dataset(root, root / item.case.path)
    case = next((one for one in dataset.cases if one.id == item.case.id), None)
    if case is None:
        raise InputError("the case is not in its dataset any more", where=item.case.path, line=item.case.line)
    return dataset, case


def _dataset(root: Path, path: Path) -> Dataset:
    """Read the dataset that pytest collects from a path."""
    path = shared_dataset(path) or path
    if is_dataset_folder(path.parent):
        path = path.parent
    if is_dataset(path.name) or is_dataset_folder(path):
        return read_dataset(root, path)
    return dataset_from_rows(read_prompt(root, path, sample=True))
