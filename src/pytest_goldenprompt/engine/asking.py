"""A case's requests as a job, and what its judges are asked about each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.engine.waiting import wait
from pytest_goldenprompt.evaluators.evaluate import judges_asked, questions_of
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.output import Opinion, Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.question import Question


@dataclass(frozen=True, slots=True)
class Bench:
    """The judges of one case, and the providers that they are asked through, by name."""

    case: PlannedCase
    providers: Mapping[str, Provider]

    def jobs(self, request: Request, answer: Answer) -> Mapping[str, Job]:
        """Make the jobs of all that the judges must know of an answer to a request of the case."""
        if answer.output is None:
            return {}
        asked = questions_of(self.case.evaluators, answer.output, self.case.case)
        return {one.digest(): self._job(one, request) for one in asked}

    def _job(self, question: Question, about: Request) -> Job:
        votes = range(question.votes)
        requests = tuple(question.request(about.prompt_id, about.case_id, about.repeat, vote) for vote in votes)
        return Job(self.providers[question.judge.provider], requests, question.judge.asked)


def case_job(
    prompt: PlannedPrompt,
    planned: PlannedCase,
    provider: Provider,
    repeats: Iterable[int],
    judge: Callable[[str], Provider],
) -> Job:
    """Make the job of some repeats of a case; `judge` gives the provider of a judge by its name."""
    requests = tuple(prompt.request(planned, repeat) for repeat in repeats)
    names = {one.provider for one in judges_asked(planned.evaluators)}
    ask = Bench(planned, {name: judge(name) for name in names}).jobs if names else None
    return Job(provider, requests, prompt.asked, ask=ask)


def with_judges(planned: PlannedPrompt, judge: Callable[[str], Provider]) -> PlannedPrompt:
    """Note whether judges bring luck in where the answers have none; `judge` gives the provider of one by its name."""
    judges = {one.identity: one for one in planned.judges}
    asked = [(judge(one.provider), Question(one, ()).request("", "", 0, 0)) for one in judges.values()]
    sure = all(provider.is_deterministic(request) for provider, request in asked)
    facts = planned.facts
    return planned if sure else replace(planned, facts=replace(facts, deterministic=False))


def asked_about(engine: Engine, judged: Sequence[tuple[Bench, Output]], prompt_id: str) -> list[Output]:
    """Ask judges about outputs that are there already; `prompt_id` is the name under which they are asked."""
    answers = [Answer(output) for _, output in judged]
    names = [bench.case.case.id for bench, _ in judged]
    jobs = [
        bench.jobs(Request(prompt_id, name, 0, ()), answer)
        for (bench, _), name, answer in zip(judged, names, answers, strict=True)
    ]
    engine.submit([job for one in jobs for job in one.values()])
    heard = [{name: wait(job.answers) for name, job in one.items()} for one in jobs]
    return [
        replace(output, opinions=opinions_of(replace(answer, opinions=opinions)))
        for (_, output), answer, opinions in zip(judged, answers, heard, strict=True)
    ]


def opinions_of(answer: Answer) -> Mapping[str, tuple[Opinion, ...]]:
    """Give what judges said of an answer as evaluators read it."""
    return {name: tuple(_opinion(vote) for vote in votes) for name, votes in answer.opinions.items()}


def judges_in(answer: Answer) -> frozenset[str]:
    """Name the models that judged an answer, by their own word."""
    votes = [vote.output for votes in answer.opinions.values() for vote in votes]
    return frozenset(output.model for output in votes if output is not None and output.model)


def is_judged_surely(answer: Answer) -> bool:
    """Say whether judges would say the same of an answer each time; so they do where there are none."""
    votes = [vote.output for votes in answer.opinions.values() for vote in votes]
    return all(output is not None and output.deterministic for output in votes)


def is_unasked(planned: PlannedCase, answer: Answer) -> bool:
    """Say whether a judge was not called that an answer needs, as the run ended or the judge was out of service."""
    if not judges_asked(planned.evaluators):
        return False
    votes = [vote for votes in answer.opinions.values() for vote in votes]
    return not votes or any(vote.output is None and not vote.attempts for vote in votes)


def _opinion(vote: Answer) -> Opinion:
    if vote.output is None:
        return Opinion(error=vote.error or "no answer")
    return Opinion(vote.output.text)
