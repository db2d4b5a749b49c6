from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.exits import is_green
from pytest_goldenprompt.judge.shards import dealt
from pytest_goldenprompt.model.verdict import State
from unit.judge.records import POLICY, PROMPT, STEADY, cases, facts, run

KEYS = [(prompt, f"c{number}") for prompt in ("a", "b", "c") for number in range(7)]
TOLD = "shard 2 of 3, which says nothing by itself: merge them with `goldenprompt merge`"
THEN = run(*cases(STEADY))
WORSE = run(*cases([0] * len(STEADY)), shard=(2, 3))


@pytest.mark.parametrize("of", [1, 2, 3, 5, 21, 30])
def test_every_case_is_in_one_shard_whatever_the_order_it_was_found_in(of):
    shuffled = random.Random(of).sample(KEYS, len(KEYS))
    shards = [dealt(shuffled, (number, of)) for number in range(1, of + 1)]
    assert sorted(key for shard in shards for key in shard) == KEYS
    assert shards == [dealt(KEYS, (number, of)) for number in range(1, of + 1)]


@pytest.mark.parametrize("of", [2, 3, 5])
def test_shards_are_as_large_as_each_other_in_all_and_of_each_prompt(of):
    shards = [dealt(KEYS, (number, of)) for number in range(1, of + 1)]
    for prompt in (None, "a", "b", "c"):
        sizes = [sum(prompt in (None, key[0]) for key in shard) for shard in shards]
        assert max(sizes) - min(sizes) <= 1


def test_a_shard_finds_nothing_by_itself_and_is_never_green():
    for current in (WORSE, replace(THEN, shard=(2, 3)), replace(THEN, shard=(2, 3), narrowed=("a look",))):
        found = decide(References(THEN), current, POLICY)
        assert (found.state, found.reasons, found.look) == (State.INCOMPLETE, (TOLD,), False)
        prompt = found.prompt(PROMPT)
        assert (prompt.state, prompt.kinds, prompt.cases, prompt.p) == (State.INCOMPLETE, (), (), None)
        assert not is_green(found, POLICY, strict=False, in_ci=False)


def test_a_file_that_cannot_be_read_is_an_error_of_every_shard():
    broken, draft = facts("support/broken", error="b: no"), facts("support/draft", error="d: no", draft=True)
    found = decide(References(THEN), replace(WORSE, prompts=(*WORSE.prompts, broken, draft)), POLICY)
    assert found.state is State.ERROR
    assert (any("b: no" in one for one in found.reasons), any("d: no" in one for one in found.reasons)) == (True, False)
    assert found.reasons[-1] == TOLD
