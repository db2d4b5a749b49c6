"""Folders of cases, and inputs that lie in files of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.model.dataset import EvaluatorSpec


def write(root: Path, **files: str) -> Path:
    folder = root / "t.golden"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(text)
    return folder


def test_a_folder_holds_cases_in_any_format_under_one_header(tmp_path) -> None:
    folder = write(
        tmp_path,
        header_yaml="owner: support\nevaluators: [exact]\nmin_pass_rate: 0.5\n",
        late_yaml="inputs: {a: 1}\nexpected: x\nevaluators: [json]\n",
        named_json='{"id": "other", "inputs": {"a": 2}}',
        many_jsonl='{"id": "m1", "inputs": {"a": 3}}\n{"inputs": {"a": 4}}\n',
        rows_csv="id,a\nr1,5\n",
    )
    dataset = read_dataset(tmp_path, folder)
    assert (dataset.path, dataset.owner, dataset.min_pass_rate) == ("t.golden", "support", 0.5)
    places = [(case.path, case.line) for case in dataset.cases]
    assert [case.id for case in dataset.cases][:2] == ["late", "m1"]
    assert [case.id for case in dataset.cases][3:] == ["other", "r1"]
    assert places == [
        ("t.golden/late.yaml", 1),
        ("t.golden/many.jsonl", 1),
        ("t.golden/many.jsonl", 2),
        ("t.golden/named.json", 1),
        ("t.golden/rows.csv", 2),
    ]
    assert dataset.cases[0].evaluators == (EvaluatorSpec("exact"), EvaluatorSpec("json"))
    before = dataset.digest
    write(tmp_path, late_yaml="inputs: {a: 1}\nexpected: y\n")
    assert read_dataset(tmp_path, folder).digest != before


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"a_yaml": "id: x", "b_yaml": "id: x"},
            r"t\.golden/b\.yaml:1: duplicate id, found 'x' in t\.golden/a\.yaml and",
        ),
        ({"a_yaml": "[1]"}, r"t\.golden/a\.yaml:1: wrong case, found a list of 1"),
        ({"a_json": '{\n"idd": 1}'}, r"t\.golden/a\.json:2: unknown key in the case, found 'idd'"),
        ({"gate_yaml": "inputs: {}"}, r"t\.golden/gate\.yaml:1: wrong `id`"),
        ({"a_jsonl": '{"owner": "x"}\n{"inputs": {}}'}, r"t\.golden/a\.jsonl:1: a header among cases, found 'owner'"),
        ({"header_yaml": "owners: x"}, r"t\.golden/header\.yaml:1: unknown key in the header"),
        ({"header_yaml": "- x"}, r"t\.golden/header\.yaml:1: no header, found a list of 1"),
        ({"header_yaml": "{}", "header_json": "{}"}, r"t\.golden: two headers, found header\.json and header\.yaml"),
        ({"header_yaml": "owner: x"}, r"t\.golden(/header\.yaml)?:1: no cases, found an empty dataset"),
        (
            {"a_yaml": "inputs: {b: {file: gone.txt}}"},
            r"t\.golden/a\.yaml:1: the file t\.golden/gone\.txt that is named",
        ),
    ],
)
def test_a_fault_names_the_file_in_the_folder(tmp_path, files, told) -> None:
    with pytest.raises(InputError, match=told):
        read_dataset(tmp_path, write(tmp_path, **files))


def dataset_of(root: Path, inputs: str, expected: str = "x"):
    (root / "t.golden.yaml").write_text(f"cases:\n  - id: c\n    inputs: {inputs}\n    expected: {expected}\n")
    return read_dataset(root, root / "t.golden.yaml")


def test_long_inputs_lie_in_files_that_count_in_the_digest(tmp_path) -> None:
    (tmp_path / "long").mkdir()
    (tmp_path / "long/a.txt").write_text("\ufefflong\r\ntext", newline="")
    (tmp_path / "long/b.json").write_text('{"x": [1, null]}')
    inputs, expected = "{a: {file: long/a.txt}, b: {file: long/b.json}, c: {file: 1}}", "{file: long/a.txt}"
    dataset = dataset_of(tmp_path, inputs, expected)
    [case] = dataset.cases
    assert case.inputs == {"a": "long\r\ntext", "b": {"x": [1, None]}, "c": {"file": 1}}
    assert case.expected == "long\r\ntext"
    assert json.dumps(case.inputs)
    (tmp_path / "long/a.txt").write_text("other")
    assert dataset_of(tmp_path, inputs, expected).digest != dataset.digest


@pytest.mark.parametrize("name", ["gone.txt", "../out.txt", "/etc/hostname", "out.txt", ".", "' '"])
def test_a_file_that_is_not_under_the_root_is_one_line(tmp_path, name) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "out.txt").write_text("secret")
    (root / "out.txt").symlink_to(tmp_path / "out.txt")
    with pytest.raises(
        InputError, match=r"^t\.golden\.yaml:3: (the file .* that is named here|no name of a file)"
    ) as told:
        dataset_of(root, f"{{a: {{file: {name}}}}}")
    assert "secret" not in str(told.value)
