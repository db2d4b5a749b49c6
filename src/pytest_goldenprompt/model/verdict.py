"""What the gate found: the comparison of two run records, prompt by prompt and case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pytest_goldenprompt.model.fault import FieldRate
from pytest_goldenprompt.model.waiver import Waiver


class State(StrEnum):
    """A state of the gate, for a prompt or for a whole run."""

    PASS = "pass"  # noqa: S105 - a state, no password
    REGRESSED = "regressed"
    DRIFTED = "drifted"
    INCONCLUSIVE = "inconclusive"
    INCOMPLETE = "incomplete"
    NO_BASELINE = "no-baseline"
    NEW = "new"
    ERROR = "error"


class Outcome(StrEnum):
    """How one case stands against the stored run."""

    PASSED = "passed"
    FAILING = "failing"
    """Fails now as it failed then."""
    FIXED = "fixed"
    SUSPECT = "suspect"
    """Worse than then, though this alone may be luck."""
    REGRESSED = "regressed"
    """Worse than then, certain whatever the other cases show."""
    NEW = "new"
    """Without history; passes or fails by itself."""
    CHANGED = "changed"
    """Inputs, expectation or evaluators differ from then, so there is nothing to compare."""
    MISSING = "missing"
    """Planned, without a result."""
    WAIVED = "waived"
    """A waiver holds for it, so that it has no say."""


class Move(StrEnum):
    """What of a prompt's answers moved by more than luck explains: their form, or what they say whatever their form."""

    FORM_WORSE = "form worse"
    FORM_BETTER = "form better"
    CONTENT_WORSE = "content worse"
    CONTENT_BETTER = "content better"


class WaiverState(StrEnum):
    """What became of a waiver in a run."""

    USED = "used"
    """What it names is worse, or gone, and is accepted."""
    UNUSED = "unused"
    """Nothing that it names is worse."""
    EXCEEDED = "exceeded"
    """What it names fell by more than it accepts."""
    LAPSED = "lapsed"
    """Its last day is over."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure then and now, in the figure's own unit; None where it was not measured."""

    then: float | None
    now: float | None


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One case: passes of repeats then (x of k0) and now (y of k1), and the one-sided p-value of "worse"."""

    case_id: str
    outcome: Outcome
    x: int = 0
    k0: int = 0
    y: int = 0
    k1: int = 0
    p: float | None = None
    named: bool = False
    must_pass: bool = False
    passed: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class SliceOutcome:
    """The cases of one prompt that carry one tag: how many, pass rates then and now, and the p-value of "worse"."""

    tag: str
    cases: int
    rate: Change
    p: float


@dataclass(frozen=True, slots=True)
class MonthRate:
    """The pass rate (0..1) of a prompt in the accepted run of a month (YYYY-MM)."""

    month: str
    rate: float


@dataclass(frozen=True, slots=True)
class PromptVerdict:
    """One prompt's state with what stands behind it.

    `kinds` are those of mean, slice, case, removed, changed, missing, bar and waiver that speak against the prompt.
    `drop` and `drop_upper` are points of 0..1 (positive is worse). `cases` are the named ones, `outcomes` all. `needs`
    says what would settle an inconclusive state. `content` is the rate of right answers whatever their form, measured
    where the form is, and `moved` what of the two moved; neither decides the state. `fields` are the
    places of JSON answers that are wrong, those with the greatest rise first. `excused` are
    kinds that a waiver for the whole prompt takes out of `kinds`. `history` are the months before, oldest first.
    `notes` are sentences on how the results were read, whatever the state.
    """

    id: str
    dataset: str
    state: State
    reasons: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    p: float | None = None
    drop: float | None = None
    drop_upper: float | None = None
    rate: Change = Change(None, None)
    format_compliance: Change = Change(None, None)
    content: Change = Change(None, None)
    moved: tuple[Move, ...] = ()
    fields: tuple[FieldRate, ...] = ()
    tokens: Change = Change(None, None)
    cases: tuple[CaseOutcome, ...] = ()
    slices: tuple[SliceOutcome, ...] = ()
    outcomes: tuple[CaseOutcome, ...] = ()
    removed: tuple[str, ...] = ()
    needs: str = ""
    cause: tuple[str, ...] = ()
    planned: int = 0
    compared: int = 0
    owner: str | None = None
    draft: bool = False
    excused: tuple[str, ...] = ()
    history: tuple[MonthRate, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts over a run. Cases but for the last three, which are calls."""

    planned: int = 0
    run: int = 0
    errored: int = 0
    skipped: int = 0
    compared: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    calls: int = 0
    extra_calls: int = 0
    replayed: int = 0


@dataclass(frozen=True, slots=True)
class ReferenceFacts:
    """The stored run that another is compared with: its id, month, digest, and age in whole days.

    `revision` names the one it was read from, where that is not the checkout. `pooled` are the ids of the earlier runs
    whose repeats were joined with its own.
    """

    id: str
    month: str
    digest: str
    age_days: int | None = None
    approved: bool | None = None
    revision: str | None = None
    pooled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver with what it met: the cases it covers, their pass rates then and now, and a sentence."""

    waiver: Waiver
    state: WaiverState
    cases: tuple[str, ...] = ()
    rate: Change = Change(None, None)
    told: str = ""


@dataclass(frozen=True, slots=True)
class Loosening:
    """Something that was made easier to pass: what, and how it read then and now."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of the gate for a run. `reasons` are sentences, the weightiest first."""

    state: State
    reasons: tuple[str, ...] = ()
    prompts: tuple[PromptVerdict, ...] = ()
    counts: Counts = field(default_factory=Counts)
    look: bool = False
    waived: tuple[Waived, ...] = ()
    loosened: tuple[Loosening, ...] = ()

    @property
    def stands_on_waivers(self) -> bool:
        """Say whether anything passes by a waiver alone."""
        return any(one.state is WaiverState.USED for one in self.waived)

    def with_history(self, history: Mapping[str, tuple[MonthRate, ...]]) -> Verdict:
        """Put the months before beside each prompt."""
        prompts = tuple(replace(prompt, history=history.get(prompt.id, ())) for prompt in self.prompts)
        return replace(self, prompts=prompts)

    def prompt(self, prompt_id: str) -> PromptVerdict | None:
        """Find a prompt's verdict by id."""
        return next((prompt for prompt in self.prompts if prompt.id == prompt_id), None)
