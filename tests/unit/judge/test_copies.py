from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.copies import (
    ENOUGH,
    LONG,
    WARM,
    counted_once,
    is_served_copies,
    is_steady,
    once,
    surely,
)
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.reading import read
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import State
from unit.judge.records import POLICY, case, facts, run

ASKED = facts(temperature=0.8)
TOLD = (
    "the provider returned the same text for every repeat at temperature 0.8: a cache or a fixed seed stands between; "
    "each case was counted once"
)


def said(case_id, *texts, passed=True, **more):
    """A case whose repeats gave these texts, by their names; None stands for a repeat without a text."""
    repeats = tuple(Repeat(float(passed), passed=passed, output=text) for text in texts)
    return case(case_id, repeats=repeats, **more)


def same(number, k=5, text="long", **more):
    return [said(f"c{place}", *[f"{text}-{place}"] * k, **more) for place in range(number)]


def lengths(*results, characters=LONG):
    return {repeat.output: characters for result in results for repeat in result.repeats if repeat.output}


def served(results, about=ASKED, **more):
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


@pytest.mark.parametrize(("temperature", "sure"), [(None, False), (0.0, False), (WARM - 0.01, False), (0.8, True)])
def test_where_little_luck_is_asked_for_the_same_answer_is_none(temperature, sure):
    assert not served(same(9), facts(temperature=temperature, deterministic=sure))
    assert served(same(9), facts(temperature=WARM))


def test_errors_and_known_copies_are_no_answers():
    error, copy = Repeat(error="HTTP 500"), Repeat(1.0, passed=True, output="other", copy=True)
    results = [replace(one, repeats=(error, *one.repeats, copy)) for one in same(ENOUGH)]
    assert served(results)
    alone = [replace(one, repeats=(error, one.repeats[0], copy)) for one in same(ENOUGH)]
    assert not served(alone)


def test_each_case_of_the_prompt_counts_once_and_no_other_prompt_is_touched():
    short, other = said("short", "no", "no", passed=False), said("c", "long-0", "long-0", prompt="other")
    record = run(*same(ENOUGH), short, other, prompts=(ASKED,))
    marked = counted_once(record, lengths(*same(ENOUGH)))
    assert [read(one).k for one in marked.cases] == [1, 1, 1, 1, 2]
    assert [[repeat.copy for repeat in one.repeats] for one in marked.cases[:2]] == [[False, *[True] * 4]] * 2
    assert {one.id: one.copied for one in marked.prompts} == {ASKED.id: True, "other": False}
    assert counted_once(marked, lengths(*same(ENOUGH))).cases == marked.cases


def test_a_record_without_copies_is_left_as_it_is():
    record = run(*same(2), prompts=(ASKED,))
    assert counted_once(record, {}) is record


def test_the_first_answer_counts_and_errors_stay_errors():
    error = Repeat(error="HTTP 500")
    marked = once(case("a", repeats=(error, *same(1)[0].repeats)))
    assert [repeat.copy for repeat in marked.repeats] == [False, False, True, True, True, True]
    assert once(case("a", repeats=(error,))).repeats == (error,)


def test_an_item_by_itself_counts_what_will_count_whatever_the_others_show():
    [alike] = same(1)
    assert read(surely(ASKED, alike)).k == 1
    assert surely(facts(), alike) is alike
    assert surely(ASKED, said("a", "x")) == said("a", "x")
    varied = said("a", "x", "y")
    assert surely(ASKED, varied) is varied


@pytest.mark.parametrize(
    ("then", "now", "notes"),
    [(False, False, ()), (False, True, (TOLD,)), (True, False, (f"in the stored run {TOLD}",))],
)
def test_the_verdict_says_whose_repeats_were_copies(then, now, notes):
    before, after = (run(*same(5), prompts=(replace(ASKED, copied=copied),)) for copied in (then, now))
    verdict = decide(References(before), after, POLICY)
    assert verdict.prompts[0].notes == notes
    assert decide(References(), after, POLICY).prompts[0].notes == ((TOLD,) if now else ())


def test_a_prompt_that_is_gone_has_its_note_from_then():
    before = run(*same(5), prompts=(replace(ASKED, copied=True),))
    verdict = decide(References(before), run(case("a", prompt="other")), POLICY)
    assert verdict.prompt(ASKED.id).notes == (f"in the stored run {TOLD}",)


@pytest.mark.parametrize(
    ("then", "stored", "steady"),
    [
        (ASKED, same(4), True),
        (facts(), same(4, k=1), True),
        (None, same(4), True),
        (ASKED, [*same(3), *same(9, text="other")[3:]], True),
        (replace(ASKED, copied=True), same(4, text="other"), False),
        (ASKED, same(4, text="other"), True),
        (ASKED, same(4, k=1, text="other"), False),
        (ASKED, same(2, text="other"), False),
        (facts(temperature=0.1), same(4, text="other"), False),
        (ASKED, [*same(3, text="other"), said("c3", "x", "y")], False),
        (ASKED, [*same(2), *same(4, k=1, text="other")[2:]], False),
        (None, [], False),
    ],
)
def test_the_stored_run_tells_one_answer_to_a_case_from_one_draw_of_many(then, stored, steady):
    assert is_steady(same(4), then, stored) is steady


def test_what_the_stored_run_shows_to_be_steady_is_counted_in_full():
    now = run(*same(4), prompts=(ASKED,))
    texts = lengths(*now.cases)
    assert counted_once(now, texts, run(*same(4, k=1), prompts=(ASKED,))) is now
    other = run(*same(4, text="other"), prompts=(replace(ASKED, copied=True),))
    assert [read(one).k for one in counted_once(now, texts, other).cases] == [1] * 4
    assert [read(one).k for one in counted_once(now, texts, run(case("c0", prompt="other"))).cases] == [1] * 4


@pytest.fixture
def unlucky():
    """Thirty-one cases then and now, ten copies of one answer each; one case had luck then and has none now."""
    before = run(*same(30, k=10), said("x", *["long-x"] * 10), prompts=(ASKED,))
    after = run(*same(30, 10, "then"), said("x", *["long-y"] * 10, passed=False), prompts=(ASKED,))
    return [counted_once(one, lengths(*one.cases)) for one in (before, after)], (before, after)


def test_ten_copies_of_one_unlucky_answer_flag_nothing_and_pass_nothing(unlucky):
    """Taken for ten observations, the failure would be certain; taken for one, it would be next to nothing."""
    marked, plain = unlucky
    assert decide(References(plain[0]), plain[1], POLICY).state is State.REGRESSED
    wide = replace(POLICY, margin=0.5)
    for policy in (POLICY, wide):
        verdict = decide(References(marked[0]), marked[1], policy)
        assert verdict.state is State.INCONCLUSIVE
        assert verdict.prompts[0].needs == (
            "1 case that passed failed now by copies of one answer (x); switch off what hands them out, and run again"
        )


def test_copies_of_good_answers_may_pass(unlucky):
    (before, _), _ = unlucky
    after = run(*same(30, 10, "then"), said("x", *["long-y"] * 10), prompts=(ASKED,))
    marked = counted_once(after, lengths(*after.cases), before)
    assert marked.prompts[0].copied
    assert decide(References(before), marked, replace(POLICY, margin=0.5)).state is State.PASS
