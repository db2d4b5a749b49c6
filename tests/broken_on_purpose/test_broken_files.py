"""Files that cannot be used: each is an error of its own prompt, and the datasets beside it are still judged."""

from __future__ import annotations

import pytest

MODELS = "messages: [{role: user, content: 'Answer {{input}}'}]\nevaluators: []\n"
CASE = "cases: [{id: one, inputs: {text: one}, expected: yes}]\n"
TWICE = "cases: [{id: one, inputs: {text: a}, expected: yes}, {id: one, inputs: {text: b}, expected: yes}]\n"
BROKEN = {
    "empty-file": ("", "found nothing"),
    "empty-cases": ("evaluators: [exact]\ncases: []\n", "no cases, found an empty dataset"),
    "typo-key": (f"reviewd: 2026-01-01\n{CASE}", "unknown key in the header, found 'reviewd'"),
    "typo-cases": ("evaluators: [exact]\ncase: []\n", "unknown key in the header, found 'case'"),
    "unknown-evaluator": (f"evaluators: [exakt]\n{CASE}", "no such evaluator, found 'exakt'"),
    "unknown-provider": (f"provider: opnai:gpt\n{CASE}", "no such provider, found 'opnai'"),
    "unknown-module": (f"evaluators: [python: nowhere:check]\n{CASE}", "cannot import 'nowhere'"),
    "duplicate-ids": (TWICE, "duplicate id, found 'one'"),
    "nothing-expected": ("cases: [{id: one, inputs: {text: a}}]\n", "nothing to check"),
    "not-yaml": ("cases: [", "typo|not |expected"),
}


@pytest.fixture(scope="module")
def run(new_library):
    """One run over a good dataset with history and all the broken ones."""
    library = new_library()
    library.dataset("prompts/good", {"one": "yes"})
    assert library.run("--golden-record").code == 0
    for name, (text, _) in BROKEN.items():
        library.write(f"prompts/{name}.prompt.md", "Answer {{text}}\n")
        library.write(f"prompts/{name}.golden.yaml", text)
    library.write("prompts/unknown-name.prompt.md", "Answer {{txet}}\n")
    library.write("prompts/unknown-name.golden.yaml", CASE)
    library.write("prompts/no-prompt.golden.yaml", CASE)
    library.write("prompts/no-rows.prompt.yml", f"{MODELS}testData: []\n")
    library.write("prompts/twin.prompt.md", "Answer {{text}}\n")
    library.write("prompts/twin.golden.yaml", CASE)
    library.write("prompts/twin.golden.json", '{"cases": [{"id": "one", "inputs": {"text": "b"}, "expected": "no"}]}')
    return library.run()


WHY = {
    **{name: why for name, (_, why) in BROKEN.items()},
    "unknown-name": "unknown name in the template, found 'txet'",
    "no-prompt": "golden dataset without a prompt",
    "no-rows": "no cases, found no testData",
    "twin.golden.yaml": "two golden datasets for one prompt",
}


@pytest.mark.parametrize("name", WHY)
def test_a_broken_file_is_an_error_that_says_where_and_why_in_one_line(run, is_red, name):
    is_red(run, f"prompts/{name.partition('.')[0]}.*({WHY[name]})", code=4, state="error")
    assert run.prompt(f"prompts/{name}")["state"] == "error"


def test_the_datasets_beside_broken_ones_are_judged_all_the_same(run):
    assert run.prompt("prompts/good")["state"] == "pass"
    assert run.prompt("prompts/twin")["state"] == "new"
    assert run.verdict["counts"]["run"] == 2


def test_a_broken_file_and_a_provider_that_is_down_for_one_case_under_workers(stored, is_red):
    stored.answers({"two": "!"})
    stored.write("prompts/other.prompt.md", "Answer {{text}}\n")
    stored.write("prompts/other.golden.yaml", f"reviewd: 2026-01-01\n{CASE}")
    run = stored.run("-p", "xdist", "-n", "2")
    is_red(run, "unknown key in the header, found 'reviewd'", code=4, state="error")
    is_red(run, r"1 of 4 cases without a whole result: two \(.*the provider is down", code=4)
    assert run.prompt("prompts/triage")["state"] == "incomplete"


def test_a_first_recording_run_with_a_broken_file_is_no_baseline(library, is_red):
    library.dataset("prompts/good", {"one": "yes"})
    library.write("prompts/other.golden.yaml", CASE)
    is_red(library.run("--golden-record"), "golden dataset without a prompt", code=4, state="error")
    assert not (library.folder / ".goldenprompt" / "baselines.json").exists()


def test_a_broken_file_in_a_mere_listing(stored, is_red):
    stored.write("prompts/other.golden.yaml", CASE)
    is_red(stored.run("--collect-only", "-q"), "golden dataset without a prompt", code=4)
