from __future__ import annotations

import json
from dataclasses import replace

from pytest_goldenprompt.judge.calibrate import Certificate, Power, PromptAlarms
from pytest_goldenprompt.judge.intervals import Counted
from pytest_goldenprompt.judge.splitting import LeftOut, Parts
from pytest_goldenprompt.reports.certificate import NO_LUCK, certificate_record, certificate_text

CERTIFICATE = Certificate(
    alpha=0.05,
    alarms=Counted(3, 200),
    must_pass=0,
    failing_musts=(),
    prompts=(PromptAlarms("support/triage", 40, Counted(2, 200)),),
    power=(
        Power("every case down", 1, Counted(37, 50), None),
        Power("five solid cases broken", 1, Counted(50, 50), Counted(245, 250)),
    ),
    asked=Parts(10, 1, 10),
    designs=((Parts(5, 1, 5), 40),),
    left_out=(),
    cases_left_out=0,
    unvaried=(),
)


def told(**changes):
    return certificate_text(replace(CERTIFICATE, **changes), "r1").splitlines()


def test_the_first_line_says_it_in_plain_words():
    assert told()[0] == (
        "Of 200 comparisons of this library with itself, 3 were flagged: 1.5 % (0.3 to 4.3 %); "
        "the gate aims at 5 % at most."
    )
    assert ", 1 was flagged: 0.5 % (" in told(alarms=Counted(1, 200))[0]
    assert told(alarms=Counted(30, 200))[0].endswith(
        ", 30 were flagged: 15 % (10.4 to 20.7 %), more than the 5 % that the gate aims at."
    )


def test_what_was_found_and_named_stands_in_a_table():
    rows = [line.split("  ") for line in told()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert ["every case down", "50", "74 % (59.7 to 85.4 %)", "-"] in cells
    assert ["five solid cases broken", "50", "100 % (92.9 to 100 %)", "98 %"] in cells
    assert ["support/triage", "40", "1 % (0.1 to 3.6 %)"] in cells


def test_how_it_was_measured_is_said_where_fewer_repeats_are_stored():
    assert told()[-4:] == [
        "how      the repeats of run r1, dealt at random into then : first look : now (suspects)",
        "         40 cases 5 : 1 : 5; the policy asks for 10 : 1 : 10",
        "         with fewer repeats than the policy asks for, less is found here than by the gate itself",
        "unseen   luck that differs from day to day, or that the cases of one run share",
    ]
    assert not any("fewer repeats" in line for line in told(designs=((Parts(10, 1, 10), 40),)))
    many = told(designs=tuple((Parts(number, 1, number), 1) for number in range(1, 9)))
    assert "         and 3 more ways" in many


def test_what_was_left_out_is_named():
    lines = told(
        left_out=(LeftOut("shop", "a draft, which has no say"),),
        cases_left_out=3,
        unvaried=("post",),
        must_pass=2,
        failing_musts=("post/must",),
    )
    assert "2 of them only since a case that must always pass failed, as it does at times: post/must" in lines
    assert "         luck in post: every case got one and the same answer each time" in lines
    assert lines[-2:] == [
        "left out shop: a draft, which has no say",
        "left out 3 cases with fewer than two independent repeats",
    ]


def test_a_run_without_repeats_says_so():
    lines = told(alarms=Counted(0, 0), left_out=(LeftOut("shop", "no case"),))
    assert lines == [f"Run r1 cannot be compared with itself: {NO_LUCK}.", "left out shop: no case"]


def test_hostile_names_are_inert():
    hostile = PromptAlarms("::error::\x1b[31m", 1, Counted(0, 1))
    assert "\x1b" not in "".join(told(prompts=(hostile,), unvaried=("\x1b[31m",)))


def test_the_record_holds_the_same_for_programs():
    record = certificate_record(CERTIFICATE, "r1", "d" * 64)
    assert json.loads(json.dumps(record)) == record
    assert record["schema"] == "goldenprompt.calibration/1"
    assert record["within_aim"] is True
    assert record["alarms"]["hits"] == 3
    assert (round(record["alarms"]["low"], 4), round(record["alarms"]["high"], 4)) == (0.0031, 0.0432)
    assert [row["named"] and row["named"]["share"] for row in record["power"]] == [None, 0.98]
    assert record["divided"] == [{"then": 5, "look": 1, "now": 5, "cases": 40}]
