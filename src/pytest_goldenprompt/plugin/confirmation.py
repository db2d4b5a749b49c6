"""Between the last item and the verdict: what looks worse is run again, on the controller, before it is flagged."""

from __future__ import annotations

import random
from collections.abc import Iterator

from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.confirm import Suspect, confirm
from pytest_goldenprompt.judge.anchor import anchor_policy
from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.recorder import Recorder


def confirm_suspects(library: Library, recorder: Recorder, record: RunRecord) -> int:
    """Top up the cases that look worse to the policy's `confirm_repeats`, and give the calls that took.

    Prompts without luck to test, and answers that can only be replayed, are left as they are.
    """
    chosen = list(_chosen(library, record))
    if not chosen:
        return 0
    settings, repeats = library.settings, library.policy.confirm_repeats
    limits = Limits(concurrency=settings.concurrency, timeout=settings.timeout)
    before = sum(len(suspect.shown.repeats) for suspect in chosen)
    after = 0
    for graded in confirm(chosen, repeats, limits, random.Random(0)):  # noqa: S311 - jitter of waits
        recorder.take_in(graded)
        after += len(graded.result.repeats)
    return after - before


def _chosen(library: Library, record: RunRecord) -> Iterator[Suspect]:
    reference, policy = library.reference, library.policy
    wanted = set(suspects(reference.baseline, record, policy))
    if reference.pinned is not None:
        wanted |= set(suspects(reference.pinned, record, anchor_policy(policy)))
    if not wanted:
        return
    facts = {one.id: one for one in record.prompts}
    shown = {(case.prompt_id, case.case_id): case for case in record.cases}
    library.renew_providers()
    for prompt_id, case_id in sorted(wanted):
        planned = library.plan(library.settings.root / facts[prompt_id].dataset)
        if planned is None or not library.can_confirm(planned):
            continue
        case = next(one for one in planned.cases if one.case.id == case_id)
        yield Suspect(planned, case, library.provider(planned.provider), shown[prompt_id, case_id])
