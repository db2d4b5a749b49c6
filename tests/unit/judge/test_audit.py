from __future__ import annotations

from datetime import date

import pytest

from pytest_goldenprompt.judge.audit import audit
from pytest_goldenprompt.model.audit import CaseHistory, Record, Recorded, Rule, Shelf
from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.model.upkeep import Listed, Period, Upkeep
from pytest_goldenprompt.model.waiver import Waiver

TODAY = date(2026, 11, 24)
CARED = Listed("p", "p.golden.yaml", owner="desk", reviewed="2026-11-01")
UPKEEP = Upkeep(tags=("lang:*", "smoke"), retired=("gpt-3.5-*",))


def facts(name="p", **more):
    more.setdefault("digest", f"prompt of {name}")
    more.setdefault("dataset_digest", f"dataset of {name}")
    return PromptFacts(name, f"{name}.golden.yaml", **more)


def recorded(*prompts, day="2026-11-05"):
    return Recorded(date.fromisoformat(day), {one.id: one for one in prompts or (facts(),)})


def cases(*records, tags=("smoke",), number=5, prompt="p"):
    return [CaseHistory(prompt, f"c{at}", tags, tuple(Record(one) for one in records)) for at in range(number)]


def found(upkeep=UPKEEP, **more):
    more.setdefault("listed", [CARED])
    more.setdefault("runs", [recorded()])
    return audit(Shelf(**more), upkeep, TODAY)


def one(rule, **more):
    [remark] = [remark for remark in found(**more) if remark.rule is rule]
    return remark


def test_a_library_that_is_looked_after_gets_no_remark():
    mixed = [*cases("passes", "both"), CaseHistory("p", "x", ("lang:de",) * 1, (Record.FAILS, Record.PASSES))]
    extra = [CaseHistory("p", f"d{at}", ("lang:de",), (Record.BOTH,)) for at in range(4)]
    assert found(cases=[*mixed, *extra]) == ()
    assert audit(Shelf(), Upkeep(), TODAY) == ()


def test_what_cannot_be_read_is_an_error_and_nothing_more_is_said_of_it():
    [remark] = found(
        listed=[Listed("p", "p.golden.yaml", error="p.golden.yaml:3: wrong")], cases=cases("fails", "fails")
    )
    assert (remark.severity, remark.rule) == (Severity.ERROR, Rule.UNREADABLE)
    assert "p.golden.yaml:3: wrong" in remark.what


@pytest.mark.parametrize(
    "more",
    [
        {"model": "gpt-3.5-turbo", "provider": "openai"},
        {"provider": "openai:gpt-3.5-turbo"},
        {"provider": "openai:alias", "served": ("gpt-4o", "gpt-3.5-turbo")},
    ],
)
def test_a_retired_model_is_found_as_it_was_asked_and_as_it_answered(more):
    remark = one(Rule.MODEL, runs=[recorded(facts(**more))])
    assert remark.severity is Severity.ERROR
    assert remark.what == "its last run used a retired model: gpt-3.5-turbo"
    assert found(runs=[recorded(facts(**more)), recorded(facts(provider="openai:gpt-4o"))]) == ()


def test_a_lapsed_waiver_is_told_to_its_own_owner():
    waiver = Waiver("p", "ben", "known", "2026-11-23", case="a")
    remark = one(Rule.WAIVER, waivers=[waiver])
    assert (remark.severity, remark.owner) == (Severity.ERROR, "ben")
    assert remark.what == "a waiver lapsed after 2026-11-23: p, case a (known)"
    assert found(waivers=[Waiver("p", "ben", "known", "2026-11-24")]) == ()


def test_cases_and_datasets_that_went_are_told():
    remark = one(Rule.LOST, lost={"p": ["a", "b"]})
    assert (remark.severity, remark.what) == (Severity.WARNING, "2 cases of the stored runs went: a, b")
    assert one(Rule.LOST, gone=["q"]).prompt == "q"
    assert one(Rule.LOST, lost={"p": list("abcdefg")}).what.endswith("a, b, c, d, e and 2 more")


def test_nobody_owns_a_prompt_that_neither_file_run_nor_policy_says_who_does():
    bare = Listed("p", "p.golden.yaml", reviewed="2026-11-01")
    assert one(Rule.OWNER, listed=[bare]).severity is Severity.WARNING
    assert found(listed=[bare], runs=[recorded(facts(owner="ada"))]) == ()
    assert found(Upkeep(owners={"*": "ada"}), listed=[bare]) == ()


@pytest.mark.parametrize(
    ("reviewed", "weight"),
    [(None, Severity.NOTE), ("2026-08-23", Severity.WARNING), ("2026-08-24", None), ("2026-11-24", None)],
)
def test_a_review_lasts_for_a_quarter(reviewed, weight):
    remarks = found(listed=[Listed("p", "", owner="desk", reviewed=reviewed)])
    assert [one.severity for one in remarks if one.rule is Rule.REVIEW] == ([weight] if weight else [])


def test_the_policy_says_how_long_a_review_lasts():
    assert one(Rule.REVIEW, upkeep=Upkeep(review=Period(days=7))).severity is Severity.WARNING


def test_a_dataset_is_stale_after_half_a_year_without_a_change():
    days = ["2026-01-05", "2026-03-05", "2026-05-05", "2026-11-05"]
    runs = [recorded(facts(dataset_digest="x" if day < "2026-03-01" else "y"), day=day) for day in days]
    assert one(Rule.STALE, runs=runs).what == "its golden dataset is the same since 2026-03-05 at least"
    assert found(runs=[recorded(day="2026-05-29"), recorded()]) == ()
    assert found(runs=[recorded(facts("q"), day="2026-01-05"), recorded()]) == ()


def test_tags_that_the_taxonomy_does_not_have_are_told_where_there_is_one():
    listed = [*cases("both"), *cases("both", tags=("product:x", "lang:de"))]
    assert one(Rule.TAGS, cases=listed).what == "tags that [taxonomy] does not have: product:x"
    assert found(Upkeep(), cases=listed) == ()


def test_thin_slices_and_cases_without_a_tag_are_noted():
    listed = [*cases("both"), *cases("both", tags=("lang:de",), number=4), *cases("both", tags=(), number=1)]
    thin, bare = [remark for remark in found(cases=listed) if remark.rule is Rule.SLICE]
    assert thin.what == "1 case of 10 without a tag: c0"
    assert bare.what == "tags with fewer than 5 cases, so that they are not judged by themselves: lang:de"
    assert found(cases=listed[:9], smallest_slice=4) == ()
    assert found(cases=cases("both", tags=())) == ()


def test_a_case_that_always_fails_and_a_dataset_that_never_does_tell_nothing():
    assert one(Rule.DEAD, cases=cases("fails", "fails", number=5)).severity is Severity.WARNING
    assert found(cases=cases("fails")) == ()
    assert found(cases=cases("fails", "both")) == ()
    assert (
        one(Rule.EASY, cases=cases("passes", "passes", "passes")).what
        == "none of its 5 cases failed in the last 3 runs"
    )
    assert found(cases=cases("passes", "passes")) == ()
    assert found(cases=[*cases("passes", "passes", "passes"), *cases("passes", "nothing", "passes")]) == ()


def test_prompts_and_datasets_that_are_there_twice_are_told_once():
    listed = [
        CARED,
        Listed("q", "", owner="desk", reviewed="2026-11-01"),
        Listed("r", "", owner="x", reviewed="2026-11-01"),
    ]
    twin = facts("q", digest="prompt of p")
    copied = facts("r", dataset_digest="dataset of p")
    remarks = found(listed=listed, runs=[recorded(facts(), twin, copied)])
    assert [(one.rule, one.prompt, one.what) for one in remarks] == [
        (Rule.TWIN, "p", "the same golden dataset as r"),
        (Rule.TWIN, "p", "the same prompt as q"),
    ]
    inline = [facts("p", digest="x", dataset_digest="x"), facts("q", digest="x", dataset_digest="x")]
    assert len(found(listed=listed, runs=[recorded(*inline)])) == 1
    in_code = [facts("p", digest=""), facts("q", digest="")]
    assert found(listed=listed, runs=[recorded(*in_code)]) == ()


def test_a_prompt_without_a_dataset_is_told():
    assert one(Rule.DATASET, bare=["q"]).prompt == "q"


def test_drafts_and_retired_datasets_are_left_in_peace():
    for status in (Status.DRAFT, Status.RETIRED):
        assert found(listed=[Listed("p", "", status)], cases=cases("fails", "fails", tags=("x",))) == ()


def test_the_weightiest_come_first():
    remarks = found(
        listed=[Listed("p", "")], waivers=[Waiver("p", "ben", "known", "2026-01-01")], cases=cases("fails", "fails")
    )
    assert [one.rule for one in remarks] == [Rule.WAIVER, Rule.OWNER, Rule.DEAD, Rule.REVIEW]
