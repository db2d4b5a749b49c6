from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators import choice, exact, json_structure
from pytest_goldenprompt.evaluators.evaluate import check_case, definition_digest, judge_output
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.result import Kind, Score
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of

CASE = Case("c", {"a": 1}, "yes")


@dataclass
class Fixed:
    scores: object
    name: str = "fixed"
    version: str = "1"

    def evaluate(self, output, case):
        if isinstance(self.scores, Exception):
            raise self.scores
        return self.scores


def score(value, passed, **fields):
    return Score("fixed", value, passed, **fields)


def test_a_repeat_has_the_lowest_score_and_passes_only_if_all_pass():
    evaluators = [Fixed([score(0.9, True)]), Fixed([score(0.4, False, reason="too curt"), score(0.6, True)])]
    repeat = judge_output(evaluators, Output("hm", usage=Usage(output_tokens=7), response_id="r1"), CASE)
    assert (repeat.score, repeat.passed, repeat.error) == (0.4, False, None)
    assert repeat.reasons == ("fixed: too curt",)
    assert (repeat.tokens, repeat.response_id) == (7, "r1")
    assert repeat.output == digest_of("hm", SHORT_DIGEST_LENGTH)
    assert repeat.format_ok is None


def test_a_score_that_does_not_count_changes_the_form_alone():
    tracked = score(0.0, False, kind=Kind.FORMAT, counts=False)
    repeat = judge_output([Fixed([score(1.0, True), tracked])], Output("x"), CASE)
    assert (repeat.score, repeat.passed, repeat.format_ok, repeat.reasons) == (1.0, True, False, ())


def test_content_right_and_form_wrong_can_be_told_from_a_repeat():
    repeat = judge_output([json_structure.build(None)], Output('```\n{"a": 1}\n```'), replace(CASE, expected={"a": 1}))
    assert (repeat.passed, repeat.format_ok) == (False, False)
    assert [reason.startswith("json: not JSON as a whole") for reason in repeat.reasons] == [True]


@pytest.mark.parametrize(
    "crash",
    [
        ValueError("odd"),
        InputError("cannot be judged"),
        [Score("fixed", 1.5, True)],
        [Score("fixed", float("nan"), True)],
        ["yes"],
        None,
        RecursionError(),
    ],
)
def test_a_crash_is_an_error_of_the_repeat_and_never_a_pass(crash):
    repeat = judge_output([exact.build(None), Fixed(crash)], Output("yes"), CASE)
    assert repeat.error.startswith("evaluator fixed crashed: ")
    assert not repeat.passed
    assert len(repeat.error) < 300


def test_an_exception_whose_text_cannot_be_made_is_a_crash_too():
    class OddError(Exception):
        def __str__(self):
            raise ValueError

    assert "Odd" in judge_output([Fixed(OddError())], Output("x"), CASE).error


@pytest.mark.parametrize("scores", [[], [Score("fixed", 1.0, True, counts=False)]])
def test_an_output_that_nothing_checked_is_an_error_and_never_a_pass(scores):
    for evaluators in ([], [Fixed(scores)]):
        repeat = judge_output(evaluators, Output("x"), CASE)
        assert "nothing was checked" in repeat.error
        assert not repeat.passed


def test_any_text_has_a_digest():
    assert judge_output([exact.build(None)], Output("\ud800\x00"), CASE).output


def test_cases_can_be_refused_before_any_call():
    check_case([Fixed([]), exact.build(None), choice.build(["yes", "no"])], CASE)
    with pytest.raises(InputError, match="none of the labels"):
        check_case([choice.build(["a", "b"])], CASE)


def test_the_digest_follows_whatever_defines_a_case_and_nothing_else():
    spec, evaluator = EvaluatorSpec("exact", {"strip": True}, line=3), Fixed([])

    def digest(case=CASE, spec=spec, version="1"):
        return definition_digest(case, [spec], [replace(evaluator, version=version)])

    same = [
        digest(),
        digest(replace(CASE, line=9, tags=("x",), must_pass=True, id="renamed")),
        digest(spec=replace(spec, line=8)),
    ]
    other = [
        digest(replace(CASE, inputs={"a": 2})),
        digest(replace(CASE, expected="no")),
        digest(replace(CASE, messages=(Message("user", "hi"),))),
        digest(spec=EvaluatorSpec("exact", {"strip": False})),
        digest(spec=EvaluatorSpec("contains", {"strip": True})),
        digest(version="2"),
    ]
    assert len(set(same)) == 1
    assert len({same[0], *other}) == 1 + len(other)
