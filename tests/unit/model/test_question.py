from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.question import Judge, Question

JUDGE = Judge("local:/models/j.gguf", "m", {"seed": 3}, "abc")
QUESTION = Question(JUDGE, (Message("user", "Good?"),), 3)


def test_a_judge_is_named_without_folders_of_this_machine():
    assert JUDGE.asked == Asked("local:j.gguf", "m")
    elsewhere = replace(QUESTION, judge=replace(JUDGE, provider="local:/home/me/j.gguf"))
    assert elsewhere.digest() == QUESTION.digest()


@pytest.mark.parametrize("change", [{"provider": "echo"}, {"model": "n"}, {"parameters": {}}, {"identity": "x"}])
def test_another_judge_is_asked_another_question(change):
    assert replace(QUESTION, judge=replace(JUDGE, **change)).digest() != QUESTION.digest()


def test_other_words_are_another_question_and_votes_are_not():
    assert replace(QUESTION, messages=(Message("user", "Bad?"),)).digest() != QUESTION.digest()
    assert replace(QUESTION, votes=1).digest() == QUESTION.digest()


def test_each_vote_on_each_repeat_is_a_request_of_its_own_under_the_judges_name():
    asked = [QUESTION.request("p", "c", repeat, vote) for repeat in range(2) for vote in range(3)]
    assert [one.repeat for one in asked] == [0, 1, 2, 3, 4, 5]
    assert {(one.prompt_id, one.case_id, one.model) for one in asked} == {("p@judge-abc", "c", "m")}
    assert [one.sampling()["seed"] for one in asked] == [3, 4, 5, 6, 7, 8]
    assert len({one.digest() for one in asked}) == 1
