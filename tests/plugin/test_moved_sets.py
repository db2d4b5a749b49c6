"""Golden sets of other tools, from their files to items that run: a provider that needs no network answers."""

from __future__ import annotations

from golden_library import GoldenLibrary

PROMPTFOO = """\
prompts: ['Answer with yes: {{text}}']
providers: [openai:gpt-5-mini]
tests:
  - {description: late, vars: {text: Is it late?}, assert: [{type: equals, value: yes}]}
  - {description: lost, vars: {text: Lost?}, assert: [{type: icontains, value: YES}, {type: llm-rubric, value: ok}]}
"""


def test_tests_of_promptfoo_run_as_cases(tmp_path) -> None:
    library = GoldenLibrary(tmp_path)
    library.write("theirs/promptfooconfig.yaml", PROMPTFOO)
    done = library.command("import", "promptfoo", "theirs", "--into", "prompts")
    assert done.code == 0, done.out
    assert "theirs/promptfooconfig.yaml:5: the assertion llm-rubric: a model grades it" in done.out
    library.answers({"lost": "no"})
    run = library.run("--golden-record", "--golden-provider", "python:model:answer")
    assert run.verdict["counts"]["run"] == 2
    assert (
        "prompts/theirs.golden.yaml::late PASSED" in library.run("-v", "--golden-provider", "python:model:answer").out
    )
    assert [prompt["id"] for prompt in run.verdict["prompts"]] == ["prompts/theirs"]
