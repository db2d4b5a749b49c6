"""Real answers of two hosted models in March and June 2023: the gate finds what was published about their drift."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from golden_library import GoldenLibrary

CORPUS = Path(os.environ.get("GOLDENPROMPT_CORPUS", "")) / "llmdrift"
MARCH, JUNE = "2023-03", "2023-06"
SOURCES = {
    "code/gpt-3.5-turbo": "code/outputs-gpt-3.5-turbo",
    "code/gpt-4": "code/outputs-gpt-4",
    "prime/gpt-4": "prime/outputs-gpt-4",
    "unfenced/gpt-4": "code/outputs-gpt-4",
    "forgiven/gpt-4": "code/outputs-gpt-4",
}
PUBLISHED = {"code/gpt-3.5-turbo": (0.22, 0.02), "code/gpt-4": (0.52, 0.10), "prime/gpt-4": (0.840, 0.511)}
STRICT, FORGIVING = "unfenced/gpt-4", "forgiven/gpt-4"
"""The same answers to the coding exercises, taken out of their fences: once the form counts, once it does not."""
JUDGED = """
import hashlib, json, pathlib

VERDICTS = json.loads(pathlib.Path(__file__).with_name("verdicts.json").read_text())

def accepted(output):
    return VERDICTS[hashlib.sha256(output.strip().encode()).hexdigest()] == "accepted"
"""
EVALUATORS = {
    "code": ["python", "judged:accepted"],
    "prime": ["choice", {"labels": ["yes", "no"], "extract": "words"}],
    "unfenced": ["python", {"function": "judged:accepted", "transform": [{"strip-fence": {"strict": True}}, "strip"]}],
    "forgiven": ["python", {"function": "judged:accepted", "transform": ["strip-fence", "strip"]}],
}
TASKS = {"unfenced": "code", "forgiven": "code"}

pytestmark = pytest.mark.skipif(
    not os.environ.get("GOLDENPROMPT_CORPUS") or not CORPUS.is_dir(), reason="GOLDENPROMPT_CORPUS has no llmdrift"
)


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def digest(code: str) -> str:
    return hashlib.sha256(code.strip().encode()).hexdigest()


def write_dataset(library: GoldenLibrary, prompt: str) -> None:
    task, _, _ = prompt.partition("/")
    name, settings = EVALUATORS[task]
    cases = [
        {"id": row["case_id"], "inputs": {"question": row["input"]}, "expected": row["expected"]}
        for row in rows(CORPUS / TASKS.get(task, task) / "golden.jsonl")
    ]
    header = {"provider": f"replay:answers/{prompt}.jsonl", "evaluators": [{name: settings}]}
    library.write(f"{prompt}.prompt.md", "{{question}}\n")
    library.write(f"{prompt}.golden.json", json.dumps({**header, "cases": cases}))


def use_answers(library: GoldenLibrary, month: str) -> None:
    for prompt, source in SOURCES.items():
        target = library.folder / "answers" / f"{prompt}.jsonl"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CORPUS / f"{source}-{month}.jsonl", target)


def write_verdicts(library: GoldenLibrary) -> None:
    """Write what the recorded judge said of each answer to a coding exercise, and of its code, by their digests."""
    answers = [
        row
        for source in SOURCES.values()
        if source.startswith("code/")
        for month in (MARCH, JUNE)
        for row in rows(CORPUS / f"{source}-{month}.jsonl")
    ]
    verdicts = {
        digest(row["output"].split("```")[1].partition("\n")[2]): row["verdict_unfenced"]
        for row in answers
        if "```" in row["output"]
    }
    verdicts |= {digest(row["output"]): row["verdict_raw"] for row in answers}
    library.write("verdicts.json", json.dumps(verdicts))
    library.write("judged.py", JUDGED)


@pytest.fixture(scope="module")
def march(tmp_path_factory) -> GoldenLibrary:
    """The library of three prompts, with the answers of March imported as the stored run."""
    library = GoldenLibrary(tmp_path_factory.mktemp("llmdrift"))
    write_verdicts(library)
    for prompt in SOURCES:
        write_dataset(library, prompt)
    use_answers(library, MARCH)
    files = [f"{prompt}.golden.json=answers/{prompt}.jsonl" for prompt in SOURCES]
    imported = library.command("import", "outputs", *files, "--month", MARCH)
    assert imported.code == 0, imported.out
    assert "1200 cases of 5 prompts stored and accepted as the baseline of 2023-03" in imported.out
    return library


@pytest.fixture(scope="module")
def june(march):
    """The run with the answers of June."""
    use_answers(march, JUNE)
    return march.run()


def test_june_fails_the_gate(june):
    assert (june.code, june.state) == (1, "regressed"), june.out
    assert june.verdict["counts"]["run"] == june.verdict["counts"]["compared"] == 1200
    assert june.verdict["baseline"]["month"] == MARCH


@pytest.mark.parametrize("prompt", PUBLISHED)
def test_the_pass_rates_are_those_that_were_published(june, prompt):
    then, now = PUBLISHED[prompt]
    assert june.prompt(prompt)["rate"] == {"then": then, "now": now}


@pytest.mark.parametrize("prompt", PUBLISHED)
def test_each_prompt_regressed_with_cases_named_that_passed_in_march_and_fail_in_june(june, prompt):
    found = june.prompt(prompt)
    assert found["state"] == "regressed"
    assert found["cases"]
    for case in found["cases"]:
        assert (case["then"]["passed"], case["now"]["passed"]) == (1, 0)


def test_a_worse_form_and_a_better_content_are_told_apart(june):
    found = june.prompt(STRICT)
    assert found["rate"] == {"then": 0.52, "now": 0.1}
    assert found["content"] == {"then": 0.52, "now": 0.7}
    assert found["format_compliance"] == {"then": 1.0, "now": 0.12}
    assert found["moved"] == ["form worse", "content better"]
    assert found["state"] == "regressed"
    told = (
        "the form got worse (100.0 % then, 12.0 % now kept it), what is said got better (52.0 % then, 70.0 % now right)"
    )
    assert f"{STRICT}: {told}" in found["reasons"]
    assert told in june.out


def test_a_form_that_is_forgiven_is_told_and_does_not_gate(june):
    found = june.prompt(FORGIVING)
    assert found["rate"] == found["content"] == {"then": 0.52, "now": 0.7}
    assert found["moved"] == ["form worse", "content better"]
    assert "case" not in found["kinds"]
    assert found["state"] != "regressed"


def test_march_against_itself_is_green_and_not_worse(march, june):
    assert june.code == 1
    use_answers(march, MARCH)
    again = march.run()
    assert again.code == 0, again.out
    for prompt in again.verdict["prompts"]:
        assert prompt["rate"]["now"] == prompt["rate"]["then"]
        assert (prompt["drop"], prompt["kinds"], prompt["cases"]) == (0, [], [])
    assert {prompt["state"] for prompt in again.verdict["prompts"]} == {"pass"}
    assert again.state == "pass"
