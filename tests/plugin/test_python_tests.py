"""Golden datasets in Python tests: called by pytest with their fixtures, judged, compared and gated as prompts are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "python"
TRIAGE = "tests/test_desk.py::test_triage"
USED = """
import os, pathlib, pytest

LOG = pathlib.Path(__file__).with_name("log")

def note(word):
    with LOG.open("a") as log:
        log.write(word + " ")

def said(case):
    return os.environ.get("SAYS_" + case.id, "yes")
"""


@pytest.fixture
def desk(library):
    """The example library, recorded."""
    shutil.copytree(EXAMPLE, library.folder, dirs_exist_ok=True)
    recorded = library.run("--golden-record")
    assert (recorded.code, recorded.state) == (0, "new"), recorded.out
    assert {prompt["id"] for prompt in recorded.verdict["prompts"]} == {"prompts/kind", TRIAGE}
    return library


@pytest.fixture
def tests(library):
    """Write a test module beside a dataset of two cases; `log` gives what it noted since the last time."""
    library.write("d.golden.yaml", "cases:\n" + "".join(f"  - {{id: {one}, expected: 'yes'}}\n" for one in "ab"))
    library.write("goldenprompt.toml", "[gate]\nbaseline_repeats = 5\nconfirm_repeats = 5\n")

    def write(text, name="test_it.py"):
        library.write(name, USED + text.replace("@golden", '@pytest.mark.goldenprompt("d.golden.yaml")'))

    library.tests = write
    return library


def log_of(library):
    path = library.folder / "log"
    words = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return words


@pytest.mark.parametrize("way", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_an_application_that_got_worse_is_named_beside_prompts_that_did_not(desk, way):
    code = (desk.folder / "desk.py").read_text()
    desk.write("desk.py", code.replace("> 14", "> 30"))
    run = desk.run(*way)
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert run.prompt("prompts/kind")["state"] == "pass"
    triage = run.prompt(TRIAGE)
    assert [(case["id"], case["now"]) for case in triage["cases"]] == [("late-order", {"passed": 0, "repeats": 3})]
    assert triage["cause"] == ["code behind the test changed: what it imports, or a conftest.py"]
    assert "field   $.urgent wrong in 25 % more cases" in run.out
    assert run.verdict["counts"]["run"] == 6
    assert f"{TRIAGE}::gate" in run.out


def test_what_changed_is_told_from_the_tests_own_file_and_from_what_it_imports(desk):
    test = (desk.folder / "tests/test_desk.py").read_text()
    desk.write("tests/test_desk.py", test.replace("**case.inputs)", "'Hello')"))
    run = desk.run("-k", "triage")
    assert run.prompt(TRIAGE)["cause"] == ["the test's code changed (tests/test_desk.py)"], run.out
    assert run.verdict["counts"]["planned"] == 6
    desk.write("conftest.py", "")
    assert len(desk.run("-k", "triage").prompt(TRIAGE)["cause"]) == 2


SCOPES = """
@pytest.fixture(scope="session")
def connection():
    note("S+"); yield; note("S-")

@pytest.fixture
def table(connection, tmp_path):
    assert not list(tmp_path.iterdir())
    (tmp_path / "used").touch()
    note("f+"); yield; note("f-")

class TestIt:
    @golden
    def test_it(self, case, table):
        assert case.inputs == {} and not hasattr(self, "used")
        case.inputs["used"] = self.used = True
        note(case.id)
        return said(case)

def test_other(table):
    note("other")
"""


def test_each_call_has_function_fixtures_of_its_own_and_shares_the_others(tests):
    tests.tests(SCOPES)
    assert tests.run("--golden-record").state == "new"
    each = [word for case in "aaaaabbbbb" for word in ("f+", case, "f-")]
    assert log_of(tests) == ["S+", *each, "f+", "other", "f-", "S-"]
    run = tests.run(SAYS_a="no")
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert run.prompt("test_it.py::TestIt::test_it")["cases"][0]["now"] == {"passed": 0, "repeats": 5}
    first = ["S+", *("f+", "a", "f-"), *("f+", "b", "f-"), *("f+", "other", "f-"), "S-"]
    again = [word for case in "aaaa" for word in ("f+", case, "f-")]
    assert log_of(tests) == [*first, "S+", *again, "S-"]


ASYNC = """
import asyncio

@pytest.fixture
def anyio_backend():
    return "asyncio"

@golden
@pytest.mark.{plugin}
async def test_it(case):
    await asyncio.sleep(0)
    note(case.id)
    return said(case)
"""


@pytest.mark.parametrize("plugin", ["anyio", "asyncio"])
def test_async_tests_are_called_by_the_plugin_that_runs_them(tests, plugin):
    pytest.importorskip({"anyio": "anyio", "asyncio": "pytest_asyncio"}[plugin])
    tests.tests(ASYNC.replace("{plugin}", plugin))
    run = tests.run("-p", plugin, "-W", "ignore", "--golden-record", SAYS_b="no")
    assert run.prompt("test_it.py::test_it")["rate"]["now"] == 0.5, run.out
    assert log_of(tests) == [*"aaaaabbbbb"]


ENDS = """
@golden
def test_asserted(case):
    assert case.id != "a", "never a"
    return "yes"

@golden
def test_crashed(case):
    if case.id == "a":
        raise OSError("no database")
    return "yes"

@golden
def test_left(case):
    if case.id == "a":
        raise SystemExit(3)
    return "yes"

@golden
def test_skipped(case):
    if case.id == "a":
        pytest.skip("not today")
    return "yes"

@golden
def test_silent(case):
    return "yes" if case.id == "b" else None

@pytest.fixture
def torn():
    yield
    raise OSError("not closed")

@golden
def test_torn(case, torn):
    return "yes"

@golden
async def test_without_a_plugin(case):
    return "yes"
"""


def test_a_failed_assertion_is_a_failed_case_and_all_else_is_no_result(tests):
    tests.tests(ENDS)
    run = tests.run("--golden-record")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    found = {prompt["id"].partition("::")[2]: prompt for prompt in run.verdict["prompts"]}
    assert found.pop("test_asserted")["rate"]["now"] == 0.5
    told = {name: " ".join(prompt["reasons"]) for name, prompt in found.items()}
    assert {prompt["state"] for prompt in found.values()} == {"incomplete"}
    assert "a (OSError: no database)" in told["test_crashed"]
    assert "a (SystemExit: 3)" in told["test_left"]
    assert "a (skipped)" in told["test_skipped"]
    assert "a (test_it.py::test_silent returned NoneType; accepted are a text" in told["test_silent"]
    assert "its tear-down failed: OSError: not closed" in told["test_torn"]
    assert "async def functions are not natively supported" in told["test_without_a_plugin"]
    assert 'raise OSError("no database")' in run.out
    assert "why   | failed: never a" in tests.command("show", "last/test_it.py::test_asserted/a").out


WRONG = """
import unittest

mark = pytest.mark.goldenprompt

@mark("d.golden.yaml")
def test_well(case):
    return "yes"

@mark("other.golden.yaml")
def test_no_file(case):
    return "yes"

@mark("test_it.py")
def test_no_dataset(case):
    return "yes"

@mark
def test_nothing_named(case):
    return "yes"

@mark("d.golden.yaml", ahead=True)
def test_ahead(case):
    return "yes"

@mark("d.golden.yaml", deterministc=True)
def test_misspelt(case):
    return "yes"

@mark("d.golden.yaml", deterministic=1)
def test_no_truth(case):
    return "yes"

@mark("d.golden.yaml")
@mark("d.golden.yaml")
def test_twice(case):
    return "yes"

@mark("d.golden.yaml")
def test_no_case():
    return "yes"

@mark("d.golden.yaml")
def test_no_return(case):
    def inner():
        return "yes"

@mark("d.golden.yaml")
@pytest.mark.parametrize("model", ["one", "two"])
def test_parameters(case, model):
    return "yes"

@mark("d.golden.yaml")
@pytest.mark.parametrize("case", [1, 2])
def test_own_cases(case):
    return "yes"

@mark("d.golden.yaml")
class TestClass:
    def test_in_it(self, case):
        return "yes"

@mark("judged.golden.yaml")
def test_judged(case):
    return "yes"

class TestUnit(unittest.TestCase):
    @mark("d.golden.yaml")
    def test_method(self):
        return "yes"
"""
TOLD = {
    "test_no_file": "the golden dataset is not there, found no file 'other.golden.yaml'",
    "test_no_dataset": "no golden dataset, found 'test_it.py'",
    "test_nothing_named": "the mark goldenprompt names no dataset, found nothing",
    "test_ahead": "a test's fixtures serve one call at a time",
    "test_misspelt": "the mark goldenprompt has no setting 'deterministc', did you mean `deterministic`?",
    "test_no_truth": "deterministic=1 in the mark goldenprompt; True or False is accepted",
    "test_twice": "two marks goldenprompt on test_twice",
    "test_no_case": "test_no_case takes no argument `case`",
    "test_no_return": "test_no_return returns nothing",
    "test_parameters": "each case is run several times, found parameters of model",
    "test_own_cases": "`case` has parameters of its own",
    "test_judged": "models that judge are not asked about what a Python test returns, found echo",
    "TestClass::test_in_it": "the mark goldenprompt stands on the class 'TestClass'",
    "TestUnit::test_method": "test_method cannot be given cases",
}


def test_a_mark_that_cannot_be_meant_is_one_line_and_all_else_is_run(tests):
    tests.tests(WRONG)
    judge = "{judge: {rubric: Good?, choices: {good: 1, bad: 0}, provider: echo}}"
    tests.write("judged.golden.yaml", f"evaluators: [{judge}]\ncases: [{{id: a}}]\n")
    tests.dataset("prompts/triage", {"c": "yes"})
    run = tests.run("--golden-record", "--strict-markers")
    assert (run.code, run.state) == (4, "error"), run.out
    assert "Traceback" not in run.out
    assert run.prompt("prompts/triage")["state"] == run.prompt("test_it.py::test_well")["state"] == "new"
    lines = [line for line in run.out.splitlines() if line.startswith("golden: test_it.py:")]
    assert len(lines) == len(TOLD)
    for name, told in TOLD.items():
        prompt = run.prompt(f"test_it.py::{name}")
        assert prompt["state"] == "error"
        assert told in prompt["reasons"][0]
        assert any(told in line for line in lines)


PLAIN = """
@golden
def test_it(case):
    note(case.id)
    return said(case)

def test_other():
    note("other")
"""


def test_without_golden_they_are_skipped_and_say_why(tests):
    tests.tests(PLAIN)
    run = tests.run("-rs", "--strict-markers", golden=False)
    assert run.code == 0
    assert "runs a golden dataset: --golden is not given" in run.out
    assert log_of(tests) == ["other"]
    assert "goldenprompt(dataset" in tests.run("--markers", golden=False).out


def test_under_golden_only_they_run_and_no_other_test_does(tests):
    tests.tests(PLAIN)
    tests.write("test_broken.py", "raise OSError\n")
    run = tests.run("--golden-only", "--golden-record", "--golden-replay", "none")
    assert (run.code, run.state) == (0, "new"), run.out
    assert log_of(tests) == [*"aaaaabbbbb"]
    checked = tests.run("--golden-only", "--golden-replay", "none", "--golden-budget", "5")
    assert (checked.code, checked.state) == (0, "pass"), checked.out
    assert "--golden-budget and --golden-replay: nothing of that holds for what Python tests call" in checked.out


def test_a_look_at_some_of_them_says_nothing_of_the_others(tests):
    tests.tests(PLAIN)
    tests.tests(PLAIN, "test_more.py")
    assert tests.run("--golden-record").code == 0
    log_of(tests)
    one = tests.run("test_it.py::test_it[a]")
    assert (one.code, one.state, log_of(tests)) == (0, "incomplete", ["a"]), one.out
    assert "1 Python test of the stored run was not collected" in one.out
    tests.tests("", "test_more.py")
    gone = tests.run()
    assert (gone.code, gone.prompt("test_more.py::test_it")["state"]) == (1, "incomplete"), gone.out
    assert "test_more.py::test_it::gate" in gone.out


def test_a_dataset_beside_a_prompt_is_run_with_both_and_one_without_needs_its_test(tests):
    tests.write("d.prompt.md", "Answer.\n")
    tests.write("e.golden.yaml", "cases: [{id: c, expected: 'yes'}]\n")
    tests.tests(PLAIN + "\n@pytest.mark.goldenprompt('e.golden.yaml')\ndef test_e(case):\n    return 'yes'\n")
    run = tests.run("--golden-record")
    assert (run.code, run.state) == (0, "new"), run.out
    assert {prompt["id"] for prompt in run.verdict["prompts"]} == {"d", "test_it.py::test_it", "test_it.py::test_e"}
    without = tests.run("e.golden.yaml")
    assert without.code == 4
    assert "collect the Python test that uses it" in without.out


KILLED = """
import signal

@golden
def test_it(case):
    note(case.id)
    if case.id == "b" and "DIES" in os.environ:
        os.kill(os.getpid(), int(os.environ["DIES"]))
    return said(case)
"""


def test_a_run_that_was_cut_off_is_gone_on_with(tests):
    tests.tests(KILLED)
    assert tests.run(DIES="9").code == -9
    run = tests.run("--golden-record", DIES="2")
    assert run.code == 2, run.out
    assert "answers are kept" in run.out
    log_of(tests)
    assert tests.run("--golden-record").code == 0
    assert log_of(tests) == [*"bbbbb"]


def test_a_test_that_ends_its_worker_has_no_result_and_is_not_called_again(tests):
    pytest.importorskip("pytest_rerunfailures")
    tests.tests(KILLED)
    run = tests.run("-n", "2", "--reruns", "2", "--golden-repeats", "1", DIES="9")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert sorted(log_of(tests)) == ["a", "b"]


def test_what_may_not_be_called_any_more_is_not(tests):
    tests.tests(PLAIN)
    run = tests.run("--golden-deadline", "0.0001")
    assert (run.code, run.state, log_of(tests)) == (1, "incomplete", ["other"]), run.out
    assert "a (the deadline of 0.0001 s has passed)" in run.out
    batch = tests.run("--golden-batch")
    assert batch.code == 4
    assert "--golden-batch: a provider that takes batches is accepted, found pytest" in batch.out


def git(folder, *words):
    named = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *named, *words], check=True, capture_output=True)


def test_unchanged_tests_and_merged_shards_need_no_fixture(tests):
    tests.tests(SCOPES.replace("def test_other", "def other"))
    tests.write(".gitignore", "log\nverdict.json\n__pycache__\n")
    git(tests.folder, "init", "-q")
    git(tests.folder, "add", ":/")
    git(tests.folder, "commit", "-qm", "start")
    assert tests.run("--golden-record").code == 0
    log_of(tests)
    changed = tests.run("--golden-changed")
    assert (changed.code, changed.state, log_of(tests)) == (0, "pass", []), changed.out
    for shard, case in ("1/2", "a"), ("2/2", "b"):
        part = tests.run("--golden-shard", shard, SAYS_a="no")
        assert (part.code, part.state) == (1, "incomplete"), part.out
        assert log_of(tests) == ["S+", "f+", case, "f-", "S-"]
    merged = tests.run("--golden-merge", ".goldenprompt/cache/shards", SAYS_a="no")
    assert (merged.code, merged.state) == (1, "regressed"), merged.out
    assert log_of(tests).count("a") == 4  # what looks worse is called here, with its fixtures
    tests.tests(SCOPES.replace("def test_other", "def another"))
    tests.run("--golden-changed")
    assert "a" in log_of(tests)


SLOW = """
import time

@golden
def test_it(case):
    note(case.id)
    time.sleep(2 * (case.id == "b"))
    return "no"
"""


def test_reruns_and_time_outs_of_other_plugins_make_no_answer(tests):
    pytest.importorskip("pytest_timeout")
    tests.tests(SLOW)
    run = tests.run("--reruns", "2", "--timeout", "0.2")
    told = run.prompt("test_it.py::test_it")
    assert (run.code, told["rate"]["now"]) == (1, 0.0), run.out
    assert "b (Failed: Timeout (>0.2s) from pytest-timeout.)" in " ".join(told["reasons"])
    assert log_of(tests) == ["a", "b"]
