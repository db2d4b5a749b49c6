from __future__ import annotations

import random

import pytest

from pytest_goldenprompt.judge.calibrate import calibrate
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.intervals import Counted
from pytest_goldenprompt.judge.splitting import ground_of, split
from pytest_goldenprompt.judge.topup import top_up
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.result import Repeat
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.model.waiver import Waiver
from unit.judge.records import POLICY, STEADY, case, cases, facts, run


def library():
    tags = [("even",) if number % 2 else () for number in range(len(STEADY))]
    slices = [case(f"c{n:03}", x, 10, prompt="sliced", tags=tags[n]) for n, x in enumerate(STEADY)]
    return run(*cases(STEADY), *slices)


@pytest.fixture(scope="module")
def certificate():
    return calibrate(library(), POLICY, seed="s", splits=24)


def test_a_steady_library_is_within_the_aim(certificate):
    assert certificate.alarms.tries == 24
    assert certificate.alarms.hits <= 2
    assert certificate.within_aim
    assert [(one.prompt_id, one.cases, one.flagged.tries) for one in certificate.prompts] == [
        ("sliced", 50, 24),
        ("support/triage", 50, 24),
    ]
    assert max(one.flagged.hits for one in certificate.prompts) <= certificate.alarms.hits
    assert (certificate.asked, certificate.designs) == ((10, 1, 10), (((5, 1, 5), 100),))
    assert (certificate.left_out, certificate.cases_left_out, certificate.unvaried) == ((), 0, ())


def test_every_drop_is_tried_where_it_can_be_and_great_ones_are_found(certificate):
    power = {one.what: one for one in certificate.power}
    assert list(power) == [
        "every case of a prompt down by 5 points",
        "every case of a prompt down by 10 points",
        "one slice down by 20 points",
        "one solid case broken",
        "five solid cases broken",
    ]
    assert [one.places for one in power.values()] == [2, 2, 1, 2, 2]
    assert {one.found.tries for one in power.values()} == {6}
    assert power["five solid cases broken"].found.hits == 6
    assert power["five solid cases broken"].named.tries == 30
    assert power["five solid cases broken"].named.share >= 0.8
    assert power["one slice down by 20 points"].named.tries == 6
    assert power["every case of a prompt down by 10 points"].named is None
    assert (
        power["every case of a prompt down by 5 points"].found.hits
        <= power["every case of a prompt down by 10 points"].found.hits
    )


def test_the_same_seed_gives_the_same_certificate():
    record = run(*cases([10, 9, 6, 3] * 3), case("must", 7, 10, must_pass=True))
    once, again, other = (calibrate(record, POLICY, seed=seed, splits=12) for seed in "aab")
    assert once == again
    assert once != other


def test_what_is_measured_is_the_gate_itself():
    record = run(*cases([7, 5, 3, 8] * 6))
    policy = Policy(alpha=0.5, suspect_prompt=0.5)
    ground = ground_of(record, policy)
    verdicts = []
    for number in range(16):
        halves = split(ground, random.Random(f"s/{number}"))
        verdicts.append(judge(halves.then, top_up(*halves, policy)[0], policy))
    flagged = sum(one.state is State.REGRESSED for one in verdicts)
    assert flagged > 0
    assert calibrate(record, policy, seed="s", splits=16).alarms == Counted(flagged, 16)


def test_a_case_that_must_always_pass_and_does_not_is_the_reason_that_is_told():
    record = run(*cases([10] * 20), case("must", 5, 10, must_pass=True), case("fine", 10, 10, must_pass=True))
    found = calibrate(record, POLICY, seed="s", splits=20)
    assert found.alarms.hits == found.must_pass > 2
    assert found.failing_musts == ("support/triage/must",)
    assert not found.within_aim


def test_a_waived_case_is_measured_like_any_other():
    record = run(*cases([10] * 10), case("must", 5, 10, must_pass=True))
    waiver = Waiver("support/triage", "jane", "known", "2099-12-31", case="must")
    bare, waived = (calibrate(record, Policy(waivers=kept), seed="s", splits=4) for kept in ((), (waiver,)))
    assert waived == bare
    assert bare.alarms.hits > 0


def test_where_nothing_can_be_split_nothing_is_tried():
    record = run(case("a", 1, 1), case("a", 3, 4, prompt="sure"), prompts=(facts("sure", deterministic=True),))
    found = calibrate(record, POLICY, seed="s", splits=20)
    assert (found.alarms.tries, found.prompts, found.power) == (0, (), ())
    assert [one.prompt_id for one in found.left_out] == ["support/triage", "sure"]


def test_answers_that_never_vary_raise_no_alarm_and_drops_are_still_found():
    same = tuple(Repeat(1.0, passed=True, output="yes") for _ in range(10))
    found = calibrate(run(*(case(f"c{n:03}", repeats=same) for n in range(40))), POLICY, seed="s", splits=8)
    assert found.alarms.hits == 0
    assert found.unvaried == ("support/triage",)
    assert found.power[-1].found.share == 1.0
