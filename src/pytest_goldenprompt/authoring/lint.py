"""Everything that can be said about a library's files without a call: they are read once, by the readers of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from pytest_goldenprompt.authoring import rules
from pytest_goldenprompt.authoring.candidates import read_candidates
from pytest_goldenprompt.authoring.findings import Finding, Findings, Rule
from pytest_goldenprompt.authoring.targets import Targets
from pytest_goldenprompt.authoring.tested import tested_datasets
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.chosen import judges_of, remembered
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.formats.inline import dataset_from_rows
from pytest_goldenprompt.formats.limits import terms_from
from pytest_goldenprompt.formats.pairing import find_prompt, has_variants, misplaced, prompt_id, shared_dataset, sidecar
from pytest_goldenprompt.formats.policy import POLICY_FILE, SIZE_LIMIT, policy_from
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.reader import read_text, relative
from pytest_goldenprompt.formats.upkeep import upkeep_from
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.dataset import Dataset, Status
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.model.waiver import Waiver

T = TypeVar("T")
_HOOK = "pytest_goldenprompt_register"


def lint(targets: Targets, build: BuildEvaluator, today: str, formats: Formats = OURS) -> tuple[Finding, ...]:
    """Check files; `build` makes evaluators, `today` is YYYY-MM-DD in UTC. The findings are sorted by file and line."""
    check = _Check(targets.root, build, formats, Findings(_adds_code(targets.root)))
    for path in sorted(targets.datasets):
        check.dataset(path)
    for path in sorted(targets.prompts):
        check.prompt(path, note=targets.whole)
    for path in sorted(targets.candidates):
        check.candidates(path)
    for path in sorted(targets.strangers):
        check.stranger(path)
    waivers = check.policy(today) if targets.policy else ()
    if targets.whole:
        check.whole(waivers)
    return check.found.sorted()


def _adds_code(root: Path) -> bool:
    """Say whether the root directory's conftest.py adds to a run what is not known here; it is looked at, not run."""
    try:
        return _HOOK in read_text(root, root / "conftest.py")
    except InputError:
        return False


@dataclass
class _Check:
    """What is known while files are checked: each is read once."""

    root: Path
    build: BuildEvaluator
    formats: Formats
    found: Findings
    _prompts: dict[Path, Prompt | None] = field(default_factory=dict)
    _datasets: dict[Path, Dataset | None] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    """The dataset of each prompt, by the prompt's id."""
    _cases: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def _tested(self) -> frozenset[Path]:
        """Give the datasets of Python tests, which need no prompt file."""
        return tested_datasets(self.root)

    def dataset(self, path: Path) -> None:
        """Check a golden dataset with its prompt."""
        dataset = self._dataset(path)
        if dataset is None or self._is_retired(path, dataset):
            return
        try:
            at = find_prompt(self.root, path, dataset, self.formats)
        except InputError as error:
            if dataset.prompt is None and has_variants(path, self.formats):
                return  # each variant is checked with it
            if dataset.prompt is not None or path not in self._tested:
                self.found.error(Rule.PROMPT, error)
            at = None
        self._pair(path, dataset, self._prompt(at) if at else None)

    def prompt(self, path: Path, *, note: bool) -> None:
        """Check a prompt with cases of its own, or that shares another's; `note`: say if it has none at all."""
        shared = shared_dataset(path, self.formats)
        known = path in self._prompts
        prompt = self._prompt(path)
        if prompt is None or known or sidecar(path, self.formats):
            return
        dataset = None
        if shared:
            dataset = self._dataset(shared)
        elif prompt.rows is not None:
            dataset = self._told(Rule.CASE, partial(dataset_from_rows, prompt))
        elif note:
            what = "prompt without a golden dataset, found no cases; a dataset beside it is accepted"
            self._add(path, Severity.NOTE, Rule.DATASET, what, "`goldenprompt add` writes a first case")
        if dataset:
            self._pair(path, dataset, prompt)

    def candidates(self, path: Path) -> None:
        """Check the cases that wait for a person."""
        faults: list[InputError] = []
        waiting = self._told(Rule.FILE, partial(read_candidates, self.root, path, faults), faults)
        if waiting:
            many = f"{len(waiting)} candidates wait" if len(waiting) > 1 else "1 candidate waits"
            self._add(path, Severity.NOTE, Rule.CANDIDATE, f"{many} for a person", "`goldenprompt review`")

    def stranger(self, path: Path) -> None:
        """Tell that a file which was named is none of ours."""
        what = f"no prompt, golden dataset or policy by its name, found {path.name!a}; names ending in "
        known = (*self.formats.dataset_endings, *self.formats.prompt_endings)
        self._add(path, Severity.ERROR, Rule.FILE, f"{what}{', '.join(known)}, and {POLICY_FILE}, are accepted")

    def policy(self, today: str) -> tuple[Waiver, ...]:
        """Check the policy, and give its waivers."""
        text = self._told(Rule.FILE, partial(read_text, self.root, self.root / POLICY_FILE, limit=SIZE_LIMIT))
        if text is None:
            return ()
        policy = self._told(Rule.FILE, partial(policy_from, text, POLICY_FILE))
        self._told(Rule.FILE, partial(terms_from, text, POLICY_FILE))
        self._told(Rule.FILE, partial(upkeep_from, text, POLICY_FILE))
        waivers = policy.waivers if policy else ()
        self._all(rules.waivers_at(waivers, POLICY_FILE, today))
        return waivers

    def whole(self, waivers: Iterable[Waiver]) -> None:
        """Check what only the whole library tells."""
        self._all(rules.waivers_for_nothing(waivers, POLICY_FILE, self._cases))
        for path in misplaced(self.root, [Path()], self.formats):
            what = "no golden dataset, found a folder without cases; a file, or a folder of them, is accepted"
            self._add(path, Severity.ERROR, Rule.DATASET, what)

    def _pair(self, path: Path, dataset: Dataset, prompt: Prompt | None) -> None:
        """Check a dataset against its prompt; `path` is what pytest collects."""
        where = relative(self.root, path)
        name = prompt_id(where, self.formats)
        self._cases[name] = frozenset(case.id for case in dataset.cases)
        twin = self._ids.setdefault(name, where)
        if twin != where:
            what = f"two golden datasets for one prompt, found {twin} too; one is accepted"
            self._add(path, Severity.ERROR, Rule.DATASET, what, "put their cases into one file")
        self._all(rules.without_owner(dataset, prompt))
        self._all(rules.without_id(dataset))
        self._all(rules.same_twice(dataset))
        if prompt is not None:
            provider = dataset.provider or prompt.provider or ""
            self._all(rules.unused_by_prompt(dataset, prompt, provider))
            self._all(rules.missing_for_prompt(dataset, prompt))
        build = remembered(self.build)
        for case in dataset.cases:
            self._told(Rule.EVALUATOR, partial(judges_of, case, dataset, build))

    def _is_retired(self, path: Path, dataset: Dataset) -> bool:
        """Say whether no run asks its cases, so that they need not fit anything; its waivers still name them."""
        retired = dataset.status is Status.RETIRED
        if retired:
            name = prompt_id(relative(self.root, path), self.formats)
            self._cases[name] = frozenset(case.id for case in dataset.cases)
        return retired

    def _dataset(self, path: Path) -> Dataset | None:
        if path not in self._datasets:
            faults: list[InputError] = []
            read = partial(read_dataset, self.root, path, self.formats, faults)
            self._datasets[path] = self._told(Rule.FILE, read, faults)
            if self._datasets[path] is None:
                self._cases[prompt_id(relative(self.root, path), self.formats)] = frozenset()
        return self._datasets[path]

    def _prompt(self, path: Path) -> Prompt | None:
        if path not in self._prompts:
            read = partial(read_prompt, self.root, path, sample=True, formats=self.formats)
            self._prompts[path] = self._told(Rule.FILE, read)
        return self._prompts[path]

    def _told(self, rule: Rule, read: Callable[[], T], faults: Sequence[InputError] = ()) -> T | None:
        """Give what is read; note the faults of its cases, and what is raised if it is none of these."""
        try:
            return read()
        except InputError as error:
            if error not in faults:
                self.found.error(rule, error)
            return None
        finally:
            for fault in faults:
                self.found.error(Rule.ID if fault.what.startswith("duplicate id") else Rule.CASE, fault)

    def _all(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.found.add(finding)

    def _add(self, path: Path, severity: Severity, rule: Rule, what: str, remedy: str = "") -> None:
        self.found.add(Finding(relative(self.root, path), 1, severity, rule, what, remedy))
