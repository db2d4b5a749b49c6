from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.anchor import anchor_policy, with_anchor
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.model.verdict import State
from unit.judge.records import POLICY, PROMPT, case, cases, facts, run

ANCHOR = replace(run(*cases([10] * 40)), month="2026-01")
SLID = cases([8] * 40)
"""Each case two of ten worse than in the anchor."""


def against(stored, current, anchor=ANCHOR):
    return with_anchor(judge(stored, current, POLICY), anchor, current, POLICY)


def test_a_slide_that_last_month_does_not_show_is_drifted():
    found = against(run(*SLID), run(*SLID))
    prompt = found.prompt(PROMPT)
    assert (found.state, prompt.state) == (State.DRIFTED, State.DRIFTED)
    assert prompt.kinds[0] == "mean"
    assert "worse than the anchor of 2026-01" in found.reasons[0]
    assert prompt.rate.then == pytest.approx(1.0)
    assert not any("not worse" in reason for reason in found.reasons[1:])


def test_as_good_as_the_anchor_changes_nothing():
    current = run(*cases([10] * 40))
    verdict = judge(ANCHOR, current, POLICY)
    assert with_anchor(verdict, ANCHOR, current, POLICY) == verdict


def test_what_is_worse_than_last_month_stays_regressed():
    found = against(run(*cases([10] * 40)), run(*cases([4] * 40)))
    assert found.state is State.REGRESSED


def test_a_case_that_the_anchor_has_and_the_dataset_has_not_says_nothing():
    stored = run(*cases([10] * 40))
    anchor = replace(run(*cases([10] * 40), case("gone", 10, 10)), month="2026-01")
    assert against(stored, stored, anchor).state is State.PASS


def test_a_prompt_that_the_anchor_never_saw_says_nothing():
    stored = run(*SLID)
    anchor = replace(run(*cases([10] * 40, prompt="other")), month="2026-01")
    assert against(stored, stored, anchor).prompt(PROMPT).state is State.PASS


def test_a_drifted_draft_has_no_say():
    draft = (facts(draft=True),)
    found = against(run(*SLID, prompts=draft), run(*SLID, prompts=draft), replace(ANCHOR, prompts=draft))
    assert found.prompt(PROMPT).state is State.DRIFTED
    assert found.state is not State.DRIFTED


def test_twelve_looks_at_the_anchor_share_one_alpha():
    assert anchor_policy(POLICY).alpha == pytest.approx(POLICY.alpha / 12)
