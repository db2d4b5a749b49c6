"""What a check of a library's files found: each finding with its place, how much it weighs, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.severity import Severity


class Rule(StrEnum):
    """What a finding is about; part of the interface, as pipelines filter by it."""

    FILE = "file"
    CASE = "case"
    ID = "id"
    INPUTS = "inputs"
    EVALUATOR = "evaluator"
    EXTRA = "extra"
    DUPLICATE = "duplicate"
    OWNER = "owner"
    PROMPT = "prompt"
    DATASET = "dataset"
    WAIVER = "waiver"
    CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding. `where` is relative to the library's root, `line` counts from 1."""

    where: str
    line: int
    severity: Severity
    rule: Rule
    what: str
    remedy: str = ""


@dataclass
class Findings:
    """Findings in the making, each once. `code`: the library has code that adds evaluators and formats to a run."""

    code: bool = False
    _found: dict[Finding, None] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Add one."""
        self._found[finding] = None

    def error(self, rule: Rule, error: InputError) -> None:
        """Add what a reader, a template or an evaluator refused.

        What may be right elsewhere is a note: a package that is not installed here, and with `code` a name that the
        team's own code may know.
        """
        elsewhere = self.code and error.what.startswith(("no such evaluator", "golden dataset without a prompt"))
        extra = error.remedy.startswith("pip install") or elsewhere
        severity = Severity.NOTE if extra else Severity.ERROR
        rule = Rule.EXTRA if extra else rule
        self.add(Finding(error.where, error.line or 1, severity, rule, error.what, error.remedy))

    def sorted(self) -> tuple[Finding, ...]:
        """Give them by file and line."""
        return tuple(sorted(self._found))


def count(findings: Iterable[Finding], severity: Severity) -> int:
    """Count the findings of one severity."""
    return sum(finding.severity is severity for finding in findings)
