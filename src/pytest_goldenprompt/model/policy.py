"""What a library sets in goldenprompt.toml: the gate's levels, and waivers."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Policy:
    """Levels of the gate, and what is waived. Rates and shares are 0..1, drops are points of 0..1, repeats are counts.

    alpha: share of unchanged runs that may be flagged. case_fdr: share of wrongly named cases among the named.
    margin: greatest drop that still counts as not worse. The weights divide alpha among the three tests of a prompt.
    pool_months: accepted months that make one baseline. max_age_hours: how long a run's verdict lets a deploy go on.
    """

    alpha: float = 0.05
    case_fdr: float = 0.10
    margin: float = 0.05
    weight_mean: float = 0.4
    weight_slice: float = 0.2
    weight_case: float = 0.4
    suspect_prompt: float = 0.10
    suspect_case: float = 0.02
    baseline_repeats: int = 10
    repeats: int = 1
    confirm_repeats: int = 10
    anchor_share: float = 1 / 12
    smallest_slice: int = 5
    phi_floor: float = 1.25
    inconclusive: str = "warn"
    pool_months: int = 1
    max_age_hours: int = 24
    waivers: tuple[Waiver, ...] = ()

    def levels(self) -> dict[str, JSON]:
        """Give the levels by name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "waivers"}

    def plain(self) -> dict[str, JSON]:
        """Give all of it as plain data, as a run's record keeps it."""
        return {**self.levels(), "waivers": [waiver.plain() for waiver in self.waivers]}
