from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators import similarity
from pytest_goldenprompt.evaluators.evaluate import check_case, judge_output, judges_asked, questions_of
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Opinion, Output

GIVEN = {"by": "meaning", "threshold": 0.8, "provider": "embeddings:e1"}
CASE = Case("c", {}, " It comes on Monday. ")


def judged(text, said, case=CASE, **change):
    evaluators = [similarity.build({**GIVEN, **change})]
    output = Output(text)
    opinions = {one.digest(): (said,) for one in questions_of(evaluators, output, case)}
    return judge_output(evaluators, replace(output, opinions=opinions), case)


@pytest.mark.parametrize(
    ("said", "score"), [("0.93", 0.93), ("0.8", 0.8), ("0.7", 0.7), ("-0.4", 0.0), ("1.0000001", 1.0)]
)
def test_what_the_model_says_is_the_score(said, score):
    repeat = judged("Monday it is.", Opinion(said))
    assert (repeat.score, repeat.passed, repeat.error) == (score, score >= 0.8, None)
    assert bool(repeat.reasons) is not repeat.passed


@pytest.mark.parametrize("said", [Opinion(error="openai answered 503"), Opinion("near"), Opinion("nan"), Opinion("")])
def test_without_a_number_there_is_no_score(said):
    repeat = judged("Monday it is.", said)
    assert repeat.error.startswith("similarity: ")
    assert not repeat.passed
    unasked = judge_output([similarity.build(GIVEN)], Output("Monday"), CASE)
    assert unasked.error == "similarity: the model was not asked"


def test_both_texts_are_asked_about_at_once_and_can_be_sent():
    [asked] = questions_of([similarity.build(GIVEN)], Output(" On Monday\ud800. "), CASE)
    assert [turn.content for turn in asked.messages] == ["It comes on Monday.", "On Monday\ufffd."]
    [other] = questions_of([similarity.build({**GIVEN, "value": "No."})], Output("x"), CASE)
    assert other.messages[0].content == "No."
    assert [one.provider for one in judges_asked([similarity.build(GIVEN)])] == ["embeddings:e1"]


@pytest.mark.parametrize("text", ["  ", "a" * 100_001])
def test_what_cannot_be_sent_is_not_asked_about_and_fails(text):
    repeat = judged(text, Opinion("1"))
    assert (repeat.passed, repeat.error) == (False, None)
    assert questions_of([similarity.build(GIVEN)], Output(text), CASE) == ()


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.characters(exclude_categories=())), said=st.text(max_size=9) | st.floats().map(str))
def test_whatever_is_answered_and_said_is_a_score_in_bounds_or_none(text, said):
    repeat = judged(text, Opinion(said))
    assert 0 <= repeat.score <= 1
    assert repeat == judged(text, Opinion(said))


def test_another_model_is_another_version():
    assert similarity.build(GIVEN).version != similarity.build({**GIVEN, "provider": "embeddings:e2"}).version


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"provider": None}, "`provider` of `similarity`"),
        ({"threshold": None}, "`threshold` of `similarity`"),
        ({"threshold": 2}, "each model has its own scale"),
        ({"by": "words"}, "`provider` of `similarity` goes with `by: meaning`"),
        ({"by": "meanings"}, "did you mean `meaning`"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(change, words):
    given_settings = {name: value for name, value in {**GIVEN, **change}.items() if value is not None}
    with pytest.raises(InputError, match=re.escape(words)):
        similarity.build(given_settings)


def test_a_case_without_a_text_is_refused():
    with pytest.raises(InputError, match="needs a text to compare with"):
        check_case([similarity.build(GIVEN)], Case("d"))
