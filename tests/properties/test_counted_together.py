"""What is read or worked out once for many cases gives the same verdict as one by one, to the last bit."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from properties.worlds import POLICIES, months
from pytest_goldenprompt.judge import examine
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.store.case_lines import read_cases
from pytest_goldenprompt.store.codec import case_from_plain, cases_text

FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    database=None,
    derandomize=True,
)
ODD = (
    Repeat(error="429"),
    Repeat(score=1.3, passed=True),
    Repeat(1.0, True, copy=True, output="x"),
    Repeat(1.0, True, output="x", format_ok=True, tokens=3),
    Repeat(0.0, False, output="y", format_ok=False, tokens=9, reasons=("exact: no",)),
)


@st.composite
def messy_months(draw):
    """Draw months with cases that are alike to the letter, odd, missing, removed, new, or there twice."""
    baseline, current = draw(months())
    then = {(case.prompt_id, case.case_id): case for case in baseline.cases}
    now = []
    for case in current.cases:
        former = then.get((case.prompt_id, case.case_id), case)
        odd = tuple(draw(st.lists(st.sampled_from(ODD), max_size=3)))
        missing = draw(st.sampled_from(["deselected", "budget"]))
        fates = {
            "as it is": [case],
            "alike": [former],
            "odd": [replace(case, repeats=(*case.repeats, *odd))],
            "missing": [replace(case, repeats=(), missing=missing)],
            "removed": [],
            "new": [case, replace(case, case_id=f"new {case.case_id}")],
            "twice": [case, replace(case, line=7)],
        }
        now += fates[draw(st.sampled_from(["as it is"] * 8 + ["alike"] * 8 + list(fates)))]
    return baseline, replace(current, cases=tuple(now))


def one_by_one(pairs):
    return [(pair._replace(case_id=""), 1) for pair in pairs]


def found(baseline, current, policy):
    return repr(judge(baseline, current, policy)), suspects(baseline, current, policy)


@FEW
@given(messy_months(), POLICIES)
def test_pairs_counted_together_are_judged_as_one_by_one(month, policy):
    together = found(*month, policy)
    with (
        patch("pytest_goldenprompt.judge.pairing.tally", one_by_one),
        patch("pytest_goldenprompt.judge.evidence.tally", one_by_one),
        patch("pytest_goldenprompt.judge.evidence.untagged", list),
        patch.object(examine, "untagged", list),
        patch("pytest_goldenprompt.judge.conclude.untagged", list),
    ):
        assert found(*month, policy) == together


@FEW
@given(messy_months(), POLICIES)
def test_runs_that_share_equal_lines_are_judged_as_runs_that_do_not(month, policy):
    texts = [cases_text(record) for record in month]
    alone = [
        replace(record, cases=tuple(case_from_plain(json.loads(line), "x") for line in text.splitlines()))
        for record, text in zip(month, texts, strict=True)
    ]
    known = {}
    shared = [
        replace(record, cases=read_cases(text.encode().splitlines(keepends=True), "x", known))
        for record, text in zip(month, texts, strict=True)
    ]
    assert shared == alone
    assert found(*shared, policy) == found(*alone, policy)
    again = [replace(record, cases=tuple(copy(case) for case in record.cases)) for record in shared]
    assert found(*again, policy) == found(*shared, policy)
