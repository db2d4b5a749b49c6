from __future__ import annotations

import json
from dataclasses import replace

from pytest_goldenprompt.judge.planning import Plan, PromptPlan, Settings
from pytest_goldenprompt.judge.splitting import LeftOut, Parts
from pytest_goldenprompt.reports.plan import plan_record, plan_text

NOW = Parts(10, 1, 10)
NEEDY = PromptPlan("triage", Settings(40, NOW), 0.61, 0.083, Settings(40, Parts(12, 4, 12)), Settings(1100, NOW))
FINE = PromptPlan("steady", Settings(60, NOW), 0.97, 0.03, Settings(60, NOW), Settings(60, NOW))
PLAN = Plan(
    drop=0.05,
    power=0.9,
    present=Settings(100, NOW),
    prompts=(FINE, NEEDY),
    repeats=Settings(100, Parts(12, 4, 12)),
    cases=Settings(1160, NOW),
    left_out=(),
)


def told(**changes):
    return plan_text(replace(PLAN, **changes), "r1").splitlines()


def test_what_to_set_and_what_it_costs_comes_first():
    assert told()[:5] == [
        "A drop of 5 points in every case of a prompt is found in 90 % of checks in 1 of 2 prompts as things are.",
        "For all prompts by repeats: baseline_repeats = 12, repeats = 4, confirm_repeats = 12",
        "    400 calls a check (now 100), 1,200 a recording run (now 1,000)",
        "For all prompts by cases: 1,160 cases like these in place of 100",
        "    1,160 calls a check (now 100), 11,600 a recording run (now 1,000)",
    ]
    assert " in none of 1 prompt as" in told(prompts=(NEEDY,))[0]


def test_what_is_found_already_needs_nothing():
    lines = told(prompts=(FINE,))
    assert lines[0].endswith(" is found in 90 % of checks already, in every prompt: nothing needs to change.")
    assert lines[1] == ""


def test_each_prompt_has_its_row():
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in told()]
    assert ["triage", "40", "61 %", "8.3 points", "12 : 4 : 12", "160 / 480", "1,100", "1,100 / 11,000"] in rows
    assert ["steady", "60", "97 %", "3 points", "10 : 1 : 10", "60 / 600", "60", "60 / 600"] in rows


def test_what_cannot_be_had_is_said():
    never = replace(NEEDY, repeats=None, cases=None, smallest=None)
    lines = told(prompts=(never,), repeats=None, cases=None)
    assert lines[1:3] == [
        "Not every prompt can be made to find it by repeats alone, up to 1,000 a case.",
        "Not every prompt can be made to find it by cases alone, up to 100,000.",
    ]
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]
    assert ["triage", "40", "61 %", "-", "over 1,000", "-", "over 100,000", "-"] in rows


def test_prompts_that_were_left_out_are_named():
    assert told(left_out=(LeftOut("shop", "a draft"),))[-1] == "left out shop: a draft"
    assert told(prompts=(), left_out=(LeftOut("shop", "a draft"),)) == [
        "Run r1 is nothing to plan from: it holds no two independent repeats of a case that luck plays a part in.",
        "left out shop: a draft",
    ]


def test_the_record_holds_the_same_for_programs():
    record = plan_record(replace(PLAN, cases=None), "r1")
    assert json.loads(json.dumps(record)) == record
    assert record["schema"] == "goldenprompt.plan/1"
    assert record["cases"] is None
    assert record["repeats"] == {
        "cases": 100,
        "baseline_repeats": 12,
        "repeats": 4,
        "confirm_repeats": 12,
        "calls_check": 400,
        "calls_recording": 1200,
    }
    assert [row["already"] for row in record["prompts"]] == [True, False]
