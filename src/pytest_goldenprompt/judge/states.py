"""The order of states: which one speaks for a run."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_goldenprompt.model.verdict import PromptVerdict, State

RANK = {
    State.PASS: 0,
    State.NEW: 0,
    State.INCONCLUSIVE: 1,
    State.NO_BASELINE: 2,
    State.DRIFTED: 3,
    State.REGRESSED: 4,
    State.INCOMPLETE: 5,
    State.ERROR: 6,
}
"""Greater is worse.

INCOMPLETE is over REGRESSED since what is missing may be worse than what was seen; the regressions stay named.
"""

WORSE = {"mean", "slice", "case"}
"""Kinds that say that a prompt got worse; what is missing or removed is not known to be."""

BAR = "bar"
"""The kind of a prompt without history that is under its own `min_pass_rate`."""

WAIVER = "waiver"
"""The kind of a prompt with a waiver that lapsed, or that accepts less than was lost."""


def standing(prompt: PromptVerdict) -> State:
    """Give a prompt's state as it weighs in a run's.

    One under its bar, or with a waiver that does not hold, fails the run as REGRESSED does.
    """
    fails = (prompt.state is State.NEW and BAR in prompt.kinds) or WAIVER in prompt.kinds
    return worst([prompt.state, State.REGRESSED]) if fails else prompt.state


def rank(prompt: PromptVerdict) -> int:
    """Give how bad a prompt's state is."""
    return RANK[standing(prompt)]


def worst(states: Iterable[State]) -> State:
    """Give the worst of some states: PASS before NEW where none is bad, and NEW only where all are."""
    found = sorted(states, key=lambda state: (RANK[state], state is State.PASS))
    return found[-1]
