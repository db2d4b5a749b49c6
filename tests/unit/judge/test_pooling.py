from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.judge.anchor import apart
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.pooling import pooled
from pytest_goldenprompt.judge.reading import read
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import State
from unit.judge.records import POLICY, STEADY, case, cases, facts, run

FINGERPRINT = {
    "digest": "d",
    "parameters_digest": "q",
    "provider": "openai:gpt",
    "model": "gpt",
    "served": ("gpt-2026",),
    "fingerprints": ("fp",),
    "evaluators": ("exact@1",),
    "judges_served": ("j-1",),
}
OTHER = {
    "digest": "e",
    "parameters_digest": "",
    "provider": "openai:other",
    "model": None,
    "served": ("gpt-2027",),
    "fingerprints": ("fp", "fp2"),
    "evaluators": ("exact@2",),
    "judges_served": ("j-2",),
}


def month(name, *results, prompts=None, **more):
    about = facts(**{**FINGERPRINT, **more})
    return replace(run(*results, prompts=(about,) if prompts is None else prompts), id=name, month=name)


def counts(record):
    return [(read(one).passes, read(one).k) for one in record.cases]


def test_repeats_of_months_with_one_fingerprint_are_joined_case_by_case():
    joined = pooled(
        month("2026-10", case("a", 5, 5), case("b", 4, 5), digest="d"),
        [month("2026-09", case("a", 5, 5), case("b", 5, 5)), month("2026-08", case("a", 4, 5), case("b", 5, 5))],
    )
    assert (joined.id, joined.month, joined.pooled) == ("2026-10", "2026-10", ("2026-09", "2026-08"))
    assert counts(joined) == [(14, 15), (14, 15)]
    assert [repeat.passed for repeat in joined.cases[1].repeats[:5]] == [True] * 4 + [False]


@pytest.mark.parametrize("field", FINGERPRINT)
def test_the_first_month_of_which_anything_recorded_differs_ends_it(field):
    newest, older = month("2026-10", *cases((5, 5), 5)), month("2026-08", *cases((5, 5), 5))
    differs = month("2026-09", *cases((5, 5), 5), **{field: OTHER[field]})
    assert pooled(newest, [differs, older]) is newest
    assert pooled(newest, [older, differs, older]).pooled == ("2026-08",)


@pytest.mark.parametrize("mark", ["deterministic", "replayed"])
@pytest.mark.parametrize("which", [0, 1])
def test_repeats_that_are_no_independent_looks_are_not_joined(mark, which):
    months = [month(name, *cases((5, 5), 5), **{mark: which == place}) for place, name in enumerate(("now", "then"))]
    assert pooled(months[0], months[1:]) is months[0]


def test_a_prompt_that_an_earlier_month_does_not_have_stands_alone():
    newest = month("2026-10", case("a"), case("a", prompt="new"))
    joined = pooled(newest, [month("2026-09", case("a"), case("x", prompt="old"))])
    assert counts(joined) == [(2, 2), (1, 1)]
    assert pooled(newest, [month("2026-09", case("a", prompt="other"), prompts=())]) is newest
    assert pooled(replace(newest, prompts=()), [month("2026-09", case("a"))]).pooled == ()


def test_a_case_is_joined_until_its_definition_differs_and_not_beyond():
    newest = month("2026-10", case("a"), case("b"), case("c"), case("d"))
    joined = pooled(
        newest,
        [
            month("2026-09", case("a"), case("b", digest="other"), case("c", repeats=()), case("x")),
            month("2026-08", *(case(name) for name in "abcd")),
        ],
    )
    assert counts(joined) == [(3, 3), (1, 1), (1, 1), (1, 1)]
    assert joined.pooled == ("2026-09", "2026-08")


def test_errors_and_copies_of_earlier_months_are_left_out():
    seen, copy, error = Repeat(1.0, passed=True), Repeat(1.0, passed=True, copy=True), Repeat(error="HTTP 500")
    earlier = month("2026-09", case("a", repeats=(error, seen, copy)))
    assert pooled(month("2026-10", case("a")), [earlier]).cases[0].repeats[1:] == (seen,)


def test_a_month_that_nothing_can_be_joined_of_is_not_named():
    newest = month("2026-10", case("a", repeats=()))
    assert pooled(newest, [month("2026-09", case("a"))]) is newest
    assert pooled(newest, []) is newest


def test_a_month_from_before_an_improvement_is_not_joined():
    better, worse = month("2026-10", *cases((10,) * 30)), month("2026-09", *cases((8,) * 30))
    assert pooled(better, [worse]) is better
    assert pooled(worse, [better]).pooled == ("2026-10",)


def test_a_month_from_before_one_case_was_mended_is_not_joined():
    passes = list(STEADY)
    passes[0] = 1
    assert pooled(month("2026-10", *cases(STEADY)), [month("2026-09", *cases(passes))]).pooled == ()


def test_luck_alone_does_not_keep_a_month_apart():
    flaky = [9 if place % 3 else 8 for place in range(40)]
    assert pooled(month("2026-10", *cases(flaky)), [month("2026-09", *cases(flaky[::-1]))]).pooled == ("2026-09",)


def test_a_small_dataset_is_settled_by_more_months():
    """Six cases with three repeats a month leave a lost case open; with four months of them it is found."""
    months = [month(f"2026-{name:02}", *cases((3,) * 6, 3)) for name in (10, 9, 8, 7)]
    now = month("2026-11", case("c000", 0, 3), *cases((3,) * 6, 3)[1:])
    assert judge(months[0], now, POLICY).state is State.INCONCLUSIVE
    assert judge(pooled(months[0], months[1:]), now, POLICY).state is State.REGRESSED


FALLS = st.lists(st.integers(0, 2), min_size=10, max_size=40)


@given(FALLS, st.integers(1, 3))
def test_a_slide_is_seen_no_later_for_pooling(falls, number):
    """Months that fall by what is drawn: against the pooled baseline the drop is never smaller."""
    slide = [month(f"2026-{10 - step:02}", *cases([10 - fall * (4 - step) for fall in falls])) for step in range(5)]
    now, newest, *earlier = (replace(one, cases=tuple(sorted(one.cases, key=repr))) for one in slide)
    joined = pooled(newest, earlier[:number])
    alone, together = (judge(one, now, POLICY).prompts[0].drop for one in (newest, joined))
    assert together >= alone - 1e-12
    if judge(newest, now, POLICY).state is State.REGRESSED:
        assert judge(joined, now, POLICY).state is State.REGRESSED


def test_the_anchor_has_its_own_say_where_the_same_run_was_joined_with_others():
    newest, earlier = month("2026-10", case("a")), month("2026-09", case("a"))
    assert apart(newest, newest) is None
    assert apart(pooled(newest, [earlier]), newest) is newest
    assert apart(newest, earlier) is earlier
    assert apart(None, newest) is None
    assert apart(newest, None) is None
