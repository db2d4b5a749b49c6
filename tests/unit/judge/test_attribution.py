from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.judge.attribution import NONE_OF_OURS, causes, with_causes
from pytest_goldenprompt.judge.gate import judge
from unit.judge.records import POLICY, PROMPT, cases, facts, run

THEN = facts(path="support/triage.prompt.md", digest="d", parameters_digest="p", model="m", provider="openai:m")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"digest": "e"}, "the prompt file changed (support/triage.prompt.md)"),
        ({"digest": "e", "path": ""}, "the prompt file changed (support/triage)"),
        ({"parameters_digest": ""}, "the sampling parameters changed"),
        ({"model": "n"}, "the model asked for changed from m to n"),
        ({"served": ("m-2",)}, "another model answered: m-1 before, m-2 now"),
        ({"served": ("m-1",), "fingerprints": ("f2",)}, "the provider's build of the model changed"),
        ({"evaluators": ("exact@2",)}, "the evaluators changed, not like for like: exact@1, exact@2"),
        ({"judges_served": ("j-2",)}, "another model judged: j-1 before, j-2 now"),
        ({"dataset_digest": "e"}, "the dataset changed (support/triage.golden.yaml)"),
        ({"provider": "local:m.gguf"}, "the provider changed from openai:m to local:m.gguf"),
    ],
)
def test_what_differs_is_named(changed, told):
    before = replace(THEN, served=("m-1",), fingerprints=("f1",), evaluators=("exact@1",), judges_served=("j-1",))
    now = replace(before, **changed)
    [cause] = causes(before, now)
    assert cause.startswith(told)


def test_several_changes_are_all_named():
    assert len(causes(THEN, replace(THEN, digest="e", model="n"))) == 2


@pytest.mark.parametrize("changed", [{}, {"served": ("m-1",)}, {"provider": "replay", "replayed": True}])
def test_where_nothing_of_ours_changed_it_is_said(changed):
    assert causes(THEN, replace(THEN, **changed)) == (NONE_OF_OURS,)


def test_what_a_function_of_the_team_does_is_not_recorded_and_not_blamed_on_a_model():
    [cause] = causes(replace(THEN, provider="python:desk:answer"), replace(THEN, provider="python:desk:answer"))
    assert cause.endswith("what python:desk:answer does with them is not recorded")


TEST = replace(THEN, path="test_desk.py", provider="pytest", provider_version="v")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"digest": "e"}, ("the test's code changed (test_desk.py)",)),
        ({"provider_version": "w"}, ("code behind the test changed: what it imports, or a conftest.py",)),
        (
            {"digest": "e", "provider_version": "w"},
            ("the test's code changed (test_desk.py)", "code behind the test"),
        ),
        ({}, ("the test, the code behind it and the evaluators are the same; what else it asks is not rec",)),
        ({"provider": "echo", "provider_version": ""}, ("the provider changed from pytest to echo",)),
    ],
)
def test_of_a_python_test_its_code_is_told(changed, told):
    found = causes(TEST, replace(TEST, **changed))
    assert len(found) == len(told)
    assert all(cause.startswith(one) for cause, one in zip(found, told, strict=True))


def judged(then, now, *, worse=True):
    before = run(*cases([10] * 40), prompts=(then,))
    after = run(*cases([4 if worse else 10] * 40), prompts=(now,))
    return with_causes(judge(before, after, POLICY), before, after).prompt(PROMPT)


def test_only_a_prompt_that_is_not_well_is_explained():
    now = replace(THEN, digest="e")
    assert judged(THEN, now).cause == ("the prompt file changed (support/triage.prompt.md)",)
    assert judged(THEN, now, worse=False).cause == ()


def test_records_without_digests_explain_nothing():
    assert judged(facts(), facts()).cause == ()


def test_without_a_baseline_there_is_nothing_to_explain():
    current = run(*cases([10] * 4))
    verdict = judge(None, current, POLICY)
    assert with_causes(verdict, None, current) is verdict
