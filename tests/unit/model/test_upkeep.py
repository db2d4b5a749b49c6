from __future__ import annotations

from datetime import date

import pytest

from pytest_goldenprompt.model.upkeep import PERIODS, Coverage, Due, Dues, Period, Upkeep

TODAY = date(2026, 11, 24)


def test_the_last_pattern_that_fits_a_prompt_holds():
    upkeep = Upkeep(prompts={"billing/*": PERIODS["weekly"], "billing/old": Period(days=90)})
    assert upkeep.period_of("billing/refund") == Period(days=7)
    assert upkeep.period_of("billing/old") == Period(days=90)
    assert upkeep.period_of("support/triage") == Period(months=1)


def test_files_say_who_owns_a_prompt_before_the_policy_does():
    upkeep = Upkeep(owners={"*": "everybody", "support/*": "desk"})
    assert upkeep.owner_of("support/triage", "ada") == "ada"
    assert upkeep.owner_of("support/triage", None) == "desk"
    assert upkeep.owner_of("billing", None) == "everybody"
    assert Upkeep().owner_of("billing", None) is None


@pytest.mark.parametrize(
    ("prompts", "fine"),
    [
        ((), False),
        ((Due("a", Coverage.COVERED, days=0),), True),
        ((Due("a", Coverage.COVERED, days=-1),), False),
        ((Due("a", Coverage.COVERED, days=9), Due("b", Coverage.NEVER)), False),
        ((Due("a", Coverage.COVERED, days=9), Due("b", Coverage.UNREADABLE)), False),
        ((Due("a", Coverage.COVERED, days=9), Due("b", Coverage.DRAFT), Due("c", Coverage.RETIRED)), True),
        ((Due("b", Coverage.DRAFT),), False),
    ],
)
def test_a_library_is_fine_where_all_that_is_active_ran_in_time(prompts, fine):
    assert Dues(TODAY, prompts).is_fine is fine


def test_what_is_late_comes_by_how_late_and_what_is_near_by_how_near():
    days = {"a": 3, "b": -2, "c": 4, "d": 0, "e": -9}
    found = Dues(TODAY, tuple(Due(name, Coverage.COVERED, days=left) for name, left in days.items()))
    assert [one.id for one in found.overdue] == ["e", "b"]
    assert [one.id for one in found.soon] == ["d", "a"]
