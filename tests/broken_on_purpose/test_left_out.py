"""Cases left out of a run by markers, choices and plugins."""

from __future__ import annotations

import pytest

MARKED = """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.{marker})
"""


@pytest.mark.parametrize(
    "way", [(), ("-p", "xdist", "-n", "2"), ("-p", "no:terminal")], ids=["plain", "xdist", "no-terminal"]
)
def test_all_cases_skipped_by_a_marker(stored, is_red, way):
    stored.write("conftest.py", MARKED.format(marker="skip(reason='not today')"))
    run = stored.run(*way)
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert "4 of 4 cases without a whole result" in run.verdict["reasons"][0]
    if "no:terminal" not in way:
        is_red(run, r"4 of 4 cases without a whole result: skipped")


def test_all_cases_expected_to_fail_by_a_marker_and_one_got_worse(stored, is_red):
    stored.write("conftest.py", MARKED.format(marker="xfail(reason='known')"))
    stored.answers({"two": "no"})
    is_red(stored.run(), "1 of 3 cases that passed last time fails now", state="regressed")


def test_all_cases_expected_to_fail_and_not_run(stored, is_red):
    stored.write("conftest.py", MARKED.format(marker="xfail(run=False, reason='known')"))
    is_red(stored.run(), "4 of 4 cases without a whole result", state="incomplete")


def test_a_skip_from_inside_a_check(stored, is_red):
    stored.write("conftest.py", "import pytest\n\ndef pytest_runtest_call(item):\n    pytest.skip('later')\n")
    is_red(stored.run(), "4 of 4 cases without a whole result", state="incomplete")


def test_reports_turned_into_passes_by_a_hook(stored, is_red):
    stored.write(
        "conftest.py",
        "import pytest\n\n@pytest.hookimpl(wrapper=True, tryfirst=True)\ndef pytest_runtest_makereport(item):\n"
        "    report = yield\n    report.outcome = 'passed'\n    return report\n",
    )
    stored.answers({"two": "no"})
    is_red(stored.run(), "1 of 3 cases that passed last time fails now", state="regressed")


def test_reruns_until_a_case_passes(stored, is_red):
    stored.write(
        "flaky.py",
        "calls = []\n\ndef answer(case, text):\n    calls.append(case)\n"
        "    return 'no' if case == 'two' and calls.count('two') < 2 else 'yes'\n\nanswer.deterministic = True\n",
    )
    run = stored.run("--golden-provider", "python:flaky:answer", "-p", "rerunfailures", "--reruns", "3")
    is_red(run, "1 of 3 cases that passed last time fails now", state="regressed")


CHOICES = {
    "keyword": ("-k", "two or three"),
    "deselected": ("--deselect", "prompts/triage.golden.yaml::two"),
    "node": ("prompts/triage.golden.yaml::two",),
    "marker": ("-m", "not golden"),
}


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("way", [(), ("-p", "xdist", "-n", "2")], ids=["plain", "xdist"])
def test_a_choice_of_cases_in_ci(stored, is_red, choice, way):
    run = stored.run(*way, *CHOICES[choice], CI="true")
    is_red(run, "VERDICT PARTIAL: partial: . of 4 cases were chosen", state="incomplete")


def test_only_the_last_failures_in_ci(stored, is_red):
    stored.answers({"two": "no"})
    stored.run("-p", "cacheprovider")
    stored.answers({})
    run = stored.run("-p", "cacheprovider", "--lf", CI="true")
    is_red(run, "VERDICT PARTIAL: partial: 1 of 4 cases were chosen", state="incomplete")


def test_a_ci_system_that_writes_its_own_name_into_the_variable(stored, is_red):
    run = stored.run("-k", "two", CI="woodpecker")
    is_red(run, "VERDICT PARTIAL: partial: 1 of 4 cases were chosen", state="incomplete")


NOTHING = {
    "misspelt-keyword": ("-k", "nothing-of-that-name"),
    "marker": ("-m", "not golden"),
    "other-file": ("test_one.py",),
}


@pytest.mark.parametrize("choice", NOTHING)
def test_a_choice_of_no_case_at_all_also_on_a_desk(stored, is_red, choice):
    stored.write("test_one.py", "def test_one():\n    pass\n")
    is_red(stored.run(*NOTHING[choice]), "VERDICT PARTIAL: partial: 0 of ", state="incomplete")


def test_a_python_test_that_fails_beside_golden_cases_that_pass(stored):
    stored.write("test_one.py", "def test_one():\n    assert 0, 'not golden'\n")
    run = stored.run()
    assert run.code == 1
    assert "FAILED test_one.py::test_one - AssertionError: not golden" in run.out
    assert run.state == "pass"


def test_a_python_module_that_cannot_be_imported(stored):
    stored.write("test_one.py", "raise RuntimeError('no such luck')\n")
    run = stored.run()
    assert (run.code, run.state) == (2, "incomplete"), run.out
    assert "ended early: 1 error during collection" in run.out
