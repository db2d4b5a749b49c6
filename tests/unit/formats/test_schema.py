from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import CASE_KEYS
from pytest_goldenprompt.formats.datasets import HEADER_KEYS, read_dataset
from pytest_goldenprompt.formats.plain import read_plain
from pytest_goldenprompt.formats.reader import Source, load_json, load_yaml
from pytest_goldenprompt.formats.references import References
from unit.formats.hostile_files import CASES

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((files("pytest_goldenprompt") / "schemas" / "dataset.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

GOOD = [
    {"cases": [{}]},
    {"$schema": "x", "cases": [{}]},
    {"cases": [{"id": "a"}, {"id": 7}, {"id": 1.5}, {"id": "x" * 200}, {"id": "gates"}, {"id": "a:b"}]},
    {"cases": [{"inputs": {"a": None, "b c": [1], "é": {}}, "expected": None}]},
    {"cases": [{"inputs": None, "tags": None, "evaluators": None, "must_pass": None, "messages": None}]},
    {"cases": [{"expected": {"any": ["shape", 1]}, "must_pass": True, "tags": ["a", "b:c"]}]},
    {"cases": [{"evaluators": ["exact", {"json": {"tolerance": 1}}, {"json": None}]}]},
    {"cases": [{"messages": [{"role": "tool", "content": ""}, {"role": "developer", "content": "x\ny"}]}]},
    {
        "transform": ["strip"],
        "cases": [{"transform": [{"strip-fence": {"strict": True}}]}, {"id": "b", "transform": None}],
    },
    {"cases": [{"metadata": {"from": "a ticket", "n": [1]}}, {"id": "b", "metadata": None}]},
    {"prompt": "a.md", "provider": "x:y", "owner": "o", "status": "retired", "cases": [{}]},
    {"prompt": None, "provider": None, "owner": None, "status": None, "reviewed": None, "cases": [{}]},
    {"reviewed": "2026-10-01", "tags": ["t"], "evaluators": ["exact"], "min_pass_rate": 0, "cases": [{}]},
    {"min_pass_rate": 1, "cases": [{}]},
    {"min_pass_rate": None, "cases": [{}]},
]
BAD = [
    {},
    [],
    "cases",
    {"cases": None},
    {"cases": [[]]},
    {"cases": [{}], "extra": 1},
    {"cases": [{"extra": 1}]},
    {"cases": [{}], "$schema": 7},
    {"cases": [{}], "owner": ""},
    {"cases": [{}], "owner": "  "},
    {"cases": [{}], "owner": "a\nb"},
    {"cases": [{}], "prompt": ["a"]},
    {"cases": [{}], "tags": {}},
    {"cases": [{}], "tags": [""]},
    {"cases": [{}], "tags": ["\u202e"]},
    {"cases": [{}], "evaluators": [None]},
    {"cases": [{}], "transform": "strip"},
    {"cases": [{"transform": [{"strip": None, "lower": None}]}]},
    {"cases": [{}], "evaluators": [""]},
    {"cases": [{}], "evaluators": [["exact"]]},
    {"cases": [{}], "evaluators": [{"": 1}]},
    {"cases": [{}], "min_pass_rate": -0.1},
    {"cases": [{"metadata": ["a"]}]},
    {"cases": [{}], "min_pass_rate": "1"},
    {"cases": [{}], "reviewed": "2026-1-1"},
    {"cases": [{}], "reviewed": 2026},
    {"cases": [{"id": {}}]},
    {"cases": [{"id": "a\u2028"}]},
    {"cases": [{"inputs": "x"}]},
    {"cases": [{"inputs": {" ": 1}}]},
    {"cases": [{"messages": [{"role": "user", "content": None}]}]},
    {"cases": [{"messages": [{"role": None, "content": ""}]}]},
    {"cases": [{"messages": [{"role": "user", "content": "", "name": "x"}]}]},
    {"cases": [{"must_pass": 1}]},
]
BEYOND_SCHEMA = ("id twice", "number and text as one id", "the same inputs twice")
HOSTILE = [json.loads(text) for name, (text, _) in CASES.items() if name not in BEYOND_SCHEMA]


def is_read(root: Path, document) -> bool:
    path = root / "x.golden.json"
    path.write_text(json.dumps(document))
    try:
        read_dataset(root, path)
    except InputError:
        return False
    return True


def test_the_schema_is_valid_and_knows_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == {*HEADER_KEYS, "$schema"}
    assert set(SCHEMA["$defs"]["case"]["properties"]) == set(CASE_KEYS)


@pytest.mark.parametrize("document", GOOD, ids=repr)
def test_what_the_reader_takes_is_valid_to_editors(tmp_path, document) -> None:
    assert is_read(tmp_path, document)
    assert VALIDATOR.is_valid(document), list(VALIDATOR.iter_errors(document))


@pytest.mark.parametrize("document", [*BAD, *HOSTILE], ids=ascii)
def test_what_the_reader_refuses_is_invalid_to_editors(tmp_path, document) -> None:
    assert not is_read(tmp_path, document)
    assert not VALIDATOR.is_valid(document)


VALUES = (None, True, -1, "", "x", "a\nb", ["x"], [7], {"x": 1}, {"x": 1, "y": 2})


def edits(document: Any) -> Iterator[Any]:
    """Give every document that one edit makes of this one: a value replaced, a key or an item taken out or added."""
    for way in ways(document):
        for value in VALUES:
            edited = deepcopy(document)
            parent(edited, way)[way[-1]] = value
            yield edited
        taken, added = deepcopy(document), deepcopy(document)
        del parent(taken, way)[way[-1]]
        yield taken
        if isinstance(parent(added, way), dict):
            parent(added, way)["unheard"] = None
            yield added


def ways(value: Any) -> Iterator[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (key,)
        yield from ((key, *rest) for rest in ways(value[key]))


def parent(value: Any, way: tuple[Any, ...]) -> Any:
    for key in way[:-1]:
        value = value[key]
    return value


def agreement(documents, accepted, validator) -> tuple[int, int]:
    """Count the documents that a reader refuses, and those of them that the schema lets pass; never the other way."""
    refused, passed = 0, 0
    for document in documents:
        valid = validator.is_valid(document)
        if accepted(document):
            assert valid, (document, list(validator.iter_errors(document)))
        else:
            refused += 1
            passed += valid
    return refused, passed


def test_after_any_one_edit_reader_and_schema_agree_but_on_what_no_schema_can_say(tmp_path) -> None:
    case = {
        "id": "a",
        "inputs": {"a": [1]},
        "expected": 1,
        "metadata": {"x": 1},
        "transform": ["strip"],
        "must_pass": True,
    }
    case |= {"tags": ["t"], "evaluators": ["exact", {"json": {}}], "messages": [{"role": "user", "content": "x"}]}
    header = {"$schema": "x", "prompt": "a.md", "provider": "x:y", "owner": "o", "status": "draft", "tags": ["t"]}
    header |= {"reviewed": "2026-10-01", "transform": ["strip"], "evaluators": ["exact"], "min_pass_rate": 0.5}
    assert {*header, "cases"} == {*HEADER_KEYS, "$schema"}
    assert set(case) == set(CASE_KEYS)
    documents = edits({**header, "cases": [case, {"id": "b"}]})
    refused, passed = agreement(documents, lambda document: is_read(tmp_path, document), VALIDATOR)
    assert refused > 200
    assert passed <= refused * 0.02, (refused, passed)  # two ids that become one, a day that is none


def test_after_any_one_edit_of_a_front_matter_reader_and_schema_agree() -> None:
    schema = json.loads((files("pytest_goldenprompt") / "schemas" / "prompt.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    whole = {"model": "m", "provider": "p", "owner": "o", "name": "n", "description": "d", "parameters": {"x": 1}}
    whole |= {"temperature": 1, "top_p": 0.5, "min_p": 0, "frequency_penalty": -2, "presence_penalty": 2}
    whole |= {"max_tokens": 1, "max_completion_tokens": 2, "top_k": 0, "seed": -3, "reasoning_effort": "low"}
    whole |= {"verbosity": "low", "stop": ["a"], "response_format": {"type": "text"}, "tools": [{"type": "x"}]}
    whole |= {"tool_choice": "auto", "parallel_tool_calls": True, "logit_bias": {"1": 2}}
    assert set(schema["properties"]) == set(whole)

    def accepted(header) -> bool:
        text = f"---\n{json.dumps(header)}\n---\nHello"
        try:
            read_plain(Source("p.prompt.md", text, ""), "p", References())
        except InputError:
            return False
        return True

    refused, passed = agreement([whole, *edits(whole)], accepted, Draft202012Validator(schema))
    assert refused > 100
    assert passed == 0


EXAMPLES = sorted(
    path
    for folder in (ROOT / "examples", Path(str(files("pytest_goldenprompt"))) / "starter")
    for path in folder.rglob("*.golden.*")
)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_valid(path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        header, *cases = [load_json(line, path.name) for line in text.splitlines()]
        document = {**header, "cases": cases}
    else:
        document = load_yaml(text, path.name)
    assert list(VALIDATOR.iter_errors(document)) == []
