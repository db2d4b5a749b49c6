from __future__ import annotations

import pytest

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import Change, Move, State
from unit.judge.records import POLICY, case, run

KEPT = Repeat(1.0, passed=True, format_ok=True)
WRAPPED = Repeat(0.0, passed=False, format_ok=False, form_alone=True)
FORGIVEN = Repeat(1.0, passed=True, format_ok=False)
WRONG = Repeat(0.0, passed=False, format_ok=True)
BOTH = Repeat(0.0, passed=False, format_ok=False)
UNLOOKED = Repeat(1.0, passed=True)


def judged(then, now):
    """Judge one repeat a case, written as the repeats of all cases then and now."""
    records = [run(*(case(f"c{at:02}", repeats=(one,)) for at, one in enumerate(side))) for side in (then, now)]
    verdict = judge(*records, POLICY)
    return verdict, verdict.prompts[0]


@pytest.mark.parametrize(
    ("then", "now", "moved", "sentence"),
    [
        (
            [KEPT] * 10 + [WRONG] * 10,
            [WRAPPED] * 19 + [KEPT],
            (Move.FORM_WORSE, Move.CONTENT_BETTER),
            "5.0 % now kept it), what is said got better (50.0 % then, 100.0 % now right)",
        ),
        ([KEPT] * 20, [BOTH] * 20, (Move.FORM_WORSE, Move.CONTENT_WORSE), "got worse too (100.0 % then, 0.0 % now"),
        ([KEPT] * 20, [WRAPPED] * 20, (Move.FORM_WORSE,), "did not move by more than luck explains"),
        ([WRAPPED] * 20, [WRONG] * 20, (Move.FORM_BETTER, Move.CONTENT_WORSE), "the form got better (0.0 % then"),
        ([WRAPPED] * 20, [KEPT] * 20, (Move.FORM_BETTER,), "the form got better"),
        ([KEPT] * 20, [KEPT] * 18 + [FORGIVEN] * 2, (), ""),
        ([KEPT] * 20, [WRONG] * 20, (), ""),
        ([WRONG] * 19 + [BOTH], [KEPT] * 19 + [FORGIVEN], (Move.CONTENT_BETTER,), ""),
        ([UNLOOKED] * 20, [BOTH] * 20, (), ""),
        ([*[KEPT] * 20, UNLOOKED], [*[WRAPPED] * 20, KEPT], (Move.FORM_WORSE,), "the form got worse"),
    ],
)
def test_form_and_content_are_said_to_move_where_luck_does_not_explain_it(then, now, moved, sentence):
    _, prompt = judged(then, now)
    assert prompt.moved == moved
    told = [reason for reason in prompt.reasons if "the form got" in reason]
    assert bool(told) is bool(sentence)
    assert all(sentence in reason for reason in told)


def test_a_form_that_is_forgiven_is_told_and_does_not_gate():
    verdict, prompt = judged([KEPT] * 60, [FORGIVEN] * 60)
    assert (verdict.state, prompt.kinds) == (State.PASS, ())
    assert prompt.moved == (Move.FORM_WORSE,)
    assert (prompt.content, prompt.format_compliance) == (Change(1.0, 1.0), Change(1.0, 0.0))
    assert any("the form got worse" in reason for reason in verdict.reasons)


def test_a_form_that_counts_gates_while_what_is_said_got_better():
    verdict, prompt = judged([KEPT] * 15 + [WRONG] * 15, [WRAPPED] * 30)
    assert verdict.state is State.REGRESSED
    assert (prompt.rate, prompt.content) == (Change(0.5, 0.0), Change(0.5, 1.0))
