"""Prompts and datasets in every format, run together: each case is an item of its own file, under one verdict."""

from __future__ import annotations

import pytest

from golden_library import GoldenLibrary

CASES = "cases: [{{id: {0}, inputs: {{text: x}}, expected: yes}}]\n"
FOLDER = "support/triage.golden"


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> GoldenLibrary:
    library = GoldenLibrary(tmp_path_factory.mktemp("formats"))
    library.write("greet.prompt", "Hi {{text}}")
    library.write("greet.formal.prompt", '{{role "system"}}Be formal.{{role "user"}}{{text}}')
    library.write("greet.golden.yaml", CASES.format("greet"))
    library.write("support/triage.prompt.md", "{{text}}")
    library.write(f"{FOLDER}/header.yaml", "owner: support\n")
    library.write(f"{FOLDER}/late.yaml", "inputs: {text: {file: long/late.txt}}\nexpected: yes\n")
    library.write(f"{FOLDER}/long/late.txt", "My parcel is late.")
    library.write(f"{FOLDER}/more.jsonl", '{"id": "a", "inputs": {"text": "a"}, "expected": "yes"}\n')
    library.write("ask.prompty", "---\nsample: {text: Why?, expected: 'yes'}\n---\nuser:\n{{text}}")
    models = "messages: [{role: user, content: '{{text}}'}]\ntestData: [{text: b, expected: 'yes'}]\n"
    library.write(".github/prompts/label.prompt.yml", models)
    library.write(".github/test_not_ours.py", "raise SystemExit")
    library.write("plain.prompt.j2", "user:\n{{ text }}")
    library.write("plain.golden.csv", "id,text,expected\nplain,x,yes\n")
    return library


@pytest.fixture(scope="module")
def recorded(library):
    return library.run("--golden-record")


PROMPTS = {"greet", "greet.formal", "support/triage", "ask", ".github/prompts/label", "plain"}


def test_every_format_has_its_cases_and_one_verdict(recorded):
    assert (recorded.code, recorded.state) == (0, "new"), recorded.out
    assert {prompt["id"] for prompt in recorded.verdict["prompts"]} == PROMPTS
    assert recorded.verdict["counts"]["run"] == 7
    assert recorded.prompt("support/triage")["dataset"] == FOLDER


def test_a_variant_and_a_case_of_a_folder_get_worse_by_themselves(library, recorded):
    assert recorded.code == 0, recorded.out
    library.answers({"late": "no"})
    run = library.run("-rf")
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert f"FAILED {FOLDER}/late.yaml::late" in run.out
    assert run.prompt("support/triage")["state"] == "regressed"
    assert {run.prompt(name)["state"] for name in PROMPTS - {"support/triage"}} == {"pass"}
    library.answers({})


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        (f"{FOLDER}/late.yaml::late", [f"{FOLDER}/late.yaml::late"]),
        (FOLDER, [f"{FOLDER}/late.yaml::late", f"{FOLDER}/more.jsonl::a"]),
        ("greet.formal.prompt", ["greet.formal.prompt::greet"]),
    ],
)
def test_what_is_typed_is_what_is_collected(library, typed, items):
    run = library.run("--collect-only", "-q", typed)
    assert [line for line in run.out.splitlines() if "::" in line] == items


def test_workers_share_the_cases_of_a_folder(library, recorded):
    assert recorded.code == 0, recorded.out
    run = library.run("-n", "2")
    assert (run.code, run.state) == (0, "pass"), run.out
    assert run.verdict["counts"]["run"] == 7


def test_a_folder_without_cases_and_a_dataset_of_variants_alone(tmp_path):
    library = GoldenLibrary(tmp_path)
    library.write("greet.curt.prompt", "{{text}}")
    library.write("greet.long.prompt", "{{text}}")
    library.write("greet.golden.yaml", CASES.format("greet"))
    library.write("empty.golden/readme.txt", "")
    run = library.run()
    assert (run.code, run.state) == (4, "error"), run.out
    assert "empty.golden: no golden dataset, found a folder without cases" in run.out
    assert {prompt["id"] for prompt in run.verdict["prompts"]} == {"greet.curt", "greet.long", "empty"}
