"""Figures of prompts over stored runs, in windows of time, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: its name, whether more of it is better, and whether it is a share (0..1) or a number.

    A change below `least` is not worth an action: points of 0..1 for a share, else a part of the first figure.
    """

    name: str
    more_is_better: bool
    share: bool = False
    least: float = 0.0


PASS_RATE = Measure("pass rate", more_is_better=True, share=True, least=0.01)
FORM = Measure("format compliance", more_is_better=True, share=True, least=0.01)
TOKENS = Measure("output tokens", more_is_better=False, least=0.05)
LATENCY = Measure("latency", more_is_better=False, least=0.1)
WITHHELD = Measure("withheld answers", more_is_better=False, share=True, least=0.01)
COST = Measure("cost of a run", more_is_better=False, least=0.05)
WHOLE = "(whole run)"
"""Stands where a prompt's id would, for what is known of a run as a whole."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of a prompt on a day; `month` (YYYY-MM) is that of its run."""

    prompt: str
    measure: Measure
    day: date
    month: str
    value: float


class Drift(StrEnum):
    """What a series of figures shows."""

    WORSE = "worse"
    BETTER = "better"
    NONE = "no trend"
    FEW = "too few points"


@dataclass(frozen=True, slots=True)
class Point:
    """The mean of the figures of one window, named by its month or its last day."""

    window: str
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A measure of a prompt over windows, oldest first. `change` is the median slope times the windows between.

    `p` is the one-sided p-value of getting worse.
    """

    prompt: str
    measure: Measure
    points: tuple[Point, ...]
    drift: Drift
    p: float
    change: float
    owner: str | None = None
