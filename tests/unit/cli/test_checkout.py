from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_goldenprompt.cli.checkout import refuse_other_files
from pytest_goldenprompt.cli.refusal import DeniedError
from pytest_goldenprompt.engine.plan_test import plan_test
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.providers.python_test import PythonTest
from pytest_goldenprompt.registry import Registry

TEST = "def test_it(case):\n    return 'x'\n"


@pytest.fixture
def judged(tmp_path):
    """A checkout with a Python test and its dataset, and a claim of a run that judged them."""
    (tmp_path / "test_it.py").write_text(TEST)
    (tmp_path / "d.golden.yaml").write_text("cases: [{id: a, expected: x}]\n")
    test = PythonTest("test_it.py::test_it", "test_it.py", digest_of_bytes(TEST.encode()), "v")
    planned = plan_test(tmp_path, tmp_path / "d.golden.yaml", test, Registry().evaluator)
    cases = tuple(case.result(planned.facts.id) for case in planned.cases)
    return SimpleNamespace(run=RunRecord("r", prompts=(planned.facts,), cases=cases))


def test_a_checkout_with_the_tests_that_were_judged_is_let_through(judged, tmp_path):
    refuse_other_files(judged, tmp_path, ["."])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("test_it.py", f"{TEST}# more\n", "test_it.py is not the Python test that was judged"),
        ("test_it.py", None, "test_it.py::test_it cannot be read"),
        ("d.golden.yaml", "cases: [{id: a, expected: y}]\n", "d.golden.yaml is not the golden dataset that was judged"),
        ("d.golden.yaml", None, "test_it.py::test_it cannot be read"),
        ("e.golden.yaml", "cases: [{id: a, expected: y}]\n", "e.golden.yaml cannot be read: .* without a prompt"),
        ("d.prompt.md", "Answer.\n", "d.golden.yaml is here and was not judged"),
    ],
)
def test_any_other_file_is_refused(judged, tmp_path, name, text, told):
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text)
    with pytest.raises(DeniedError, match=told):
        refuse_other_files(judged, tmp_path, ["."])
