"""From a verdict to a word that a pipeline understands."""

from __future__ import annotations

from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import State, Verdict

EXIT_OF_STATE = {
    State.PASS: 0,
    State.NEW: 0,
    State.REGRESSED: 1,
    State.DRIFTED: 1,
    State.INCONCLUSIVE: 3,
    State.INCOMPLETE: 4,
    State.NO_BASELINE: 5,
    State.ERROR: 6,
}
"""Exit codes of `goldenprompt compare` and `verify`."""


def is_green(verdict: Verdict, policy: Policy, *, strict: bool, in_ci: bool) -> bool:
    """Say whether a run lets a deploy go on.

    A look (a run that a person narrowed on purpose) is green outside CI as long as it shows nothing worse; it is no
    gate and is never a baseline.
    """
    if verdict.state is State.PASS:
        return True
    worse = any(prompt.kinds and not prompt.draft for prompt in verdict.prompts)
    if verdict.state is State.NEW:
        return not worse
    if verdict.state is State.INCONCLUSIVE:
        return policy.inconclusive == "warn" and not strict
    if verdict.look and verdict.state is State.INCOMPLETE:
        return not (strict or in_ci or worse)
    return False
