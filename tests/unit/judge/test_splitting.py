from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.splitting import Parts, asked_parts, ground_of, parts_of, split
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.result import Repeat
from unit.judge.records import POLICY, PROMPT, case, cases, facts, repeats, run


@pytest.mark.parametrize(
    ("policy", "k", "parts"),
    [
        (Policy(), 2, (1, 1, 1)),
        (Policy(), 10, (5, 1, 5)),
        (Policy(repeats=3), 10, (5, 3, 5)),
        (Policy(repeats=3), 3, (2, 1, 1)),
        (Policy(), 20, (10, 1, 10)),
        (Policy(), 33, (10, 1, 10)),
        (Policy(baseline_repeats=10, confirm_repeats=1, repeats=5), 15, (10, 5, 5)),
        (Policy(baseline_repeats=1, confirm_repeats=50), 4, (1, 1, 3)),
        (Policy(baseline_repeats=50, confirm_repeats=1), 4, (3, 1, 1)),
    ],
)
def test_repeats_are_divided_as_the_policy_would_if_it_had_no_more(policy, k, parts):
    assert parts_of(k, policy) == parts


def test_parts_never_use_more_repeats_than_there_are_or_are_asked_for():
    rng = random.Random(1)
    for _ in range(2000):
        policy = Policy(**{name: rng.randint(1, 20) for name in ("baseline_repeats", "repeats", "confirm_repeats")})
        k = rng.randint(2, 45)
        then, look, now = parts_of(k, policy)
        asked = asked_parts(policy)
        assert 1 <= then <= asked.then
        assert 1 <= look <= now
        assert look <= asked.look
        assert then + now == min(k, asked.then + asked.now)


def numbered(case_id, k, **more):
    given = tuple(Repeat(1.0, passed=True, output=f"{case_id}-{number}") for number in range(k))
    return case(case_id, repeats=given, **more)


def test_a_split_deals_every_repeat_once():
    ground = ground_of(run(numbered("a", 10), numbered("b", 25)), Policy(repeats=3))
    halves = split(ground, random.Random(1))
    for index, (then, look, now) in enumerate([(5, 3, 5), (10, 3, 10)]):
        dealt = [half.cases[index].repeats for half in halves]
        assert [len(part) for part in dealt] == [then, look, now - look]
        outputs = [repeat.output for part in dealt for repeat in part]
        assert len(set(outputs)) == then + now
        assert set(outputs) <= {repeat.output for repeat in ground.cases[index].repeats}


def test_every_repeat_is_as_likely_on_either_side():
    ground = ground_of(run(numbered("a", 4)), POLICY)
    rng = random.Random(2)
    then = Counter(repeat.output for _ in range(2000) for repeat in split(ground, rng).then.cases[0].repeats)
    assert all(0.45 < times / 2000 < 0.55 for times in then.values())
    assert len(then) == 4


def test_the_same_seed_deals_alike_and_another_does_not():
    ground = ground_of(run(numbered("a", 10)), POLICY)
    assert split(ground, random.Random(1)) == split(ground, random.Random(1))
    assert split(ground, random.Random(1)) != split(ground, random.Random(2))


def reasons(*results, prompts=()):
    return {one.prompt_id: one.why for one in ground_of(run(*results, prompts=prompts), POLICY).left_out}


def test_what_cannot_be_split_is_named_with_its_reason():
    found = reasons(
        *(case("a", 3, 4, prompt=name) for name in ("draft", "sure", "twice", "good")),
        case("a", 1, 4, prompt="twice"),
        case("a", 1, 1, prompt="once"),
        prompts=(facts("draft", draft=True), facts("sure", deterministic=True), facts("broken", error="line 3")),
    )
    assert found == {
        "broken": "it could not be read",
        "draft": "a draft, which has no say",
        "once": "no case of it has two independent repeats",
        "sure": "deterministic, so that there is no luck to test",
        "twice": "the case id 'a' stands there twice",
    }


def test_copies_and_errors_are_no_repeats():
    once = Repeat(1.0, passed=True)
    few = (once, replace(once, copy=True), Repeat(error="timeout"))
    ground = ground_of(run(case("a", repeats=(*few, once, once)), case("b", repeats=few)), POLICY)
    assert [(one.case_id, one.repeats) for one in ground.cases] == [("a", (once,) * 3)]
    assert ground.parts == (Parts(2, 1, 1),)
    assert ground.cases_left_out == 1


def test_what_kept_a_run_from_being_whole_does_not_stay_with_what_is_split():
    ground = ground_of(run(case("a", 3, 4, missing="stopped"), narrowed=("x",), stopped=("y",)), POLICY)
    assert ground.cases[0].missing == ""
    assert (ground.record.narrowed, ground.record.stopped) == ((), ())


def test_a_prompt_whose_answers_never_vary_is_split_and_named():
    same = tuple(Repeat(1.0, passed=True, output="yes") for _ in range(4))
    ground = ground_of(run(case("a", repeats=same), case("a", 2, 4, prompt="other")), POLICY)
    assert [one.id for one in ground.facts] == ["other", PROMPT]
    assert ground.unvaried == (PROMPT,)


def test_the_ways_of_dividing_are_counted():
    ground = ground_of(run(*cases([2] * 3, 4), *cases([2] * 5, 6, prompt="other")), POLICY)
    assert ground.designs == (((3, 1, 3), 5), ((2, 1, 2), 3))
    assert repeats(2, 4) == ground.cases[-1].repeats
