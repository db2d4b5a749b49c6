from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.datasets import dataset_from_rows, read_dataset
from pytest_goldenprompt.model.dataset import Case, Dataset, EvaluatorSpec, Status
from pytest_goldenprompt.model.prompt import Message, Prompt
from pytest_goldenprompt.model.values import canonical

YAML = """\
# tickets
owner: support-platform
provider: openai:gpt-4o-mini
prompt: ../triage.md
status: draft
reviewed: 2026-10-01
tags: [team:a]
min_pass_rate: 0.9
evaluators:
  - exact
  - json: {tolerance: {"$.total": 0.01}}
cases:
  - id: late-parcel
    inputs: {ticket: no, hour: 12:30, code: 010}
    expected: yes
    tags: ["lang:en", "lang:en", "product:shop"]
    must_pass: true
    evaluators:
      - python: support.checks:polite
  -
    id: 7
    expected: {total: 1.5, items: [a]}
    messages:
      - {role: assistant, content: "{{x}}"}
"""


def dataset_of(root: Path, ending: str, text: str) -> Dataset:
    path = root / f"x.golden.{ending}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return read_dataset(root, path)


def test_a_yaml_dataset_is_read_whole(tmp_path) -> None:
    dataset = dataset_of(tmp_path, "yaml", YAML)
    header = (EvaluatorSpec("exact"), EvaluatorSpec("json", {"tolerance": {"$.total": 0.01}}))
    assert dataset == Dataset(
        path="x.golden.yaml",
        cases=(
            Case(
                id="late-parcel",
                inputs={"ticket": "no", "hour": "12:30", "code": "010"},
                expected="yes",
                tags=("lang:en", "product:shop"),
                evaluators=(*header, EvaluatorSpec("python", "support.checks:polite")),
                must_pass=True,
                line=13,
                path="x.golden.yaml",
            ),
            Case(
                id="7",
                expected={"total": 1.5, "items": ["a"]},
                evaluators=header,
                messages=(Message("assistant", "{{x}}", 24),),
                line=21,
                path="x.golden.yaml",
            ),
        ),
        digest=hashlib.sha256(YAML.encode()).hexdigest(),
        prompt="../triage.md",
        provider="openai:gpt-4o-mini",
        owner="support-platform",
        status=Status.DRAFT,
        reviewed="2026-10-01",
        tags=("team:a",),
        min_pass_rate=0.9,
    )
    assert [spec.line for spec in dataset.cases[0].evaluators] == [10, 11, 19]
    assert type(dataset.cases[1].expected) is dict
    assert type(dataset.cases[1].expected["items"]) is list


def test_every_format_gives_the_same_cases(tmp_path) -> None:
    rows = [{"id": f"c{n}", "inputs": {"a": str(n)}, "expected": "x", "tags": ["s", "t"]} for n in range(3)]
    read = {
        "yaml": json.dumps({"cases": rows}),
        "yml": json.dumps({"cases": rows}, indent=1),
        "json": json.dumps({"cases": rows}),
        "jsonl": "\n".join(json.dumps(row) for row in rows),
        "csv": 'id,a,expected,tags\nc0,0,x,s t\nc1,1,x,"s,t"\nc2,2,x,"s, t"\n',
    }
    seen = {
        ending: [
            (case.id, dict(case.inputs), case.expected, case.tags) for case in dataset_of(tmp_path, ending, text).cases
        ]
        for ending, text in read.items()
    }
    assert all(cases == seen["yaml"] for cases in seen.values())
    assert seen["yaml"][2] == ("c2", {"a": "2"}, "x", ("s", "t"))


@pytest.mark.parametrize(
    ("ending", "text", "lines"),
    [
        ("yaml", "owner: x\ncases:\n- id: a\n- id: b\n", [3, 4]),
        ("json", '{"cases": [\n{"id": "a"},\n\n{"id": "b"}]}', [2, 4]),
        ("jsonl", '\n{"id": "a"}\n\n{"id": "b"}\n', [2, 4]),
        ("jsonl", '{"owner": "x"}\n{"id": "a"}\n{"id": "b"}\n', [2, 3]),
        ("csv", 'id,a\nx,"1\n2"\ny,3\n', [2, 4]),
    ],
)
def test_a_case_knows_its_line(tmp_path, ending, text, lines) -> None:
    assert [case.line for case in dataset_of(tmp_path, ending, text).cases] == lines


@pytest.mark.parametrize(
    "header",
    [
        '{"owner": "o", "evaluators": ["exact"]}',
        '{"evaluators": ["exact"]}',
        '{"tags": ["t"], "evaluators": ["exact"]}',
    ],
)
def test_the_first_line_of_json_lines_may_be_the_header(tmp_path, header) -> None:
    dataset = dataset_of(tmp_path, "jsonl", header + '\n{"id": "a", "evaluators": ["json"]}\n')
    assert [case.id for case in dataset.cases] == ["a"]
    assert dataset.cases[0].evaluators == (EvaluatorSpec("exact"), EvaluatorSpec("json"))


def test_json_lines_without_header_start_with_a_case(tmp_path) -> None:
    assert len(dataset_of(tmp_path, "jsonl", '{"id": "a", "evaluators": ["json"]}\n{"id": "b"}').cases) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": "a", "owner": "x"}', ":1: unknown key in the case, found 'owner'"),
        ('{"id": "a"}\n{"owner": "x"}', ":2: unknown key in the case, found 'owner'"),
        ('{"owner": "x"}', "no cases"),
        ('{"owner": "x", "cases": []}', "`cases`"),
        ('{"owner": "x", "evalutors": []}', "did you mean `evaluators`"),
    ],
)
def test_a_header_in_the_wrong_place_is_refused(tmp_path, text, message) -> None:
    with pytest.raises(InputError, match=message):
        dataset_of(tmp_path, "jsonl", text)


def test_an_id_is_derived_from_what_is_asked_and_not_from_the_place(tmp_path) -> None:
    one = dataset_of(tmp_path, "jsonl", '{"inputs": {"a": 1, "b": 2}}\n{"inputs": {"a": 2}}')
    other = dataset_of(tmp_path, "jsonl", '{"inputs": {"a": 2}}\n\n{"inputs": {"b": 2, "a": 1}, "expected": "x"}')
    assert [case.id for case in one.cases] == [case.id for case in reversed(other.cases)]
    digest = hashlib.sha256(canonical({"inputs": {"a": 2}, "messages": []}).encode()).hexdigest()
    assert one.cases[1].id == f"case-{digest[:10]}"


def test_messages_are_part_of_the_derived_id(tmp_path) -> None:
    turn = '{"inputs": {}, "messages": [{"role": "user", "content": "%s"}]}'
    cases = dataset_of(tmp_path, "jsonl", f"{turn % 'a'}\n{turn % 'b'}").cases
    assert cases[0].id != cases[1].id


def test_a_duplicate_id_names_both_lines(tmp_path) -> None:
    with pytest.raises(InputError, match=r"^x\.golden\.yaml:4: duplicate id, found 'a' on lines 2 and 4"):
        dataset_of(tmp_path, "yaml", "cases:\n- id: a\n- id: b\n- id: a\n")


def test_an_id_of_200_characters_is_accepted(tmp_path) -> None:
    for name in ("x" * 200, "gates", "a:b", "a b", "größe/1", "👩‍🚀"):
        assert dataset_of(tmp_path, "json", json.dumps({"cases": [{"id": name}]})).cases[0].id == name


@pytest.mark.parametrize(("written", "name"), [("7", "7"), ("-1.5", "-1.5"), ("007", "007"), ("1e3", "1000.0")])
def test_ids_that_are_numbers_become_text(tmp_path, written, name) -> None:
    assert dataset_of(tmp_path, "yaml", f"cases: [{{id: {written}}}]").cases[0].id == name


def test_defaults_of_a_bare_dataset(tmp_path) -> None:
    dataset = dataset_of(tmp_path, "yaml", "owner:\nstatus: ~\ncases: [{}]")
    assert (dataset.status, dataset.min_pass_rate, dataset.owner, dataset.prompt) == (Status.ACTIVE, None, None, None)
    assert dataset.cases[0].evaluators == ()


def test_csv_has_the_case_s_columns_and_inputs(tmp_path) -> None:
    text = "id,ticket,expected,tags,must_pass\n,late,refund,,TRUE\nb,,,x,\n"
    cases = dataset_of(tmp_path, "csv", text).cases
    assert [(case.inputs, case.expected, case.tags, case.must_pass) for case in cases] == [
        ({"ticket": "late"}, "refund", (), True),
        ({"ticket": ""}, None, ("x",), False),
    ]
    assert cases[0].id.startswith("case-")


def test_half_characters_are_read_and_can_be_digested(tmp_path) -> None:
    text = (
        '{"inputs": {"a": "\\ud800"}, "expected": {"\\udfff": 1}, "messages": [{"role": "user", "content": "\\ud83d"}]}'
    )
    [case] = dataset_of(tmp_path, "jsonl", text).cases
    assert case.inputs == {"a": "\ud800"}
    assert canonical(case.expected) == '{"\\udfff":1}'


def test_editors_may_name_their_schema(tmp_path) -> None:
    assert dataset_of(tmp_path, "json", '{"$schema": "dataset.schema.json", "cases": [{}]}').cases
    with pytest.raises(InputError, match="unknown key in the header"):
        dataset_of(tmp_path, "json", '{"$id": "x", "cases": [{}]}')


def inline_prompt(rows, evaluators=()) -> Prompt:
    return Prompt("p", "p.prompt.yml", (Message("user", "{{a}}"),), "d", owner="o", evaluators=evaluators, rows=rows)


def test_inline_rows_become_cases_with_filled_evaluators() -> None:
    evaluators = (
        EvaluatorSpec("contains", {"value": "{{ word }} of {{a}}", "ignore_case": True}, 9),
        EvaluatorSpec("exact", {"value": "{{expected}}"}, 10),
        EvaluatorSpec("uses", {"uses": "github/similarity"}, 11),
    )
    dataset = dataset_from_rows(inline_prompt(((3, {"a": "x", "word": "{{a}}", "expected": "E"}),), evaluators))
    [case] = dataset.cases
    assert (dataset.path, dataset.digest, dataset.owner) == ("p.prompt.yml", "d", "o")
    assert (case.inputs, case.expected, case.line) == ({"a": "x", "word": "{{a}}"}, "E", 3)
    assert case.evaluators == (
        EvaluatorSpec("contains", {"value": "{{a}} of x", "ignore_case": True}),
        EvaluatorSpec("exact", {"value": "E"}),
        EvaluatorSpec("uses", {"uses": "github/similarity"}),
    )
    assert [spec.line for spec in case.evaluators] == [9, 10, 11]


def test_inline_rows_that_ask_the_same_are_refused() -> None:
    with pytest.raises(InputError, match="on lines 3 and 5"):
        dataset_from_rows(inline_prompt(((3, {"a": 1, "expected": "x"}), (5, {"a": 1, "expected": "y"}))))


@pytest.mark.parametrize("rows", [None, ()])
def test_a_prompt_without_rows_is_no_dataset(rows) -> None:
    with pytest.raises(InputError, match=r"^p\.prompt\.yml: no cases"):
        dataset_from_rows(inline_prompt(rows))
