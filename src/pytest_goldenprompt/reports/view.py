"""What a report is made of: a judged run beside the stored one, with the texts of both."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import CaseOutcome, ReferenceFacts, State, Verdict
from pytest_goldenprompt.reports.case_text import CaseView


@dataclass
class RunView:
    """A run to be shown. `texts_then` is called only where something is shown that needs it."""

    record: RunRecord
    verdict: Verdict
    baseline: RunRecord | None
    reference: ReferenceFacts | None
    texts: Mapping[str, str]
    texts_then: Callable[[], Mapping[str, str]]
    name: str = "last"
    """How commands name the run; empty for one that is not stored."""
    command: str = "goldenprompt"
    """How the command is called from where the reader is."""
    even: tuple[str, ...] = ()
    """What would have to be named to accept the run."""
    _drifted: frozenset[str] = frozenset()
    """Prompts whose verdict speaks of the anchor, so that the stored run's texts are not what it was compared with."""

    def __post_init__(self) -> None:
        self._drifted = frozenset(one.id for one in self.verdict.prompts if one.state is State.DRIFTED)

    @cached_property
    def _now(self) -> Mapping[tuple[str, str], CaseResult]:
        return {(case.prompt_id, case.case_id): case for case in self.record.cases}

    @cached_property
    def _then(self) -> Mapping[tuple[str, str], CaseResult]:
        cases = self.baseline.cases if self.baseline else ()
        return {(case.prompt_id, case.case_id): case for case in cases}

    @cached_property
    def _both(self) -> Mapping[str, str]:
        return {**self.texts_then(), **self.texts}

    def case(self, prompt_id: str, outcome: CaseOutcome) -> CaseView:
        """Give one case then and now."""
        key = prompt_id, outcome.case_id
        then = None if prompt_id in self._drifted else self._then.get(key)
        texts = self._both if then else self.texts
        month = self.reference.month if self.reference else ""
        return CaseView(prompt_id, outcome, self._now[key], then, texts, month, self.show_command())

    def result(self, prompt_id: str, case_id: str) -> CaseResult:
        """Give what came of a case in this run."""
        return self._now[prompt_id, case_id]

    def show_command(self, prompt_id: str = "") -> str:
        """Give the command that shows the run, or one prompt of it."""
        place = shlex.quote(f"/{prompt_id}") if prompt_id else ""
        return f"{self.command} show {self.name}{place}"
