"""Golden sets of other tools, from their files to items that run: a provider that needs no network answers."""

from __future__ import annotations

import pytest

from golden_library import GoldenLibrary

PROMPTFOO = """\
prompts: ['Answer with yes: {{text}}']
providers: [openai:gpt-5-mini]
tests:
  - {description: late, vars: {text: Is it late?}, assert: [{type: equals, value: yes}]}
  - {description: lost, vars: {text: Lost?}, assert: [{type: icontains, value: YES}, {type: llm-rubric, value: ok}]}
"""
PYDANTIC = "cases: [{name: typed, inputs: {text: a}, expected_output: yes, evaluators: [EqualsExpected]}]\n"
TEAM = """\
def answer(case, text="", input="", q=""):
    return "no" if case == "lost" else "yes"
"""
ASKED = ("--golden-provider", "python:team:answer")


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> GoldenLibrary:
    library = GoldenLibrary(tmp_path_factory.mktemp("moved"))
    library.write("theirs/config/promptfooconfig.yaml", PROMPTFOO)
    library.write("team.py", TEAM)
    library.write("theirs/typed.yaml", PYDANTIC)
    library.write("theirs/samples.jsonl", '{"input": "Say yes", "ideal": "yes"}\n')
    library.write("theirs/goldens.json", '[{"input": "Say yes", "expected_output": "yes", "name": "golden"}]')
    library.write("theirs/examples.jsonl", '{"inputs": {"q": "Yes?"}, "outputs": {"a": "yes"}, "name": "example"}\n')
    return library


def test_golden_sets_of_five_tools_run_in_one_gate(library) -> None:
    tools = {
        "promptfoo": "config",
        "pydantic-evals": "typed.yaml",
        "openai-evals": "samples.jsonl",
        "deepeval": "goldens.json",
        "langsmith": "examples.jsonl",
    }
    for tool, name in tools.items():
        provider = () if tool in ("promptfoo", "openai-evals") else ("--provider", "python:team:answer")
        done = library.command("import", tool, f"theirs/{name}", "--into", "prompts", *provider)
        assert done.code == 0, done.out
    run = library.run("--golden-record", *ASKED)
    names = ("config", "examples", "goldens", "samples", "typed")
    assert [prompt["id"] for prompt in run.verdict["prompts"]] == [f"prompts/{name}" for name in names]
    assert run.verdict["counts"]["run"] == 6
    run = library.run("-v", *ASKED)
    for case in ("config.golden.yaml::late", "goldens.golden.yaml::golden", "examples.golden.yaml::example"):
        assert f"prompts/{case} PASSED" in run.out
    assert "prompts/config.golden.yaml::lost" in run.out
    assert run.code == 0, "what failed when it was recorded is no regression"
