from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import MonthRate, State
from unit.judge.records import POLICY, PROMPT, STEADY, case, cases, facts, run

THEN = run(*cases(STEADY))


def test_the_first_run_is_new_and_has_nothing_to_be_held_against():
    found = decide(References(first=True), THEN, POLICY)
    assert (found.state, found.waived, found.loosened) == (State.NEW, (), ())


def test_a_regression_has_its_cause():
    before = replace(THEN, prompts=(facts(digest="a"),))
    now = replace(run(*cases([0] * len(STEADY))), prompts=(facts(digest="b", path="triage.prompt.md"),))
    found = decide(References(before), now, POLICY)
    assert found.prompt(PROMPT).cause == ("the prompt file changed (triage.prompt.md)",)


def test_a_prompt_that_the_anchor_does_not_know_is_named():
    anchor = replace(THEN, month="2026-01")
    new = cases(STEADY, prompt="support/new")
    drafts = case("d", 10, 10, prompt="support/draft")
    edited = cases(STEADY, prompt="support/edited", digest="other")
    known = run(*cases(STEADY), *cases(STEADY, prompt="support/edited"))
    now = run(*cases(STEADY), *new, drafts, *edited, prompts=(facts("support/draft", draft=True),))
    [told] = about_the_anchor(now, replace(known, month="2026-01"))
    head = "not held against the anchor of 2026-01, which has none of their cases: "
    assert told.startswith(f"{head}support/edited, support/new;")
    assert about_the_anchor(THEN, anchor) == []


def about_the_anchor(now, anchor):
    return [one for one in decide(References(now, anchor), now, POLICY).reasons if "anchor" in one]


def test_what_was_loosened_is_told_beside_the_verdict():
    before = replace(THEN, policy=Policy(alpha=0.2).plain())
    found = decide(References(before), replace(THEN, policy=Policy().plain()), Policy())
    assert [one.what for one in found.loosened] == ["alpha"]
    assert found.state is State.PASS


def test_months_before_stand_beside_their_prompts():
    months = {PROMPT: (MonthRate("2026-10", 0.9),)}
    assert decide(References(THEN), THEN, POLICY).with_history(months).prompt(PROMPT).history == months[PROMPT]
