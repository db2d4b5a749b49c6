from __future__ import annotations

import pytest

CASES = {"a": "yes", "b": "yes", "c": "yes", "d": "no"}
WAYS = [(), ("-n", "2"), ("-p", "no:terminal")]
in_each_way = pytest.mark.parametrize("way", WAYS, ids=["plain", "xdist", "no-terminal"])


@pytest.fixture
def stored(library):
    """A library with one prompt whose stored run passed three of four cases."""
    library.dataset("prompts/triage", CASES)
    first = library.run("--golden-record")
    assert (first.code, first.state) == (0, "new"), first.out
    return library


@in_each_way
def test_the_same_answers_pass(stored, way):
    run = stored.run(*way)
    assert (run.code, run.state) == (0, "pass"), run.out


@in_each_way
def test_a_case_that_fails_now_is_a_regression_of_a_deterministic_model(stored, way):
    stored.answers({"b": "no"})
    run = stored.run(*way)
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert [case["id"] for case in run.prompt("prompts/triage")["cases"]] == ["b"]


def test_a_regression_is_shown_with_then_now_and_the_command_to_look_closer(stored):
    stored.answers({"b": "no"})
    run = stored.run()
    shown = run.out[run.out.index("golden prompts") :]
    assert "REGRESSED prompts/triage" in shown
    assert "then    | yes" in shown
    assert "now     | no" in shown
    assert "goldenprompt show last/prompts/triage/b" in run.out
    assert "VERDICT REGRESSED" in shown
    assert "verdict.json" in shown


def test_a_case_that_failed_before_is_no_failure_and_one_that_passes_now_is_fixed(stored):
    run = stored.run("-v")
    assert "1 failing as before" in run.out
    stored.answers({"d": "no"})
    run = stored.run("-v")
    assert run.code == 0
    assert "1 fixed" in run.out


def test_each_case_is_called_once_also_by_workers(stored):
    stored.calls()
    stored.run()
    assert sorted(stored.calls()) == ["a", "b", "c", "d"]
    stored.run("-n", "2")
    assert sorted(stored.calls()) == ["a", "b", "c", "d"]


def test_collect_only_shows_the_cases_and_calls_nothing(stored):
    stored.calls()
    run = stored.run("--collect-only", "-q")
    assert "prompts/triage.golden.yaml::a" in run.out
    assert stored.calls() == []
    assert run.verdict is None


def test_a_recording_run_that_regressed_is_stored_and_waits_for_a_person(stored):
    stored.answers({"b": "no"})
    run = stored.run("--golden-record")
    assert (run.code, run.state) == (1, "regressed")
    assert "stored, not accepted" in run.out
    refused = stored.command("accept", "last", "--reason", "looks fine")
    assert refused.code == 2
    assert "--even regressed" in refused.out
    accepted = stored.command("accept", "last", "--reason", "the label moved", "--even", "regressed")
    assert accepted.code == 0
    assert stored.run().state == "pass"


def test_node_ids_and_keywords_choose_cases_and_the_look_is_no_gate(stored):
    run = stored.run("prompts/triage.golden.yaml::b")
    assert (run.code, run.state) == (0, "incomplete"), run.out
    assert run.verdict["partial"]
    assert run.verdict["counts"]["run"] == 1
    assert stored.run("-k", "b or c", CI="true").code == 1
    assert stored.run("-k", "b or c", "--golden-strict").code == 1


def test_last_failed_runs_the_red_case_alone_and_then_all_again(stored):
    stored.answers({"b": "no"})
    assert stored.run("-p", "cacheprovider").code == 1
    stored.calls()
    again = stored.run("-p", "cacheprovider", "--lf")
    assert stored.calls() == ["b"]
    assert again.code == 1
    stored.answers({})
    stored.run("-p", "cacheprovider")
    stored.calls()
    stored.run("-p", "cacheprovider", "--lf")
    assert sorted(stored.calls()) == ["a", "b", "c", "d"]


def test_junit_holds_every_case_and_the_gate(stored):
    stored.answers({"b": "no"})
    stored.run("--junitxml=junit.xml")
    text = (stored.folder / "junit.xml").read_text()
    assert text.count("<testcase") == 5
    assert 'failures="2"' in text


def test_testpaths_cannot_hide_the_datasets(stored):
    stored.ini("testpaths = checks\n")
    stored.write("checks/test_it.py", "def test_it():\n    pass\n")
    run = stored.run()
    assert run.verdict["counts"]["run"] == 4
    assert "5 passed" in run.out or "1 failing as before" in run.out


def test_golden_only_imports_no_python_test(stored):
    stored.write("test_broken.py", "raise RuntimeError\n")
    assert stored.run("--golden-only").code == 0


def test_stopping_at_the_first_failure_stops_spending(stored):
    stored.dataset("prompts/many", {f"m{n}": "yes" for n in range(20)})
    stored.answers({"m0": "no"})
    stored.calls()
    run = stored.run("-x")
    assert run.code == 1
    assert run.state == "incomplete"
    assert len(stored.calls()) <= 4


def test_workers_too_find_the_datasets_that_testpaths_would_hide(stored):
    stored.ini("testpaths = checks\n")
    stored.write("checks/test_it.py", "def test_it():\n    pass\n")
    run = stored.run("-n", "2")
    assert (run.code, run.verdict["counts"]["run"]) == (0, 4), run.out


def test_a_lost_pointer_file_does_not_make_the_next_recording_the_first(stored):
    (stored.folder / ".goldenprompt/baselines.json").unlink()
    stored.answers({"a": "no", "b": "no", "c": "no"})
    run = stored.run("--golden-record")
    assert (run.code, run.state) == (1, "no-baseline"), run.out
    assert "not accepted" in run.out


def test_an_incomplete_run_is_not_accepted_over_the_regression_it_shows(stored):
    stored.dataset("prompts/triage", {"b": "yes", "c": "yes", "d": "no"})
    stored.answers({"b": "no"})
    assert stored.run().state == "incomplete"
    refused = stored.command("accept", "last", "--reason", "case a is obsolete")
    assert refused.code == 2
    assert "--even regressed" in refused.out


def test_the_same_answers_judged_worse_are_not_green(library):
    library.model(deterministic=False)
    library.write(
        "checks.py", "import pathlib\ndef good(case):\n    return case.id not in pathlib.Path('bad').read_text()\n"
    )
    library.write("bad", "")
    library.dataset("prompts/triage", {f"c{number}": "yes" for number in range(10, 40)})
    path = library.folder / "prompts/triage.golden.yaml"
    path.write_text(path.read_text().replace("[exact]", '[{python: "checks:good"}]'))
    first = library.run("--golden-record")
    assert first.code == 0, first.out
    library.write("bad", "c11 c12 c13 c14")
    run = library.run()
    assert (run.code, run.state) == (1, "regressed"), run.out
