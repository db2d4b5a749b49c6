"""A run as other tools know one: a list of tests that passed, failed, were skipped, or neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pytest_goldenprompt.judge.pairing import DESELECTED
from pytest_goldenprompt.judge.states import standing
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome, PromptVerdict, State, Verdict
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.view import RunView

RUN = "golden prompts"
"""The name under which the run as a whole stands among its tests."""

LONGEST = 2000
"""Characters of a message."""

NO_GATE = {"skipped", DESELECTED}
"""Why a case has no result where a person wanted none."""


class Word(StrEnum):
    """What other tools say of a test. OTHER lets a pipeline go on and is no plain pass."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    OTHER = "other"


OF_STATE = {State.PASS: Word.PASSED, State.NEW: Word.PASSED, State.INCONCLUSIVE: Word.OTHER}
"""States that are no failure."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One test: the run (`prompt` is None), a prompt's gate (`case` is None), or a case."""

    name: str
    word: Word
    raw: str
    """The state or outcome in our own words."""
    message: str = ""
    prompt: PromptVerdict | None = None
    case: CaseOutcome | None = None
    result: CaseResult | None = None


def standings(view: RunView) -> Iterator[Standing]:
    """List the run, then each prompt's gate and cases. Where the run does not pass, something here has failed."""
    verdict = view.verdict
    yield Standing(RUN, _of_run(verdict), verdict.state.value, _said(verdict.reasons))
    for prompt in verdict.prompts:
        yield Standing(f"{prompt.dataset}::gate", _of_gate(prompt), prompt.state.value, _said(prompt.reasons), prompt)
        for case in prompt.outcomes:
            result = view.result(prompt.id, case.case_id)
            word, why = _of_case(prompt, case, result), _why(case, result)
            yield Standing(f"{prompt.dataset}::{case.case_id}", word, case.outcome.value, why, prompt, case, result)


def _of_run(verdict: Verdict) -> Word:
    return OF_STATE.get(verdict.state, Word.FAILED)


def _of_gate(prompt: PromptVerdict) -> Word:
    return Word.OTHER if prompt.draft else OF_STATE.get(standing(prompt), Word.FAILED)


def _of_case(prompt: PromptVerdict, case: CaseOutcome, result: CaseResult) -> Word:
    if case.outcome is Outcome.MISSING:
        return Word.SKIPPED if result.missing in NO_GATE else Word.FAILED
    if case.passed:
        return Word.PASSED
    worse = case.outcome is Outcome.REGRESSED or case.named
    return Word.FAILED if worse and not prompt.draft else Word.OTHER


def _why(case: CaseOutcome, result: CaseResult) -> str:
    if case.outcome is Outcome.MISSING:
        return _said(result.errors[:1] or ((result.missing or case.why),))
    if case.passed:
        return ""
    worst = next((one for one in result.repeats if not one.passed and one.error is None), None)
    return _said(worst.reasons if worst else result.errors[:1])


def _said(sentences: tuple[str, ...]) -> str:
    """Give sentences as one line that neither holds a key nor opens a command, whoever wrote them."""
    return one_line(masked("; ".join(sentences)), LONGEST)
