"""Between the last item and the verdict: what looks worse is run again, on the controller, before it is flagged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.confirm import Suspect, confirm
from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.judge.anchor import anchor_policy
from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.judge.waivers import in_force
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.recorder import Recorder
from pytest_goldenprompt.providers.python_test import NAME as PYTHON_TEST


def confirm_suspects(library: Library, recorder: Recorder, record: RunRecord) -> int:
    """Top up the cases that look worse to the policy's `confirm_repeats`, and give the calls that took.

    Prompts without luck to test, and answers that can only be replayed, are left as they are.
    """
    found = list(_chosen(library, record))
    chosen = [one for one in found if isinstance(one, Suspect)]
    tests = [one.shown for one in found if isinstance(one, SuspectTest)]
    lost = [one for one in found if isinstance(one, CaseResult)]
    for one in lost:
        recorder.take_in(Graded(one, {}))
    extra = _call_again(library, recorder, tests)
    if not chosen:
        return len(lost) + extra
    settings, repeats = library.settings, library.policy.confirm_repeats
    limits = Limits(concurrency=settings.concurrency, timeout=settings.timeout)
    before = sum(len(suspect.shown.repeats) for suspect in chosen)
    after = 0
    luck = random.Random(0)  # noqa: S311 - jitter of waits
    for graded in confirm(chosen, repeats, limits, luck, library.traffic):
        recorder.take_in(graded)
        after += len(graded.result.repeats)
    return after - before + extra


def _call_again(library: Library, recorder: Recorder, shown: list[CaseResult]) -> int:
    """Top up Python tests, and give the calls that took; one that is not found any more has no whole result."""
    left = {(one.prompt_id, one.case_id): one for one in shown}
    extra = 0
    for graded in library.tests.again(shown, library.policy.confirm_repeats) if library.tests and shown else ():
        before = left.pop((graded.result.prompt_id, graded.result.case_id))
        extra += len(graded.result.repeats) - len(before.repeats)
        recorder.take_in(graded)
    for one in left.values():
        recorder.take_in(Graded(_lost(one, "its test cannot be collected in this process, or changed meanwhile"), {}))
    return extra + len(left)


@dataclass(frozen=True, slots=True)
class SuspectTest:
    """A case of a Python test that looked worse, with what it has shown so far."""

    shown: CaseResult


def _chosen(library: Library, record: RunRecord) -> Iterator[Suspect | SuspectTest | CaseResult]:
    if not any(library.can_confirm(facts) for facts in record.prompts):
        return
    reference, policy = library.reference, library.policy
    waivers = in_force(policy.waivers, library.today)
    wanted = set(suspects(reference.baseline, record, policy, waivers))
    if reference.pinned is not None:
        wanted |= set(suspects(reference.pinned, record, anchor_policy(policy), waivers))
    if not wanted:
        return
    facts = {one.id: one for one in record.prompts}
    shown = {(case.prompt_id, case.case_id): case for case in record.cases}
    library.renew_providers()
    for prompt_id, case_id in sorted(wanted):
        if library.can_confirm(facts[prompt_id]) and not shown[prompt_id, case_id].carried:
            yield _suspect(library, facts[prompt_id], shown[prompt_id, case_id])


def _suspect(library: Library, facts: PromptFacts, shown: CaseResult) -> Suspect | SuspectTest | CaseResult:
    """Find how to ask a case again; where that cannot be found any more, the case says so and has no whole result."""
    if facts.provider == PYTHON_TEST:
        return SuspectTest(shown)
    planned = library.plan(library.settings.root / facts.dataset)
    case = next((one for one in planned.cases if one.case.id == shown.case_id), None) if planned else None
    try:
        if planned is not None and case is not None and case.digest == shown.digest:
            return Suspect(planned, case, library.provider(planned.provider), shown, library.judge)
        why = "its dataset cannot be read here, or changed meanwhile"
    except Exception as error:  # noqa: BLE001 - a provider's factory may raise anything; the suspect is not confirmed
        why = f"{type(error).__name__}: {error}"
    return _lost(shown, why)


def _lost(shown: CaseResult, why: str) -> CaseResult:
    lost = Repeat(error=f"looked worse and could not be run again: {why}")
    return replace(shown, repeats=(*shown.repeats, lost))
