"""Sessions that end before they are through, or run nothing."""

from __future__ import annotations

import pytest

EXIT = "import pytest\n\ndef {hook}:\n    {condition}pytest.exit('done', returncode=0)\n"
NO_VERDICT = "golden: the run ended without a verdict that lets it pass"


def test_a_hook_that_ends_the_run_in_the_middle_with_code_0(stored, is_red):
    text = EXIT.format(hook="pytest_runtest_teardown(item)", condition="if item.name == 'two':\n        ")
    stored.write("conftest.py", text)
    run = stored.run()
    is_red(run, "ended early", state="incomplete")
    assert "2 of 4 cases without a whole result" in run.out


def test_a_hook_that_ends_the_session_with_code_0_before_it_starts(stored, is_red):
    stored.write("conftest.py", EXIT.format(hook="pytest_sessionstart(session)", condition=""))
    run = stored.run()
    is_red(run, NO_VERDICT)
    assert run.verdict is None


@pytest.mark.parametrize("way", [(), ("-p", "no:terminal")], ids=["plain", "no-terminal"])
def test_a_hook_that_ends_the_session_with_code_0_after_a_regression(stored, is_red, way):
    stored.answers({"two": "no"})
    stored.write("conftest.py", EXIT.format(hook="pytest_sessionfinish(session)", condition=""))
    is_red(stored.run(*way), NO_VERDICT, state="regressed")


def test_a_hook_that_sets_the_exit_code_to_0_after_a_regression(stored, is_red):
    stored.answers({"two": "no"})
    stored.write(
        "conftest.py",
        "import pytest\n\n@pytest.hookimpl(trylast=True)\ndef pytest_sessionfinish(session):\n"
        "    session.exitstatus = 0\n",
    )
    is_red(stored.run(), NO_VERDICT, state="regressed")


def test_a_process_that_vanishes_leaves_no_record_that_could_be_taken_for_green(stored):
    stored.write("conftest.py", "import os\n\ndef pytest_runtest_teardown(item):\n    os._exit(0)\n")
    stored.write("before.json", '{"verdict": "pass"}')
    stored.run("--golden-report", "json=before.json")
    assert not (stored.folder / "before.json").exists()


def test_a_worker_that_vanishes_in_the_middle(stored, is_red):
    stored.write(
        "conftest.py", "import os\n\ndef pytest_runtest_setup(item):\n    item.name == 'two' and os._exit(0)\n"
    )
    run = stored.run("-p", "xdist", "-n", "2", "--max-worker-restart=0")
    is_red(run, r"2 of 4 cases without a whole result: four \(.*, two \(", state="incomplete")
    is_red(run, "the run ended early: worker gw1 crashed")


@pytest.mark.parametrize(
    ("hook", "why"),
    [
        ("pytest_sessionfinish(session)", "the run ended early: worker gw0, gw1 crashed"),
        ("pytest_runtest_setup(item)", "no worker lived to tell what it ran"),
    ],
)
def test_workers_that_all_vanish_after_their_last_case_or_before_their_first(stored, is_red, hook, why):
    stored.write("conftest.py", f"import os\n\ndef {hook}:\n    'PYTEST_XDIST_WORKER' in os.environ and os._exit(0)\n")
    run = stored.run("-p", "xdist", "-n", "2", "--max-worker-restart=0")
    is_red(run, why, state="incomplete")


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-only"])
def test_a_plan_in_place_of_a_run(stored, is_red, option):
    is_red(stored.run(option), "4 of 4 cases without a whole result", state="incomplete")


def test_stopping_at_the_first_failure(stored, is_red):
    stored.answers({"one": "no"})
    run = stored.run("-x")
    is_red(run, "3 of 4 cases without a whole result", state="incomplete")
    assert [case["id"] for case in run.prompt("prompts/triage")["cases"]] == ["one"]


def test_a_listing_removes_the_record_of_an_earlier_run(stored):
    stored.write("before.json", '{"verdict": "pass"}')
    run = stored.run("--golden-report", "json=before.json", "--collect-only", "-q")
    assert run.code == 0
    assert run.verdict is None
    assert not (stored.folder / "before.json").exists()
