"""Datasets changed so that what got worse is no longer compared."""

from __future__ import annotations

import pytest

IDS = dict.fromkeys(["one", "two", "three", "four"], "yes")
NAMES = ("deleted", "renamed", "moved", "expectation", "gone", "touched", "retired", "draft", "good")


@pytest.fixture(scope="module")
def run(new_library):
    """One run after each dataset but one was changed in its own way; case `two` fails now, everywhere but in one."""
    library = new_library()
    for name in NAMES:
        library.dataset(f"prompts/{name}", {f"{name}-{case}": expected for case, expected in IDS.items()})
    first = library.run("--golden-record")
    assert first.code == 0, first.out
    cases = {name: {f"{name}-{case}": expected for case, expected in IDS.items()} for name in NAMES}
    library.answers({f"{name}-two": "no" for name in NAMES if name != "good"})
    cases["deleted"].pop("deleted-two")
    library.dataset("prompts/deleted", cases["deleted"])
    cases["renamed"]["renamed-new-name"] = cases["renamed"].pop("renamed-two")
    library.dataset("prompts/renamed", cases["renamed"])
    for suffix in ("prompt.md", "golden.yaml"):
        (library.folder / f"prompts/moved.{suffix}").rename(library.folder / f"prompts/elsewhere.{suffix}")
    library.dataset("prompts/expectation", dict.fromkeys(cases["expectation"], "no"))
    (library.folder / "prompts/gone.golden.yaml").unlink()
    touched = library.folder / "prompts/touched.golden.yaml"
    touched.write_text(touched.read_text().replace("touched-two text", "touched-two  text"))
    library.dataset("prompts/retired", cases["retired"], header="status: retired")
    library.dataset("prompts/draft", cases["draft"], header="status: draft")
    return library.run()


WHY = {
    "deleted": (r"1 case that used to pass removed \(deleted-two\)", "incomplete"),
    "renamed": (r"1 case that used to pass removed \(renamed-two\)", "incomplete"),
    "moved": ("the prompt and its 4 cases are gone", "incomplete"),
    "gone": ("the prompt and its 4 cases are gone", "incomplete"),
    "expectation": ("changed in all 4 stored cases, so nothing can be compared", "no-baseline"),
}


@pytest.mark.parametrize("name", WHY)
def test_a_change_of_the_dataset_does_not_hide_what_it_takes_away(run, is_red, name):
    why, state = WHY[name]
    is_red(run, why, state="incomplete")
    assert run.prompt(f"prompts/{name}")["state"] == state


def test_a_dataset_that_was_not_changed_is_judged_all_the_same(run):
    assert run.prompt("prompts/good")["state"] == "pass"


def test_an_edit_of_a_case_does_not_hide_that_it_fails_now(run):
    assert run.prompt("prompts/touched")["state"] not in {"pass", "inconclusive"}


def test_a_dataset_with_history_is_not_made_a_draft_to_let_a_regression_through(stored):
    stored.answers({"two": "no"})
    stored.dataset("prompts/other", {"five": "yes"})
    stored.dataset("prompts/triage", {"one": "yes", "two": "yes", "three": "yes", "four": "no"}, "status: draft")
    assert stored.run().code != 0


def test_a_dataset_with_history_is_not_retired_to_let_a_regression_through(stored):
    stored.dataset("prompts/other", {"five": "yes"})
    stored.dataset("prompts/triage", {"one": "yes", "two": "yes", "three": "yes", "four": "no"}, "status: retired")
    assert stored.run().code != 0


@pytest.mark.parametrize(
    "way", [(), ("-p", "xdist", "-n", "2"), ("-p", "no:terminal")], ids=["plain", "xdist", "no-terminal"]
)
def test_a_deleted_case_in_every_way_of_running(stored, way):
    stored.dataset("prompts/triage", {"one": "yes", "three": "yes", "four": "no"})
    run = stored.run(*way)
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert "1 case that used to pass removed (two)" in run.verdict["reasons"][0]


def test_a_case_that_must_always_pass_and_does_not_even_in_the_first_run(library, is_red):
    library.dataset("prompts/triage", {"one": "yes", "two": "yes"}, extra=", must_pass: true")
    library.answers({"two": "no"})
    is_red(library.run("--golden-record"), r"two \(must always pass, failed 1 of 1\)", state="regressed")
