"""The stored run that this one is compared with, as one process knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import Pointers
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import MonthRate, ReferenceFacts


@dataclass
class Reference:
    """The stored run that this one is compared with.

    `name` finds the same run again in another process, `joined` the earlier ones that are joined with it; `then` reads
    the texts of their outputs.
    """

    baseline: RunRecord | None
    name: str = ""
    joined: tuple[str, ...] = ()
    first: bool = False
    """Whether this run records the first baseline of its store."""
    facts: ReferenceFacts | None = None
    anchor: ReferenceFacts | None = None
    pinned: RunRecord | None = None
    """The anchor's record, where it is another run than the baseline."""
    then: Callable[[], Mapping[str, str]] = dict
    command: str = "goldenprompt"
    """How the command finds this store from where pytest was started."""
    revision: str = ""
    """The revision that stored run, policy and waivers were read from, where that is not the checkout."""
    history: Mapping[str, tuple[MonthRate, ...]] = field(default_factory=dict)
    """The months before, by prompt."""
    moved: tuple[tuple[str, str, str], ...] = ()
    """The pointers that the checkout has set otherwise than that revision."""
    pointers: Pointers = field(default_factory=Pointers)
    """The checkout's pointers when the run began."""
    _texts: Mapping[str, str] | None = None
    _cases: Mapping[tuple[str, str], CaseResult] | None = None

    trouble: str = ""
    """Why the stored run's texts cannot be shown; the verdict needs none of them."""

    def case(self, prompt_id: str, case_id: str) -> CaseResult | None:
        """Give a case's stored result; None where it has none."""
        if self._cases is None:
            stored = self.baseline.cases if self.baseline else ()
            self._cases = {(one.prompt_id, one.case_id): one for one in stored}
        return self._cases.get((prompt_id, case_id))

    def texts(self) -> Mapping[str, str]:
        """Give the texts of the stored run by digest, read once; none where they cannot be read."""
        if self._texts is None:
            try:
                self._texts = self.then()
            except StoreError as error:
                self._texts, self.trouble = {}, str(error)
        return self._texts
