from __future__ import annotations

import pytest

from asking import request
from pytest_goldenprompt.engine.plan_test import plan_test
from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.providers.python_test import PythonTest
from pytest_goldenprompt.registry import Registry

TEST = PythonTest("test_desk.py::test_it", "test_desk.py", "digest", "version", deterministic=True)


def plan(tmp_path, text):
    path = tmp_path / "desk.golden.yaml"
    path.write_text(text)
    return plan_test(tmp_path, path, TEST, Registry().evaluator)


def test_a_test_stands_where_a_prompt_would(tmp_path):
    planned = plan(
        tmp_path, "owner: desk\nprovider: echo\ntags: [x]\ncases: [{id: a, inputs: {n: 1}, expected: {m: 2}}]\n"
    )
    facts = planned.facts
    assert (facts.id, facts.dataset, facts.path, facts.digest) == (TEST.id, "desk.golden.yaml", TEST.path, "digest")
    assert (facts.provider, facts.owner, planned.prompt, planned.tags) == ("pytest", "desk", None, ("x",))
    assert [name.partition("@")[0] for name in facts.evaluators] == ["json"]
    [case] = planned.cases
    assert planned.request(case, 3).inputs == {"n": 1}


def test_what_a_dataset_lacks_is_told_with_its_place(tmp_path):
    with pytest.raises(InputError, match=r"desk\.golden\.yaml:1: case 'a' has nothing to check"):
        plan(tmp_path, "cases: [{id: a}]\n")


def test_a_retired_dataset_has_no_cases(tmp_path):
    planned = plan(tmp_path, "status: retired\ncases: [{id: a, expected: x}]\n")
    assert planned.facts.retired
    assert planned.cases == ()


def test_nobody_but_pytest_calls_a_test():
    assert TEST.is_deterministic(request())
    with pytest.raises(ProviderError, match="is called by pytest alone"):
        TEST.complete(request())
    assert TEST.close() is None
