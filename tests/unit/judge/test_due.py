from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.judge.due import dues, later, of_the_last, ran
from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.upkeep import Coverage, Listed, Period, Upkeep

MONTH = Period(months=1)
UPKEEP = Upkeep()


def record(run_id="r1", *prompts, started="2026-10-05T04:17:00Z", month="2026-10", **more):
    facts = tuple(one if isinstance(one, PromptFacts) else PromptFacts(one, f"{one}.golden.yaml") for one in prompts)
    return RunRecord(run_id, month=month, started=started, prompts=facts, **more)


def runs(*records):
    return [one for one in map(ran, records) if one is not None]


@pytest.mark.parametrize(
    ("day", "period", "then"),
    [
        ("2026-10-05", MONTH, "2026-11-05"),
        ("2026-12-31", MONTH, "2027-01-31"),
        ("2026-01-31", MONTH, "2026-02-28"),
        ("2028-01-31", MONTH, "2028-02-29"),
        ("2026-11-30", Period(months=3), "2027-02-28"),
        ("2026-12-28", Period(days=7), "2027-01-04"),
    ],
)
def test_a_period_ends_on_the_same_day_of_the_month_or_its_last(day, period, then):
    assert later(date.fromisoformat(day), period) == date.fromisoformat(then)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 24))
def test_months_later_is_never_in_another_month_than_that(day, months):
    then = later(day, Period(months=months))
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then + timedelta(days=1)).day == 1


def test_each_prompt_has_its_own_day():
    upkeep = Upkeep(prompts={"weekly/*": Period(days=7)})
    listed = [Listed(name, "", owner="ada") for name in ("weekly/one", "monthly")]
    found = dues(listed, runs(record("r1", "monthly", "weekly/one")), upkeep, date(2026, 10, 14))
    assert [(one.id, one.due, one.days) for one in found.prompts] == [
        ("monthly", date(2026, 11, 5), 22),
        ("weekly/one", date(2026, 10, 12), -2),
    ]
    assert (found.run, found.last) == ("r1", date(2026, 10, 5))


def test_the_day_itself_is_not_too_late():
    listed, done = [Listed("p", "")], runs(record("r1", "p"))
    assert dues(listed, done, UPKEEP, date(2026, 11, 5)).is_fine
    assert not dues(listed, done, UPKEEP, date(2026, 11, 6)).is_fine


def test_what_the_last_run_left_out_is_told_apart():
    listed = [
        Listed("there", ""),
        Listed("gone", ""),
        Listed("new", ""),
        Listed("bad", "", error="bad.golden.yaml:3: wrong"),
        Listed("draft", "", Status.DRAFT),
        Listed("retired", "", Status.RETIRED),
    ]
    done = runs(
        record("r1", "there", "gone", "draft", started="2026-09-05T00:00:00Z", month="2026-09"), record("r2", "there")
    )
    found = {one.id: one for one in dues(listed, done, UPKEEP, date(2026, 10, 6)).prompts}
    assert {name: one.coverage for name, one in found.items()} == {
        "there": Coverage.COVERED,
        "gone": Coverage.MISSING,
        "new": Coverage.NEVER,
        "bad": Coverage.UNREADABLE,
        "draft": Coverage.DRAFT,
        "retired": Coverage.RETIRED,
    }
    assert found["gone"].days == -1
    assert found["draft"].days is None
    assert found["bad"].error == "bad.golden.yaml:3: wrong"


def test_the_owner_is_the_files_then_the_runs_then_the_policys():
    done = runs(record("r1", PromptFacts("a", "", owner="run"), PromptFacts("b", "", owner="run"), "c"))
    listed = [Listed("a", "", owner="file"), Listed("b", ""), Listed("c", "")]
    found = dues(listed, done, Upkeep(owners={"*": "policy"}), date(2026, 10, 6))
    assert [one.owner for one in found.prompts] == ["file", "run", "policy"]


def test_prompts_that_could_not_be_read_or_are_retired_took_no_part():
    made = ran(record("r1", "a", PromptFacts("b", "", error="wrong"), PromptFacts("c", "", retired=True)))
    assert made is not None
    assert list(made.prompts) == ["a"]


@pytest.mark.parametrize(
    "more", [{"narrowed": ("3 of 9 cases",)}, {"stopped": ("Ctrl-C",)}, {"shard": (1, 2)}, {"started": "some day"}]
)
def test_a_run_that_is_not_whole_or_has_no_day_does_not_count(more):
    assert ran(record("r1", "a", **more)) is None


@pytest.mark.parametrize(
    ("started", "month", "day"),
    [
        ("2026-11-24T04:00:00Z", "2026-11", date(2026, 11, 24)),
        ("2026-11-24T04:00:00Z", "2026-02", date(2026, 2, 28)),
        ("", "2026-11", date(2026, 11, 3)),
    ],
)
def test_a_run_for_an_earlier_month_counts_for_its_last_day(started, month, day):
    made = ran(record("r1", started=started, month=month, finished="2026-11-03T01:00:00Z"))
    assert made is not None
    assert made.day == day


def test_the_newest_run_is_that_of_the_last_day_whatever_the_order():
    late = record("r0", "a", "b", started="2026-11-01T00:00:00Z", month="2026-11")
    early = record("r9", "a")
    for order in ((late, early), (early, late)):
        made = runs(*order)
        assert {one.id for one in of_the_last(made)} == {"a", "b"}
        assert dues([Listed("b", "")], made, UPKEEP, date(2026, 11, 2)).prompts[0].coverage is Coverage.COVERED


def test_a_run_of_a_day_to_come_puts_nothing_off():
    done = runs(record("r1", "a"), record("r2", "a", started="2099-01-01T00:00:00Z", month="2099-01"))
    [found] = dues([Listed("a", "")], done, UPKEEP, date(2026, 11, 20)).prompts
    assert (found.run, found.days) == ("r1", -15)


def test_without_a_run_everything_is_left_out():
    found = dues([Listed("a", "")], [], UPKEEP, date(2026, 11, 2))
    assert (found.run, found.last, [one.id for one in found.gaps]) == ("", None, ["a"])
    assert of_the_last([]) == ()
