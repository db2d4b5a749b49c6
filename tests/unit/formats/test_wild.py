from __future__ import annotations

import os
import shutil
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.datasets import dataset_from_rows, read_dataset
from pytest_goldenprompt.formats.pairing import discover
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.render import render, unused_inputs

WILD = Path(os.environ.get("GOLDENPROMPT_CORPUS", "/nowhere")) / "wild"
pytestmark = pytest.mark.skipif(not WILD.is_dir(), reason="GOLDENPROMPT_CORPUS names no corpus")


def every(*endings: str) -> list[Path]:
    return sorted(path for path in WILD.rglob("*") if path.name.endswith(endings))


def github_models() -> list[Path]:
    return [path for path in every(".yml") if path.relative_to(WILD).parts[0].startswith("github__")]


def test_every_github_models_prompt_reads_and_its_rows_render() -> None:
    paths = github_models()
    assert len(paths) == 6
    cases = 0
    for path in paths:
        prompt = read_prompt(WILD, path)
        assert prompt.messages
        assert prompt.model
        if prompt.rows:
            dataset = dataset_from_rows(prompt)
            unused_inputs(prompt, dataset)
            cases += sum(bool(render(prompt, case)) for case in dataset.cases)
    assert cases == 6


def test_empty_test_data_is_refused_and_absent_test_data_is_no_dataset() -> None:
    empty = [path for path in github_models() if read_prompt(WILD, path).rows == ()]
    assert len(empty) == 2
    for path in empty:
        with pytest.raises(InputError, match="no cases"):
            dataset_from_rows(read_prompt(WILD, path))
    assert [path.name for path in github_models() if read_prompt(WILD, path).rows is None] == [
        "template_variables_prompt.yml"
    ]


def test_the_prompts_that_github_s_names_give_away_are_discovered() -> None:
    assert sorted(path.name for path in discover(WILD, [WILD])) == [
        "bug-review.prompt.yml",
        "chat.prompty",
        "json_schema_prompt.yml",
        "sample_prompt.yml",
        "well-formed.prompt.yml",
    ]


def test_every_prompty_file_reads_and_only_a_sample_that_is_not_there_is_refused() -> None:
    paths = every(".prompty")
    assert len(paths) == 10
    read = {path.name: read_prompt(WILD, path) for path in paths}
    assert read["chat.prompty"].model == "gpt-4o-mini"
    assert {name for name, prompt in read.items() if prompt.model is None} == {"shorthand_body_only.prompty"}
    refused = [outcome(partial(read_prompt, sample=True), WILD, path) for path in paths]
    assert sorted({*refused} - {"read"}) == ["Azure-Samples__contoso-chat/src/api/contoso_chat/chat.prompty"]


def test_every_dotprompt_file_reads_but_the_two_faulty_ones_which_are_told_with_their_line() -> None:
    paths = every(".prompt")
    assert len(paths) == 8
    faults = {}
    for path in paths:
        try:
            assert read_prompt(WILD, path).template
        except InputError as error:
            faults[path.name] = (error.line, error.what)
    assert {name: line for name, (line, _) in faults.items()} == {
        "error-invalid-yaml.prompt": 8,
        "error-unbalanced-brace.prompt": 24,
    }
    assert "braces that close no tag" in faults["error-unbalanced-brace.prompt"][1]


@pytest.mark.parametrize(
    ("source", "name", "why"),
    [
        ("time_range_v1.yaml", "x.golden.yaml", "unknown key in the case, found 'name'"),
        ("time_range_v1_schema.json", "x.golden.json", "`cases`|unknown key"),
        ("anagrams.yaml", "x.golden.yaml", "unknown key in the header, found 'anagrams'"),
        ("promptfooconfig.yaml", "x.golden.yaml", "did you mean|unknown key"),
        ("dataset.csv", "x.golden.csv", "wrong column, found '__expected'"),
        ("data.jsonl", "x.golden.jsonl", "unknown key in the case, found 'customerId'"),
    ],
)
def test_datasets_of_other_tools_are_clearly_refused(tmp_path, source, name, why) -> None:
    [path] = every(source)
    shutil.copy(path, tmp_path / name)
    with pytest.raises(InputError, match=why) as caught:
        read_dataset(tmp_path, tmp_path / name)
    assert caught.value.line is not None


@pytest.mark.parametrize(
    "ending",
    [
        "golden.yaml",
        "golden.json",
        "golden.jsonl",
        "golden.csv",
        "prompt.md",
        "prompt.yml",
        "prompt.j2",
        "prompty",
        "prompt",
    ],
)
def test_every_file_of_the_corpus_is_read_or_refused_under_every_name(tmp_path, ending) -> None:
    copy = tmp_path / f"x.{ending}"
    read = read_dataset if "golden" in ending else read_prompt
    outcomes = Counter()
    for path in every(""):
        if path.is_file():
            shutil.copy(path, copy)
            outcomes[outcome(read, tmp_path, copy)] += 1
    assert sum(outcomes.values()) == 32
    assert set(outcomes) <= {"read", copy.name}


def outcome(read, root, path) -> str:
    try:
        read(root, path)
    except InputError as error:
        return error.where
    return "read"
