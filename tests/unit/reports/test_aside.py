from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import Loosening, MonthRate
from pytest_goldenprompt.model.waiver import Waiver
from pytest_goldenprompt.reports.terminal import summary
from pytest_goldenprompt.reports.verdict_record import verdict_record
from unit.reports.test_verdict_record import complaints
from unit.reports.views import case, of_then, plain, record, view

THEN = of_then(case("a", "yes"), case("b", "yes"), case("c", "no"))
WORSE = record(case("a", "no"), case("b", "yes"), case("c", "no"), started="2026-11-24T05:00:00Z")


def waiver(**more):
    return Waiver(**{"prompt": "p", "owner": "jane", "reason": "known", "until": "2026-12-31", **more})


def shown(*waivers, history=(), loosened=()):
    """Give a judged run with its waivers, the months before, and what was loosened."""
    verdict = decide(References(THEN), WORSE, Policy(waivers=waivers))
    verdict = replace(verdict.with_history({"p": history}), loosened=loosened)
    found = view(WORSE, THEN)
    found.verdict = verdict
    return found


def test_a_waiver_is_shown_whatever_became_of_it():
    used, unused = waiver(case="a"), waiver(case="b")
    exceeded, lapsed = waiver(case="a", most_drop=0.5), waiver(case="a", until="2026-11-01")
    for one, told in (
        (used, "waiver  waived until 2026-12-31 by jane: known; 1 case set aside: a (from 100.0 % to 0.0 % passed)"),
        (unused, "waiver  the waiver of jane for p, case b is not used: nothing that it names is worse; remove it"),
        (exceeded, "waiver  the waiver of jane for p, case a accepts a drop of 50 points, and it fell further"),
        (lapsed, "waiver  the waiver of jane for p, case a lapsed on 2026-11-01: jane must mend what it excused"),
    ):
        assert [line for line in plain(summary(shown(one))) if line.startswith(told)], one


def test_what_was_loosened_is_shown_then_and_now():
    lines = plain(summary(shown(loosened=(Loosening("margin", "0.05", "0.2"),))))
    assert "looser  margin: 0.05 then, 0.2 now" in lines


def test_the_months_before_stand_in_the_finding_where_there_are_several():
    months = tuple(MonthRate(f"2026-{number:02}", number / 10) for number in range(1, 10))
    lines = plain(summary(shown(history=months)))
    [line] = [line for line in lines if line.startswith("  months")]
    assert line.startswith("  months  2026-04 40 %, ")
    assert line.endswith("2026-09 90 %, now 33.3 %")
    assert not [line for line in plain(summary(shown(history=months[:1]))) if line.startswith("  months")]


def test_the_record_with_all_of_it_fits_its_schema():
    history = (MonthRate("2026-09", 0.5),)
    found = shown(waiver(case="a"), waiver(most_drop=0.1), history=history, loosened=(Loosening("a", "b", "c"),))
    plain_record = verdict_record(found.verdict, WORSE, None, None, "a" * 64)
    assert complaints(plain_record) == []
    assert [one["state"] for one in plain_record["waived"]] == ["used", "unused"]
    assert plain_record["prompts"][0]["months"] == [{"month": "2026-09", "rate": 0.5}]
