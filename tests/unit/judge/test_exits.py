from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.exits import EXIT_OF_STATE, is_green
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict
from unit.judge.records import POLICY

BAD = (State.REGRESSED, State.DRIFTED, State.NO_BASELINE, State.ERROR, State.INCOMPLETE)


def green(verdict, *, strict=False, in_ci=False, policy=POLICY):
    return is_green(verdict, policy, strict=strict, in_ci=in_ci)


def prompt(kinds=(), **more):
    return PromptVerdict("p", "p.golden.yaml", State.NEW, kinds=kinds, **more)


@pytest.mark.parametrize("state", BAD)
def test_no_bad_state_is_green(state):
    assert not green(Verdict(state))


def test_a_pass_is_green_everywhere():
    assert green(Verdict(State.PASS), strict=True, in_ci=True)


def test_new_results_are_green_unless_they_are_under_their_bar():
    assert green(Verdict(State.NEW, prompts=(prompt(),)))
    assert not green(Verdict(State.NEW, prompts=(prompt(("bar",)),)))
    assert green(Verdict(State.NEW, prompts=(prompt(("bar",), draft=True),)))


def test_doubt_is_green_unless_somebody_is_strict():
    doubt = Verdict(State.INCONCLUSIVE)
    assert green(doubt)
    assert not green(doubt, strict=True)
    assert not green(doubt, policy=replace(POLICY, inconclusive="fail"))


def test_a_look_is_green_for_the_person_who_took_it_and_only_if_it_shows_nothing():
    look = Verdict(State.INCOMPLETE, look=True, prompts=(prompt(),))
    assert green(look)
    assert not green(look, in_ci=True)
    assert not green(look, strict=True)
    assert not green(replace(look, prompts=(prompt(("case",)),)))
    assert not green(replace(look, state=State.ERROR))


def test_every_state_has_an_exit_code_and_only_good_ones_have_zero():
    assert set(EXIT_OF_STATE) == set(State)
    assert {state for state, code in EXIT_OF_STATE.items() if code == 0} == {State.PASS, State.NEW}
