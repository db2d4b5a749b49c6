from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.grade import grade
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.evaluators import cost, latency
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.limits import Price
from pytest_goldenprompt.model.output import Origin, Output, Usage
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.result import Score


class Says:
    """Passes the text `yes`, and crashes over `crash`."""

    name, version = "says", "1"

    def evaluate(self, output, case):
        if output.text == "crash":
            raise ZeroDivisionError("by zero")
        return [Score("says", float(output.text == "yes"), output.text == "yes", "not yes")]


PROMPT = PlannedPrompt(PromptFacts("p", "p.golden.yaml"), None, ())


def graded(*answers):
    case = Case("a", tags=("t",), must_pass=True, line=7)
    return grade(PROMPT, PlannedCase(case, (Says(),), "d", ()), answers)


def answer(text, **about):
    return Answer(Output(text, **about), latency=0.5, attempts=2)


def test_a_case_keeps_what_defines_it_and_a_repeat_for_each_answer_in_order():
    result = graded(answer("yes", usage=Usage(1, 9)), answer("no"), answer("yes")).result
    assert (result.prompt_id, result.case_id, result.digest, result.line) == ("p", "a", "d", 7)
    assert (result.tags, result.must_pass, result.missing) == (("t",), True, "")
    assert [repeat.passed for repeat in result.repeats] == [True, False, True]
    assert [repeat.score for repeat in result.repeats] == [1.0, 0.0, 1.0]
    assert result.repeats[0].tokens == 9
    assert (result.repeats[0].latency, result.repeats[0].attempts) == (0.5, 2)


def test_a_repeat_tells_where_its_answer_came_from_and_answers_of_tool_calls_alone_are_told_apart():
    usage = Usage(10, 5, 4, 3)
    calls = [({"name": "refund", "arguments": {"order": number}},) for number in (7, 8)]
    found = graded(
        answer("", tool_calls=calls[0], usage=usage, model="m", finish_reason="tool_calls", fingerprint="fp"),
        answer("", tool_calls=calls[1]),
    )
    one, two = found.result.repeats
    assert (one.origin, two.origin) == (Origin("m", "tool_calls", "fp", usage), None)
    assert found.texts[one.output] == '{"arguments":{"order":7},"name":"refund"}'
    assert one.output != two.output


@pytest.mark.parametrize("error", ["HTTP 500: yes", "yes", "", None])
def test_no_case_is_graded_on_an_errors_text(error):
    found = graded(Answer(error=error, attempts=4))
    (repeat,) = found.result.repeats
    assert repeat.error == (error or "no answer")
    assert (repeat.passed, repeat.score, repeat.output, repeat.attempts) == (False, 0.0, None, 4)
    assert found.result.observed == ()
    assert found.texts == {}


def test_an_answer_whose_evaluator_crashes_is_no_grade_and_its_text_is_kept():
    found = graded(answer("crash"), answer("yes"))
    assert len(found.result.observed) == 1
    assert "ZeroDivisionError" in found.result.errors[0]
    assert found.texts[found.result.repeats[0].output] == "crash"


def test_texts_are_kept_once_by_their_digest():
    found = graded(answer("yes"), answer("no"), answer("yes"))
    assert sorted(found.texts.values()) == ["no", "yes"]
    assert [found.texts[repeat.output] for repeat in found.result.repeats] == ["yes", "no", "yes"]


def test_an_answer_that_was_given_twice_is_one_observation():
    answers = [answer("yes", response_id=given) for given in ("r1", "r2", "r1", "r1")]
    result = graded(*answers).result
    assert [repeat.copy for repeat in result.repeats] == [False, False, True, True]
    assert len(result.observed) == 2


@pytest.mark.parametrize("given", [None, ""])
def test_answers_without_an_id_of_their_own_are_no_copies(given):
    result = graded(*(answer("yes", response_id=given) for _ in range(3))).result
    assert len(result.observed) == 3


def test_an_answer_that_its_provider_vouches_for_is_the_same_one_each_time():
    sure = [answer("yes", deterministic=True) for _ in range(3)]
    assert [repeat.copy for repeat in graded(*sure).result.repeats] == [False, True, True]
    mixed = graded(answer("yes", deterministic=True), answer("yes"), answer("no", deterministic=True))
    assert len(mixed.result.observed) == 3


def test_who_answered_is_kept_sorted_and_once():
    found = graded(
        answer("yes", model="m-2", fingerprint="f"), answer("yes", model="m-1"), answer("no", model="m-2"), Answer()
    )
    assert (found.served, found.fingerprints, found.replayed) == (("m-1", "m-2"), ("f",), False)


def test_one_replayed_answer_makes_the_case_replayed():
    assert graded(answer("yes"), answer("yes", replayed=True)).replayed


def test_evaluators_learn_how_long_the_call_took_and_nothing_of_a_recorded_answers():
    took = PlannedCase(Case("a"), (latency.build(1),), "d", ())
    [live] = grade(PROMPT, took, [answer("yes")]).result.repeats
    [recorded] = grade(PROMPT, took, [answer("yes", replayed=True)]).result.repeats
    assert live.passed
    assert "nobody measured" in recorded.error


def test_evaluators_learn_what_the_call_cost_where_there_is_a_price_and_tokens_were_counted():
    bounded = PlannedCase(Case("a"), (cost.build(2),), "d", ())
    counted = answer("yes", usage=Usage(1_000_000, 500_000))
    priced = replace(PROMPT, price=Price(input=Decimal(1), output=Decimal(2)))
    [known] = grade(priced, bounded, [counted]).result.repeats
    assert known.passed
    for prompt, given in ((PROMPT, counted), (priced, answer("yes"))):
        [repeat] = grade(prompt, bounded, [given]).result.repeats
        assert "not known" in repeat.error
