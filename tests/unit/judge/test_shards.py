from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.exits import is_green
from pytest_goldenprompt.judge.shards import dealt, is_shard, joined
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


@pytest.mark.parametrize("value", [None, (1,), (0, 2), (3, 2), ("1", "2"), [1, 2], (True, 2), (1, 2, 3)])
def test_what_is_no_part_of_a_whole_is_no_shard(value):
    assert not is_shard(value)
    assert is_shard((2, 2))


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


ASKED = facts(digest="d", provider="openai:m", served=("m-1",))
ALL = run(*cases([1, 0, 2, 1, 2], 2), prompts=(ASKED,), month="2026-10", started="2026-10-01T00:00:02Z")


def shards_of(whole, of):
    """Give the records of the shards, each with the cases of its own and the rest left out."""
    keys = [(one.prompt_id, one.case_id) for one in whole.cases]
    made = []
    for number in range(1, of + 1):
        mine = set(dealt(keys, (number, of)))
        left = [
            one if (one.prompt_id, one.case_id) in mine else replace(one, repeats=(), missing="deselected")
            for one in whole.cases
        ]
        moments = {"started": f"2026-10-01T00:00:0{number}Z", "finished": f"2026-10-01T00:00:0{9 - number}Z"}
        made.append(replace(whole, id=f"run-{number}", shard=(number, of), cases=tuple(left), **moments))
    return made


@pytest.mark.parametrize("of", [1, 2, 5, 7])
def test_all_shards_make_the_run_that_they_are_of(of):
    shards = shards_of(ALL, of)
    found = joined(random.Random(of).sample(shards, of))
    assert found == replace(ALL, id="", started="2026-10-01T00:00:01Z", finished="2026-10-01T00:00:08Z")


def test_who_answered_and_how_shards_ended_is_told_of_all():
    one, two = shards_of(ALL, 2)
    one = replace(one, narrowed=("a", "b"), stopped=("-x",), info={"same": 1, "host": "x", "one": True})
    other = replace(ASKED, served=("m-2",), fingerprints=("f",), replayed=True, copied=True)
    two = replace(two, narrowed=("b",), prompts=(other,), info={"same": 1, "host": "y"})
    found = joined([two, one])
    assert found.prompts == (replace(ASKED, served=("m-1", "m-2"), fingerprints=("f",), replayed=True),)
    assert (found.narrowed, found.stopped) == (("a", "b"), ("shard 1 of 2: -x",))
    assert found.info == {
        "same": 1,
        "host": {"shard 1 of 2": "x", "shard 2 of 2": "y"},
        "one": {"shard 1 of 2": True},
    }


LATER = "2026-10-02T00:00:03Z"
BOTH = "shard 1 of 2 and shard 2 of 2 differ in "


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda one, two: [one], "gap: shard 2 of 2 is missing; all shards of a run are accepted"),
        (lambda one, two: [], "shards of one run are accepted, found none"),
        (lambda one, two: [one, two, one], "overlap: shard 1 of 2 is there twice, runs run-1 and run-1"),
        (
            lambda one, two: [one, replace(two, shard=(2, 3))],
            "shards of one run are accepted, found such of 2 and of 3",
        ),
        (lambda one, two: [one, replace(two, shard=None)], "run run-2 is no shard of a run"),
        (lambda one, two: [one, replace(two, commit="b")], f"{BOTH}their commit, found None and b"),
        (lambda one, two: [one, replace(two, month="2026-11")], f"{BOTH}their month, found 2026-10 and 2026-11"),
        (lambda one, two: [one, replace(two, policy_digest="x")], f"{BOTH}their policy"),
        (lambda one, two: [one, replace(two, prompts=())], f"{BOTH}their prompts, found support/triage in one only"),
        (
            lambda one, two: [one, replace(two, prompts=(replace(ASKED, model="n"),))],
            f"{BOTH}what they asked of support/triage: its model",
        ),
        (lambda one, two: [one, replace(two, cases=two.cases[1:])], f"{BOTH}their cases"),
        (
            lambda one, two: [one, replace(two, cases=ALL.cases)],
            "overlap: support/triage c000 is of shard 1 of 2, and shard 2 of 2 ran it too",
        ),
        (
            lambda one, two: [replace(one, cases=two.cases), replace(two, cases=one.cases)],
            "overlap: support/triage c000 is of shard 1 of 2, and shard 2 of 2 ran it too",
        ),
        (
            lambda one, two: [
                one,
                replace(two, cases=tuple(replace(x, repeats=(), missing="deselected") for x in two.cases)),
            ],
            "gap: support/triage c001 was not chosen in shard 2 of 2; a whole shard is accepted",
        ),
        (
            lambda one, two: [replace(one, started=LATER), two],
            f"shard 2 of 2 of 2026-10-01T00:00:02Z and shard 1 of 2 of {LATER} are more than 24 hours apart",
        ),
        (lambda one, two: [one, replace(two, started="then")], "shard 2 of 2 began at no moment, found 'then'"),
    ],
)
def test_what_is_no_whole_run_is_refused_and_named(change, told):
    with pytest.raises(InputError) as found:
        joined(change(*shards_of(ALL, 2)))
    assert str(found.value).startswith(told)


def test_shards_of_one_day_are_of_one_run():
    one, two = shards_of(ALL, 2)
    assert joined([replace(one, started="2026-10-02T00:00:02Z"), two]).started == two.started


@pytest.mark.parametrize("dirty", [None, True])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"provider": "python:model:answer"}, "python:model:answer"),
        ({"provider": "command:./answer"}, "command:./answer"),
        ({"provider": "ours"}, "ours"),
        ({"judges": ("openai:j", "python:tone:judge")}, "python:tone:judge"),
        ({"evaluators": ("exact@1", "all(python:checks:good)@1")}, "all(python:checks:good)@1"),
    ],
)
def test_shards_that_ran_code_are_of_one_run_only_where_all_of_it_was_committed(change, code, dirty):
    whole = replace(ALL, prompts=(replace(ASKED, **change),), commit="c", dirty=False)
    assert joined(shards_of(whole, 2)).prompts == whole.prompts
    with pytest.raises(InputError, match=rf"^shard 1 of 2 ran .*, found the code of {re.escape(code)} for support"):
        joined(shards_of(replace(whole, dirty=dirty), 2))


def test_shards_of_named_models_need_no_commit():
    broken = facts("support/broken", error="no")
    whole = replace(ALL, prompts=(broken, ASKED), dirty=True)
    assert joined(shards_of(whole, 2)).dirty is True
