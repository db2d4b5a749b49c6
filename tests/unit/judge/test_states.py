from __future__ import annotations

from pytest_goldenprompt.judge.states import RANK, rank, standing, worst
from pytest_goldenprompt.model.verdict import PromptVerdict, State


def test_every_state_has_a_rank_and_the_order_is_the_gates():
    assert set(RANK) == set(State)
    order = [
        State.PASS,
        State.INCONCLUSIVE,
        State.NO_BASELINE,
        State.DRIFTED,
        State.REGRESSED,
        State.INCOMPLETE,
        State.ERROR,
    ]
    assert [RANK[state] for state in order] == sorted({RANK[state] for state in State})


def test_the_worst_state_speaks():
    assert worst([State.PASS, State.REGRESSED, State.INCONCLUSIVE]) is State.REGRESSED
    assert worst([State.NEW, State.PASS, State.NEW]) is State.PASS
    assert worst([State.NEW, State.NEW]) is State.NEW


def test_a_new_prompt_under_its_bar_weighs_as_regressed():
    good, bad = PromptVerdict("a", "d", State.NEW), PromptVerdict("a", "d", State.NEW, kinds=("bar",))
    assert (standing(good), standing(bad)) == (State.NEW, State.REGRESSED)
    assert (rank(good), rank(bad)) == (RANK[State.PASS], RANK[State.REGRESSED])
