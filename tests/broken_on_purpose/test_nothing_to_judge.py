"""Runs with nothing to judge, or nothing to judge it by."""

from __future__ import annotations

import shutil

import pytest

NO_TESTS = 5


def test_an_empty_folder(library, is_red):
    is_red(library.run(), "no golden case was run", code=NO_TESTS, state="incomplete")


def test_no_dataset_beside_a_python_test_that_passes(library, is_red):
    library.write("test_one.py", "def test_one():\n    pass\n")
    is_red(library.run(), "no golden case was run", state="incomplete")


def test_a_retired_dataset_as_the_only_one(library, is_red):
    library.dataset("prompts/triage", {"one": "yes"}, header="status: retired")
    is_red(library.run("--golden-record"), "no golden case was run", state="incomplete")


def test_a_draft_as_the_only_one(library, is_red):
    library.dataset("prompts/triage", {"one": "yes"}, header="status: draft")
    is_red(library.run("--golden-record"), "no golden case was run", state="incomplete")


@pytest.mark.parametrize(
    "way", [(), ("-p", "xdist", "-n", "2"), ("-p", "no:terminal")], ids=["plain", "xdist", "no-terminal"]
)
def test_no_store(stored, is_red, way):
    shutil.rmtree(stored.folder / ".goldenprompt")
    run = stored.run(*way)
    assert "no stored result to compare with" in " ".join(run.verdict["reasons"])
    if "no:terminal" not in way:
        is_red(run, "no stored result to compare with", state="no-baseline")
    assert (run.code, run.state) == (1, "no-baseline")


def test_no_pointer_to_the_runs_of_the_store(stored, is_red):
    (stored.folder / ".goldenprompt" / "baselines.json").unlink()
    is_red(stored.run(), "no stored result to compare with", state="no-baseline")


def test_a_month_that_was_never_recorded(stored, is_red):
    is_red(stored.run("--golden-baseline", "2020-01"), "no stored result to compare with", state="no-baseline")


def test_the_whole_library_gone(stored, is_red):
    shutil.rmtree(stored.folder / "prompts")
    is_red(stored.run(), "the prompt and its 4 cases are gone", state="incomplete")


def test_golden_options_without_golden(stored):
    stored.answers({"two": "no"})
    stored.write("test_one.py", "def test_one():\n    pass\n")
    assert stored.run("--golden-strict", golden=False).code != 0
