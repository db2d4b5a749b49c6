from __future__ import annotations

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.topup import top_up
from pytest_goldenprompt.model.verdict import State
from unit.judge.records import POLICY, case, cases, run

STORED = run(*cases([10] * 40))


def look(*failing):
    return run(*(case(f"c{n:03}", 3 if n not in failing else 0, 3) for n in range(40)))


def test_nothing_is_drawn_in_a_quiet_month():
    current = look()
    assert top_up(STORED, current, run(*cases([10] * 40)), POLICY) == (current, 0)


def test_suspects_are_brought_to_the_confirm_repeats_and_counted():
    current, drawn = top_up(STORED, look(7), run(*cases([0] * 40)), POLICY)
    assert len(current.cases[7].observed) == 10
    assert drawn == sum(len(one.repeats) - 3 for one in current.cases)
    assert judge(STORED, current, POLICY, extra_calls=drawn).counts.extra_calls == drawn


def test_a_case_that_the_further_results_lack_keeps_what_it_has():
    current, drawn = top_up(STORED, look(7), run(case("other", 10, 10)), POLICY)
    assert (len(current.cases[7].repeats), drawn) == (3, 0)


def test_all_repeats_together_decide():
    steady = run(*(case(f"c{n:03}", 10, 10) for n in range(40)))
    current, _ = top_up(STORED, look(7), steady, POLICY)
    assert judge(STORED, look(7), POLICY).state is not State.PASS
    assert judge(STORED, current, POLICY).state is not State.REGRESSED
