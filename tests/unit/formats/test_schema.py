from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import CASE_KEYS
from pytest_goldenprompt.formats.datasets import HEADER_KEYS, read_dataset
from unit.formats.hostile_files import CASES

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
