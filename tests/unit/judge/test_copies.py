from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.copies import ENOUGH, LONG, counted_once, is_served_copies, once, surely
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.reading import read
from pytest_goldenprompt.model.result import Repeat
from unit.judge.records import POLICY, case, facts, run

WARM = facts(temperature=0.8)
TOLD = (
    "the provider returned the same text for every repeat at temperature 0.8: a cache or a fixed seed stands between; "
    "each case was counted once"
)


def said(case_id, *texts, passed=True, **more):
    """A case whose repeats gave these texts, by their names; None stands for a repeat without a text."""
    repeats = tuple(Repeat(float(passed), passed=passed, output=text) for text in texts)
    return case(case_id, repeats=repeats, **more)


def same(number, k=5, **more):
    return [said(f"c{place}", *[f"long-{place}"] * k, **more) for place in range(number)]


def lengths(*results, characters=LONG):
    return {repeat.output: characters for result in results for repeat in result.repeats if repeat.output}


def served(results, about=WARM, **more):
    return is_served_copies(about, results, lengths(*results, **more))


def test_long_answers_that_are_the_same_each_time_are_copies():
    assert served(same(ENOUGH))
    assert served(same(ENOUGH, k=2))


@pytest.mark.parametrize(
    ("results", "why"),
    [
        (same(ENOUGH - 1), "too few"),
        (same(ENOUGH, k=1), "one answer each"),
        ([*same(ENOUGH), said("x", "a", "b")], "one of them differs"),
        ([*same(ENOUGH), said("x", None, None)], "no text is known"),
        ([said(f"c{place}", "refused", "refused") for place in range(9)], "one text for everybody"),
        ([], "nothing"),
    ],
)
def test_anything_else_may_be_luck(results, why):
    assert not served(results), why


def test_short_answers_are_often_the_same_by_themselves():
    assert not served(same(50), characters=LONG - 1)


@pytest.mark.parametrize(
    "about", [facts(), facts(temperature=0.0), facts(temperature=0.8, deterministic=True)], ids=str
)
def test_where_no_luck_is_asked_for_the_same_answer_is_none(about):
    assert not served(same(9), about)


def test_errors_and_known_copies_are_no_answers():
    error, copy = Repeat(error="HTTP 500"), Repeat(1.0, passed=True, output="other", copy=True)
    results = [replace(one, repeats=(error, *one.repeats, copy)) for one in same(ENOUGH)]
    assert served(results)
    alone = [replace(one, repeats=(error, one.repeats[0], copy)) for one in same(ENOUGH)]
    assert not served(alone)


def test_each_case_of_the_prompt_counts_once_and_no_other_prompt_is_touched():
    short, other = said("short", "no", "no", passed=False), said("c", "long-0", "long-0", prompt="other")
    record = run(*same(ENOUGH), short, other, prompts=(WARM,))
    marked = counted_once(record, lengths(*same(ENOUGH)))
    assert [read(one).k for one in marked.cases] == [1, 1, 1, 1, 2]
    assert [[repeat.copy for repeat in one.repeats] for one in marked.cases[:2]] == [[False, *[True] * 4]] * 2
    assert {one.id: one.copied for one in marked.prompts} == {WARM.id: True, "other": False}
    assert counted_once(marked, lengths(*same(ENOUGH))).cases == marked.cases


def test_a_record_without_copies_is_left_as_it_is():
    record = run(*same(2), prompts=(WARM,))
    assert counted_once(record, {}) is record


def test_the_first_answer_counts_and_errors_stay_errors():
    error = Repeat(error="HTTP 500")
    marked = once(case("a", repeats=(error, *same(1)[0].repeats)))
    assert [repeat.copy for repeat in marked.repeats] == [False, False, True, True, True, True]
    assert once(case("a", repeats=(error,))).repeats == (error,)


def test_an_item_by_itself_counts_what_will_count_whatever_the_others_show():
    [alike] = same(1)
    assert read(surely(WARM, alike)).k == 1
    assert surely(facts(), alike) is alike
    assert surely(WARM, said("a", "x")) == said("a", "x")
    varied = said("a", "x", "y")
    assert surely(WARM, varied) is varied


@pytest.mark.parametrize(
    ("then", "now", "notes"),
    [(False, False, ()), (False, True, (TOLD,)), (True, False, (f"in the stored run {TOLD}",))],
)
def test_the_verdict_says_whose_repeats_were_copies(then, now, notes):
    before, after = (run(*same(5), prompts=(replace(WARM, copied=copied),)) for copied in (then, now))
    verdict = decide(References(before), after, POLICY)
    assert verdict.prompts[0].notes == notes
    assert decide(References(), after, POLICY).prompts[0].notes == ((TOLD,) if now else ())


def test_a_prompt_that_is_gone_has_its_note_from_then():
    before = run(*same(5), prompts=(replace(WARM, copied=True),))
    verdict = decide(References(before), run(case("a", prompt="other")), POLICY)
    assert verdict.prompt(WARM.id).notes == (f"in the stored run {TOLD}",)


def test_ten_copies_of_one_unlucky_answer_flag_nothing():
    """Without the rule, a case of ten identical failures is certain, and the cache's luck is the prompt's."""
    before = run(*same(30, k=10), said("x", *["long-x"] * 10), prompts=(WARM,))
    after = run(*same(30, k=10), said("x", *["long-y"] * 10, passed=False), prompts=(WARM,))
    assert decide(References(before), after, POLICY).state.value == "regressed"
    marked = [counted_once(one, lengths(*one.cases)) for one in (before, after)]
    assert decide(References(marked[0]), marked[1], POLICY).state.value in {"pass", "inconclusive"}
