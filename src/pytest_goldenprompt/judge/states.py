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

BAR = "bar"
"""The kind of a prompt without history that is under its own `min_pass_rate`."""


def standing(prompt: PromptVerdict) -> State:
    """Give a prompt's state as it weighs in a run's: a new prompt under its bar fails the run, as REGRESSED does."""
    return State.REGRESSED if prompt.state is State.NEW and BAR in prompt.kinds else prompt.state


def rank(prompt: PromptVerdict) -> int:
    """Give how bad a prompt's state is."""
    return RANK[standing(prompt)]


def worst(states: Iterable[State]) -> State:
    """Give the worst of some states: PASS before NEW where none is bad, and NEW only where all are."""
    found = sorted(states, key=lambda state: (RANK[state], state is State.PASS))
    return found[-1]
