"""Suspects are run again before anything is said of them: more repeats, added to those there are."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pytest_goldenprompt.engine.asking import case_job
from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.grade import Graded, grade, mark_copies
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.engine.waiting import wait
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.result import CaseResult


@dataclass(frozen=True, slots=True)
class Suspect:
    """A case that looked worse: how to ask again, and what it has shown so far; `judge` finds a judge's provider."""

    prompt: PlannedPrompt
    case: PlannedCase
    provider: Provider
    shown: CaseResult
    judge: Callable[[str], Provider]

    def job(self, repeats: int) -> Job:
        """Make the calls that bring the case to `repeats` observations; errors and copies so far are made up for."""
        start = len(self.shown.repeats)
        missing = max(0, repeats - len(self.shown.observed))
        return case_job(self.prompt, self.case, self.provider, range(start, start + missing), self.judge)


def confirm(
    suspects: Sequence[Suspect], repeats: int, limits: Limits, luck: random.Random, traffic: Traffic
) -> list[Graded]:
    """Top every suspect up to `repeats`, old and new repeats together; never the new ones alone.

    `traffic` holds what the run may still spend.
    """
    engine = Engine(limits, luck, traffic)
    jobs = [suspect.job(repeats) for suspect in suspects]
    try:
        engine.submit(jobs)
        answered = [wait(job.answers) for job in jobs]
        return [
            _together(suspect, grade(suspect.prompt, suspect.case, answers))
            for suspect, answers in zip(suspects, answered, strict=True)
        ]
    finally:
        engine.close()


def _together(suspect: Suspect, more: Graded) -> Graded:
    repeats = mark_copies([*suspect.shown.repeats, *more.result.repeats])
    return replace(more, result=replace(suspect.shown, repeats=tuple(repeats)))
