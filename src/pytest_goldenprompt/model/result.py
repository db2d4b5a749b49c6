"""What came of running a case: scores, repeats, the case's result."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pytest_goldenprompt.model.output import Origin


class Kind(StrEnum):
    """What a score speaks of: what was said, or the form it was said in."""

    CONTENT = "content"
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Score:
    """An evaluator's word on one output: `value` in 0..1, whether that passes, and why in one line.

    `counts` is false for a score that is tracked only, such as the form of an answer that an extractor forgives.
    `faults` are the places in a JSON answer where something is wrong, as `fault` writes them.
    """

    evaluator: str
    value: float
    passed: bool
    reason: str = ""
    kind: Kind = Kind.CONTENT
    counts: bool = True
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """One call for a case, judged. With an `error` there is nothing to judge, and score and passed say nothing.

    `score` is the lowest of the counting scores (0..1); `passed` says that all of them pass. `format_ok` is the form
    alone, None where no evaluator looks at it; `form_alone` says that it fails for its form alone, and that what was
    said passes. `faults` are the places in a JSON answer where something is wrong, sorted, each once. `output` is the
    digest of the whole output. `copy` marks an answer that is no independent observation. Latency is in seconds.
    `origin` is None where the provider told nothing. `unjudged` says that the error is that no judge was called.
    """

    score: float = 0.0
    passed: bool = False
    format_ok: bool | None = None
    form_alone: bool = False
    output: str | None = None
    reasons: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    error: str | None = None
    tokens: int | None = None
    copy: bool = False
    latency: float | None = None
    response_id: str | None = None
    attempts: int = 1
    origin: Origin | None = None
    unjudged: bool = False


@dataclass(frozen=True, slots=True)
class CaseResult:
    """All repeats of one case in one run.

    `digest` names what defines the case: inputs, expectation, evaluators and their versions. Every case of a dataset
    has a result in a run record; one that was not run says so in `missing`. `carried` is the id of the run that the
    repeats were taken from, where nothing was asked in this one.
    """

    prompt_id: str
    case_id: str
    digest: str
    repeats: tuple[Repeat, ...] = ()
    tags: tuple[str, ...] = ()
    must_pass: bool = False
    missing: str = ""
    line: int = 0
    carried: str = ""

    @property
    def observed(self) -> tuple[Repeat, ...]:
        """Give the repeats that count as observations: answered, and no copy of another."""
        return tuple([repeat for repeat in self.repeats if repeat.error is None and not repeat.copy])

    @property
    def errors(self) -> tuple[str, ...]:
        """Give the errors of the repeats that got no answer."""
        return tuple([repeat.error for repeat in self.repeats if repeat.error is not None])
