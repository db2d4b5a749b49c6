from __future__ import annotations

from datetime import date

import pytest

from pytest_goldenprompt.judge.triage import last_witnesses, sightings, track
from pytest_goldenprompt.model.triage import Choice, Decision, Sighting, Standing, Subject
from pytest_goldenprompt.model.upkeep import Upkeep

TODAY = date(2026, 11, 24)
MEAN = Subject("support/triage", "mean")
UPKEEP = Upkeep()


def prompt(*kinds, **more):
    return {"id": "p", "owner": "desk", "reasons": ["p: it fell", "more"], "kinds": kinds, **more}


def found(*prompts):
    return list(sightings({"prompts": prompts}, "r1", "2026-10-05T04:17:00Z", date(2026, 10, 5)))


def seen(day, run="r", subject=MEAN, began=None, **more):
    return Sighting(subject, run, began or f"{day}T04:17:00.123Z", date.fromisoformat(day), **more)


def decided(choice, time="2026-11-10T12:00:00Z", **more):
    return Decision(more.pop("subject", MEAN), Choice(choice), "ada", time, **more)


def one(sights, decisions=(), today=TODAY, upkeep=UPKEEP):
    [tracked] = track(sights, decisions, upkeep, today)
    return tracked


def test_every_kind_is_a_finding_and_each_case_and_slice_its_own():
    verdict = prompt(
        *("mean", "slice", "case", "removed", "bar"),
        slices=[{"tag": "lang:de"}],
        cases=[{"id": "a"}, {"id": "b"}],
        removed=["gone"],
    )
    assert [(one.subject.kind, one.subject.part) for one in found(verdict)] == [
        ("mean", ""),
        ("slice", "lang:de"),
        ("case", "a"),
        ("case", "b"),
        ("removed", "gone"),
        ("bar", ""),
    ]
    first = found(verdict)[0]
    assert (first.owner, first.what, first.run, first.day) == ("desk", "it fell", "r1", date(2026, 10, 5))


def test_nothing_is_lost_where_a_verdict_names_no_part():
    assert [one.subject for one in found(prompt("case", "slice", reasons=[]))] == [
        Subject("p", "case"),
        Subject("p", "slice"),
    ]


def test_drafts_and_what_nobody_knows_are_no_findings():
    assert found(prompt("mean", draft=True), prompt("weather"), prompt()) == []
    assert list(sightings({}, "r1", "", TODAY)) == []


def test_a_finding_has_one_name_in_every_month():
    assert Subject("p", "case", "a").id == Subject("p", "case", "a").id
    assert len({Subject("p", "case", "a").id, Subject("p", "case", "b").id, Subject("p", "removed", "a").id}) == 3


def test_it_is_open_until_somebody_decides_and_its_age_is_that_of_the_first_run():
    tracked = one([seen("2026-11-05", "r2", owner="new"), seen("2026-10-05", "r1", owner="old")])
    assert tracked.standing is Standing.OPEN
    assert (tracked.since, tracked.age_days, tracked.owner) == (date(2026, 10, 5), 50, "new")
    assert [one.run for one in tracked.sightings] == ["r1", "r2"]
    assert tracked.last is None


def test_an_assigned_one_is_open_and_has_its_owner():
    tracked = one([seen("2026-10-05", owner="desk")], [decided("assigned", owner="ben")])
    assert (tracked.standing, tracked.owner) == (Standing.OPEN, "ben")


@pytest.mark.parametrize(
    ("choice", "more", "later", "today", "standing"),
    [
        ("false-positive", {}, None, TODAY, Standing.CLOSED),
        ("false-positive", {}, "2026-11-20", TODAY, Standing.AGAIN),
        ("action", {"due": date(2026, 11, 24)}, None, TODAY, Standing.ACTION),
        ("action", {"due": date(2026, 11, 24)}, "2026-11-20", TODAY, Standing.ACTION),
        ("action", {"due": date(2026, 11, 23)}, None, TODAY, Standing.CLOSED),
        ("action", {"due": date(2026, 11, 15)}, "2026-11-20", TODAY, Standing.AGAIN),
        ("reopened", {}, None, TODAY, Standing.OPEN),
    ],
)
def test_what_was_closed_stays_so_until_a_later_run_sees_it(choice, more, later, today, standing):
    sights = [seen("2026-11-05", "r1"), *([seen(later, "r2")] if later else [])]
    tracked = one(sights, [decided(choice, **more)], today)
    assert tracked.standing is standing
    assert tracked.since == date.fromisoformat(later if later and standing is Standing.AGAIN else "2026-11-05")


def test_a_run_made_later_for_an_earlier_month_is_later():
    made = seen("2026-10-31", "r2", began="2026-11-20T00:00:00Z")
    assert one([made], [decided("false-positive")]).standing is Standing.AGAIN
    assert one([made], [decided("action", due=date(2026, 11, 15))]).standing is Standing.CLOSED


def test_of_two_decisions_the_later_one_holds_whatever_the_order_of_the_files():
    early, late = decided("assigned", owner="ben"), decided("false-positive", "2026-11-11T00:00:00Z", reason="luck")
    for order in ((early, late), (late, early)):
        tracked = one([seen("2026-11-05")], order)
        assert (tracked.standing, tracked.owner, tracked.last) == (Standing.CLOSED, "ben", late)


def test_a_decision_outlives_the_runs_that_were_pruned():
    tracked = one([], [decided("assigned", owner="ben", seen=date(2026, 1, 5))])
    assert (tracked.standing, tracked.since) == (Standing.OPEN, date(2026, 1, 5))
    assert one([], [decided("assigned", owner="ben")]).since == TODAY
    assert one([seen("2099-01-05")]).age_days == 0


@pytest.mark.parametrize(
    ("days", "decisions", "gone", "needed"),
    [
        (("2026-09-05", "2026-10-05"), (), ("2026-09-05", "2026-10-05"), {"2026-09-05": MEAN.id}),
        (("2026-09-05", "2026-10-05"), (), ("2026-09-05",), {}),
        (("2026-09-05", "2026-11-20"), (decided("false-positive"),), ("2026-11-20",), {"2026-11-20": MEAN.id}),
        (("2026-09-05",), (decided("false-positive"),), ("2026-09-05",), {}),
        (("2026-09-05",), (decided("assigned", owner="ben"),), ("2026-09-05",), {}),
    ],
)
def test_a_run_is_needed_without_which_an_open_finding_would_be_forgotten(days, decisions, gone, needed):
    every = track([seen(day, day) for day in days], decisions, UPKEEP, TODAY)
    assert last_witnesses(every, gone) == needed
    left = track([seen(day, day) for day in days if day not in {*gone} - {*needed}], decisions, UPKEEP, TODAY)
    assert [one.standing for one in left] == [one.standing for one in every]


def test_open_ones_come_first_and_the_oldest_of_them():
    other, third = Subject("p", "mean"), Subject("q", "mean")
    sights = [seen("2026-09-05"), seen("2026-11-05", subject=other), seen("2026-10-05", subject=third)]
    found = track(sights, [decided("false-positive")], UPKEEP, TODAY)
    assert [one.subject for one in found] == [third, other, MEAN]


def test_the_policy_says_who_owns_what_nobody_else_does():
    assert one([seen("2026-10-05")], upkeep=Upkeep(owners={"support/*": "desk"})).owner == "desk"
    assert one([seen("2026-10-05")]).owner is None
