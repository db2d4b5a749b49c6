"""What judges are asked goes through all that bounds a run, and an answer is settled whatever comes of it."""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from pytest_goldenprompt.engine.asking import case_job
from pytest_goldenprompt.engine.attempt import Answer, Limits
from pytest_goldenprompt.engine.grade import grade
from pytest_goldenprompt.engine.journal import Journal
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.engine.unfinished import is_finished
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.evaluators import judge
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.limits import Asked, Caps, Price, Terms
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.record import PromptFacts, RunRecord

SOON = 10.0
KIND = {"rubric": "Is it kind?", "choices": {"kind": 1, "rude": 0}, "provider": "openai:j", "votes": 3}


@dataclass
class Model:
    """A blocking provider; what it is asked is kept."""

    says: object = "hello"
    max_concurrency: int | None = None
    deterministic: bool = False
    asked: list = field(default_factory=list)
    closed: int = 0

    def is_deterministic(self, request):
        return self.deterministic

    def complete(self, request):
        self.asked.append(request)
        said = self.says(request) if callable(self.says) else self.says
        usage = Usage(10, 10)
        return Output(said, usage=usage, model="j-2", deterministic=self.deterministic)

    def close(self):
        self.closed += 1


def verdict(choice="kind"):
    def say(request):
        code = re.search(r"Your code is (\w+)", request.messages[0].content)[1]
        return f"Well.\nVERDICT {code}: {choice}"

    return say


def planned(settings=KIND, **about):
    case = PlannedCase(Case("a", {"text": "hi"}), (judge.build(settings),), "d", ())
    return PlannedPrompt(PromptFacts("p", "p.golden.yaml", provider="openai:m"), None, (case,), "openai:m", **about)


@pytest.fixture
def run():
    engines = []

    def make(model, judging, repeats=1, traffic=None, prompt=None, **limits):
        prompt = prompt or planned()
        engines.append(Engine(Limits(first_wait=0.001, **limits), random.Random(0), traffic))
        job = case_job(prompt, prompt.cases[0], model, range(repeats), {"openai:j": judging}.__getitem__)
        engines[-1].submit([job])
        return job.answers.result(SOON)

    yield make
    for engine in engines:
        engine.close(1.0)


def result(answers, prompt=None):
    prompt = prompt or planned()
    return grade(prompt, prompt.cases[0], answers)


def test_each_answer_is_judged_anew_with_all_votes_and_both_models_are_named(run):
    model, judging = Model(), Model(verdict())
    answers = run(model, judging, repeats=2)
    graded = result(answers)
    assert [repeat.score for repeat in graded.result.repeats] == [1.0, 1.0]
    assert (graded.judges, [one.calls for one in answers]) == (("j-2",), [4, 4])
    assert sorted(one.repeat for one in judging.asked) == [0, 1, 2, 3, 4, 5]
    assert {one.case_id for one in judging.asked} == {"a"}
    assert all(one.prompt_id.startswith("p@judge-") for one in judging.asked)


def test_an_error_is_not_judged(run):
    def fail(request):
        raise ProviderError("no")

    judging = Model(verdict())
    [repeat] = result(run(Model(fail), judging)).result.repeats
    assert (repeat.error, repeat.unjudged, judging.asked) == ("no", False, [])


def test_a_judge_that_fails_is_an_error_of_the_case_and_no_score(run):
    def fail(request):
        raise ProviderError("openai answered 400")

    [repeat] = result(run(Model(), Model(fail))).result.repeats
    assert repeat.error == "judge gave no verdict (3 of 3 votes): openai answered 400"
    assert (repeat.passed, repeat.unjudged, repeat.output is None) == (False, False, False)


def test_judges_calls_count_against_the_limit_and_what_was_not_called_is_left_to_another_run(run):
    traffic = Traffic(purse=Purse(Terms(), Caps(calls=3)))
    prompt, judging = planned(), Model(verdict())
    [answer] = run(Model(), judging, traffic=traffic)
    [repeat] = result([answer]).result.repeats
    assert (traffic.purse.calls, len(judging.asked)) == (3, 2)
    # Two votes for the same choice decide, whatever the third would have said.
    assert (repeat.error, repeat.passed) == (None, True)
    [answer] = run(Model(), judging, traffic=Traffic(purse=Purse(Terms(), Caps(calls=2))))
    case = result([answer]).result
    assert "not called: the limit of 2 calls is reached" in case.repeats[0].error
    assert case.repeats[0].unjudged
    assert not is_finished(RunRecord("r", prompts=(prompt.facts,), cases=(case,)))


def test_judges_are_paid_from_the_runs_budget_under_their_own_name(run):
    prices = {"openai:m": Price(Decimal(1), Decimal(1)), "openai:j": Price(Decimal(100), Decimal(100))}
    traffic = Traffic(Terms(prices=prices), Purse(Terms(prices=prices), Caps()))
    run(Model(), Model(verdict()), traffic=traffic)
    spent = {name: (spend.calls, spend.amount) for name, spend in traffic.purse.spent.items()}
    assert spent == {"openai:m": (1, Decimal("0.00002")), "openai:j": (3, Decimal("0.006"))}


def test_what_a_judge_said_is_in_the_journal_so_that_a_run_that_was_killed_does_not_pay_again(run, tmp_path):
    traffic = Traffic()
    traffic.journal = Journal(tmp_path / "main.jsonl")
    run(Model(), Model(verdict()), repeats=2, traffic=traffic)
    traffic.journal.close()
    again = Traffic()
    again.journal = Journal(tmp_path / "again.jsonl", [tmp_path / "main.jsonl"])
    model, judging = Model(), Model(verdict("rude"))
    graded = result(run(model, judging, repeats=3, traffic=again))
    assert [repeat.passed for repeat in graded.result.repeats] == [True, True, False]
    assert (len(model.asked), len(judging.asked), again.purse.calls) == (1, 3, 12)


def test_a_judge_that_is_down_is_an_outage_and_the_answers_are_kept(run):
    def fail(request):
        raise ProviderError("openai answered 503", transient=True, status=503)

    answers = run(Model(), Model(fail), repeats=8, outage=0.05, retries=1)
    graded = result(answers)
    assert all("gave no verdict" in repeat.error for repeat in graded.result.repeats)
    assert all(repeat.output for repeat in graded.result.repeats)


def test_the_end_of_a_run_settles_what_waits_for_a_judge():
    begun, free = threading.Event(), threading.Event()

    def hang(request):
        begun.set()
        free.wait(SOON)
        return "too late"

    prompt = planned()
    engine = Engine(Limits(), random.Random(0))
    job = case_job(prompt, prompt.cases[0], Model(), range(1), {"openai:j": Model(hang)}.__getitem__)
    engine.submit([job])
    assert begun.wait(SOON)
    engine.close(0.2)
    [answer] = job.answers.result(SOON)
    free.set()
    assert answer.output.text == "hello"
    [repeat] = result([answer]).result.repeats
    assert "judge" in repeat.error
    assert not repeat.passed


def test_the_deadline_cuts_judges_short_too(run):
    traffic = Traffic(purse=Purse(Terms(), Caps(seconds=0.2)), deadline=time.monotonic() + 0.2)
    free = threading.Event()
    [answer] = run(Model(), Model(lambda _: free.wait(SOON) and ""), traffic=traffic)
    free.set()
    assert "the deadline of 0.2 s has passed" in result([answer]).result.repeats[0].error


@pytest.mark.parametrize(("sure", "copies"), [(True, [False, True]), (False, [False, False])])
def test_repeats_that_judges_look_at_anew_are_no_copies_unless_they_are_sure_too(run, sure, copies):
    answers = run(Model(deterministic=True), Model(verdict(), deterministic=sure), repeats=2)
    assert [repeat.copy for repeat in result(answers).result.repeats] == copies


def test_an_answer_that_was_never_asked_about_is_unjudged():
    [repeat] = result([Answer(Output("hello"))]).result.repeats
    assert (repeat.error, repeat.unjudged) == ("judge: the judge was not asked", True)


def test_a_prompt_knows_its_judges():
    prompt = planned()
    assert [one.asked for one in prompt.judges] == [Asked("openai:j")]
    assert replace(prompt, cases=()).judges == ()
