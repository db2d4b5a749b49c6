"""What changed between two runs of a prompt, told from digests alone."""

from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.states import WORSE
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict

PYTHON_TEST = "pytest"
"""Who answers, in the facts of a prompt that a Python test stands for."""

EXPLAINED = {State.REGRESSED, State.DRIFTED, State.INCONCLUSIVE, State.INCOMPLETE}
NONE_OF_OURS = (
    "nothing of yours changed: same prompt, parameters, model name and evaluators; "
    "the model behind the name may have changed, or it is luck"
)


def with_causes(verdict: Verdict, baseline: RunRecord | None, current: RunRecord) -> Verdict:
    """Say for every prompt that is not well what differs from the stored run."""
    if baseline is None:
        return verdict
    before = {facts.id: facts for facts in baseline.prompts}
    now = {facts.id: facts for facts in current.prompts}
    return replace(verdict, prompts=tuple(_explained(prompt, before, now) for prompt in verdict.prompts))


def causes(before: PromptFacts, now: PromptFacts) -> tuple[str, ...]:
    """Name what differs between two runs of a prompt; one sentence where nothing that is recorded does."""
    found = [*_of_the_prompt(before, now), *_of_the_model(before, now)]
    if before.evaluators != now.evaluators:
        found.append(_changed_evaluators(before, now))
    if before.judges_served and now.judges_served and before.judges_served != now.judges_served:
        judged = (", ".join(facts.judges_served) for facts in (before, now))
        found.append("another model judged: {} before, {} now".format(*judged))
    if not found and before.provider != now.provider and not (before.replayed or now.replayed):
        found.append(f"the provider changed from {before.provider} to {now.provider}")
    if _differ(before.dataset_digest, now.dataset_digest):
        found.append(f"the dataset changed ({now.dataset})")
    return tuple(found) or (_unseen(now),)


def _of_the_prompt(before: PromptFacts, now: PromptFacts) -> list[str]:
    """Name what is asked otherwise."""
    found = []
    if _differ(before.digest, now.digest):
        what = "test's code" if now.provider == PYTHON_TEST else "prompt file"
        found.append(f"the {what} changed ({now.path or now.id})")
    if now.provider == before.provider == PYTHON_TEST and _differ(before.provider_version, now.provider_version):
        found.append("code behind the test changed: what it imports, or a conftest.py")
    if _differ(before.parameters_digest, now.parameters_digest):
        found.append("the sampling parameters changed")
    return found


def _of_the_model(before: PromptFacts, now: PromptFacts) -> list[str]:
    """Name what is another in who answers."""
    found = []
    if before.model != now.model:
        found.append(f"the model asked for changed from {before.model} to {now.model}")
    if before.served and now.served and before.served != now.served:
        found.append(f"another model answered: {', '.join(before.served)} before, {', '.join(now.served)} now")
    elif before.fingerprints and now.fingerprints and before.fingerprints != now.fingerprints:
        found.append("the provider's build of the model changed (its fingerprint differs)")
    return found


def _unseen(now: PromptFacts) -> str:
    """Say what may have changed where nothing that is recorded did; a team's own code is not recorded."""
    if now.provider == PYTHON_TEST:
        return "the test, the code behind it and the evaluators are the same; what else it asks is not recorded"
    if now.provider.partition(":")[0] in {"python", "command"}:
        return f"prompt, parameters and evaluators are the same; what {now.provider} does with them is not recorded"
    return NONE_OF_OURS


def _explained(prompt: PromptVerdict, before: dict[str, PromptFacts], now: dict[str, PromptFacts]) -> PromptVerdict:
    worse = WORSE & set(prompt.kinds)
    if prompt.state not in EXPLAINED or not worse or prompt.id not in before or prompt.id not in now:
        return prompt
    if not (before[prompt.id].digest and now[prompt.id].digest):
        return prompt
    return replace(prompt, cause=causes(before[prompt.id], now[prompt.id]))


def _changed_evaluators(before: PromptFacts, now: PromptFacts) -> str:
    changed = sorted(set(before.evaluators) ^ set(now.evaluators))
    return f"the evaluators changed, not like for like: {', '.join(changed)}"


def _differ(before: str, now: str) -> bool:
    return bool(before or now) and before != now
