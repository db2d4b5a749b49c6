"""What pydantic-evals, OpenAI Evals, DeepEval and LangSmith write, as golden datasets."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.render import render
from unit.exchange.carrying import passes

WILD = Path(os.environ.get("GOLDENPROMPT_CORPUS", "/nowhere")) / "wild"
in_the_wild = pytest.mark.skipif(not WILD.is_dir(), reason="no GOLDENPROMPT_CORPUS")
CLASS = "evals.elsuite.basic."


def lines(*rows) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def specs(case) -> list:
    return [(spec.name, spec.settings) for spec in case.evaluators]


PYDANTIC = """\
# yaml-language-server: $schema=x_schema.json
name: shop
evaluators: [EqualsExpected, {MaxDuration: 2.5}]
report_evaluators: [Confusion]
cases:
- name: text
  inputs: one
  expected_output: yes
  metadata: {area: x}
  evaluators: [{Contains: {value: YE, case_sensitive: false}}]
- name: data
  inputs: {a: 1, b: [2]}
  expected_output: {n: 1}
  metadata: note
  evaluators: [{Equals: {n: 1}}, {name: Equals, arguments: [{n: 1}]}, {name: Equals, arguments: {value: {n: 1}}}]
- inputs: [1]
  evaluators: [{Contains: 5}, {IsInstance: [a]}, {LLMJudge: be nice}, {LLMJudge: {rubric: r}}, MyOwn, {Contains: word}]
"""


def test_cases_of_pydantic_evals_are_judged_as_there(desk) -> None:
    desk.write("shop.yaml", PYDANTIC)
    done = desk.take("pydantic-evals", "shop.yaml", "--provider", "echo")
    assert done.code == 0, done.err
    text, data, other = done.dataset("shop.golden.yaml").cases
    assert (text.id, text.inputs, text.expected, text.metadata) == ("text", {"input": "one"}, "yes", {"area": "x"})
    limit = ("latency", 2.5)
    assert specs(text) == [("exact", {"strip": False}), limit, ("contains", {"value": "YE", "ignore_case": True})]
    equal = ("exact", {"value": {"n": 1}})
    assert specs(data) == [("json", None), limit, equal, equal, equal]
    assert (data.inputs, data.metadata) == ({"a": 1, "b": [2]}, {"metadata": "note"})
    assert specs(other) == [limit, ("contains", "word")]
    assert other.metadata["not_carried"][2:4] == [{"LLMJudge": "be nice"}, {"LLMJudge": {"rubric": "r"}}]
    for told in (
        "shop.yaml:4: the report evaluator Confusion",
        "shop.yaml:17: the evaluator LLMJudge: a model",
        "MyOwn",
    ):
        assert told in done.out
    assert passes(text, "yes", latency=1.0)
    assert not passes(text, "yes", latency=3.0)
    assert passes(data, '{"n": 1}', latency=1.0)


@pytest.mark.skipif(find_spec("jsonschema") is None, reason="no jsonschema")
def test_types_of_data_are_schemas(desk) -> None:
    desk.write("x.yaml", "cases: [{inputs: a, evaluators: [{IsInstance: dict}]}]")
    [case] = desk.take("pydantic-evals", "x.yaml").only().cases
    assert passes(case, "{}")
    assert not passes(case, "[]")


def test_what_is_expected_is_compared_where_no_check_is_carried_and_the_user_names_none(desk) -> None:
    desk.write(
        "x.yaml", "cases: [{inputs: a, expected_output: b, evaluators: [MyOwn]}, {inputs: c, expected_output: d}]"
    )
    done = desk.take("pydantic-evals", "x.yaml")
    assert [specs(case) for case in done.only().cases] == [[("exact", None)]] * 2
    assert "carried with a difference: 1\n  x.yaml: what is expected: no check of it is carried" in done.out
    assert "next: write x.prompt.md, or name the `provider`" in done.out
    done = desk.take(
        "pydantic-evals", "x.yaml", "--force", "--evaluator", "contains", "--evaluator", "length: {min_words: 1}"
    )
    assert [specs(case) for case in done.only().cases] == [[("contains", None), ("length", {"min_words": 1})]] * 2
    assert "difference" not in done.out


MESSAGES = [{"role": "system", "content": "Answer in one word."}, {"role": "user", "content": "Capital of France?"}]
SECOND = [MESSAGES[0], {"role": "user", "content": "Capital of Italy?"}]


def registry(desk, kind: str, *rows, args: str = "") -> str:
    name = {"Match": "match", "Includes": "includes", "FuzzyMatch": "fuzzy_match", "JsonMatch": "json_match"}[kind]
    desk.write("data/caps/samples.jsonl", lines(*rows))
    entry = f"caps: {{id: caps.dev.v0, metrics: [accuracy]}}\ncaps.dev.v0:\n  class: {CLASS}{name}:{kind}\n"
    desk.write("evals/caps.yaml", f"{entry}  args: {{samples_jsonl: caps/samples.jsonl{args}}}\n")
    return "evals/caps.yaml"


def test_samples_become_a_prompt_and_its_cases(desk) -> None:
    rows = ({"input": MESSAGES, "ideal": "Paris"}, {"input": SECOND, "ideal": ["Rome", "Roma"]})
    done = desk.take("openai-evals", registry(desk, "Match", *rows))
    assert done.code == 0, done.err
    assert "not carried" not in done.out
    first, second = done.only().cases
    prompt = read_prompt(done.into, done.into / "caps.prompt.yml")
    assert [turn.plain() for turn in render(prompt, first)] == MESSAGES
    assert (passes(first, "Paris, of course"), passes(first, "It is Paris")) == (True, False)
    assert (passes(second, "Roma."), passes(second, "Romulus")) == (True, False)


KINDS = [
    ("Includes", "", ["a", "b"], "xb", "X"),
    ("Includes", ", ignore_case: true", "A", "xa", "x"),
    ("FuzzyMatch", "", "The Word", "it is the word", "other"),
    ("JsonMatch", "", '{"a": 1}', '{"a": 1.0}', '{"a": 2}'),
    ("JsonMatch", "", ["1", "[2]"], "[2]", "[3]"),
]


@pytest.mark.parametrize("row", KINDS, ids=[f"{row[0]}-{row[2]}" for row in KINDS])
def test_a_class_of_openai_evals_judges_as_there(desk, row) -> None:
    kind, args, ideal, good, bad = row
    done = desk.take("openai-evals", registry(desk, kind, {"input": "Why?", "ideal": ideal}, args=args))
    [case] = done.only().cases
    assert case.inputs == {"input": "Why?"}
    assert passes(case, good)
    assert not passes(case, bad)
    assert ("difference" in done.out) is (kind == "FuzzyMatch")


def test_few_shots_stand_before_the_last_message_and_other_classes_are_left(desk) -> None:
    shots = [{"role": "system", "name": "example_user", "content": "Capital of Spain?"}]
    desk.write("data/caps/few.jsonl", lines({"sample": shots}, {"sample": shots}))
    args = ", few_shot_jsonl: caps/few.jsonl, num_few_shot: 1, max_tokens: 3"
    path = registry(desk, "Match", {"input": MESSAGES, "ideal": "Paris"}, args=args)
    with (desk.folder / path).open("a") as file:
        file.write("other.v0:\n  class: evals.elsuite.modelgraded.classify:ModelBasedClassify\n")
    done = desk.take("openai-evals", path)
    prompt = read_prompt(done.into, done.into / "caps.prompt.yml")
    assert [turn.content for turn in render(prompt, done.only().cases[0])][1] == "Capital of Spain?"
    assert "evals/caps.yaml:4: the argument max_tokens" in done.out
    assert "evals/caps.yaml:6: the eval other.v0: evals.elsuite.modelgraded.classify:ModelBasedClassify" in done.out


def test_two_entries_of_one_name_have_files_of_their_own(desk) -> None:
    path = registry(desk, "Match", {"input": "Why?", "ideal": "So"})
    with (desk.folder / path).open("a") as file:
        file.write(f"caps.test.v1:\n  class: {CLASS}includes:Includes\n  args: {{samples_jsonl: caps/samples.jsonl}}\n")
    done = desk.take("openai-evals", path)
    assert [spec for spec, _ in specs(done.dataset("caps.golden.yaml").cases[0])] == ["starts-with"]
    assert [spec for spec, _ in specs(done.dataset("caps-2.golden.yaml").cases[0])] == ["contains"]


def test_samples_alone_are_compared_and_conversations_that_differ_stay_messages(desk) -> None:
    talk = [*MESSAGES, {"role": "assistant", "content": "Paris"}, {"role": "user", "content": "And of Peru?"}]
    desk.write("caps.jsonl", lines({"input": talk, "ideal": "Lima"}, {"input": SECOND, "ideal": ["Rome", "Roma"]}))
    done = desk.take("openai-evals", "caps.jsonl", "--provider", "echo")
    first, second = done.only().cases
    assert [turn.plain() for turn in first.messages] == talk
    assert (specs(first), specs(second)) == ([("exact", None)], [("exact", {"any": ["Rome", "Roma"]})])
    assert "caps.jsonl: the samples: no class says how they are judged" in done.out


def test_goldens_of_deepeval_keep_what_their_metrics_read(desk) -> None:
    golden = {
        "input": "Where is it?",
        "expected_output": "In Rome.",
        "actual_output": "Rome",
        "context": ["a", "b"],
        "retrieval_context": None,
        "name": "place",
        "expected_tools": [{"name": "search", "inputParameters": {"q": "x"}}, {"name": "book"}],
        "additional_metadata": {"k": 1},
        "token_cost": None,
    }
    service = {"input": "b", "expectedOutput": "c", "retrievalContext": "r|s", "sourceFile": "s.md"}
    desk.write("goldens.json", json.dumps([golden, service, {"scenario": "x", "turns": []}]))
    done = desk.take("deepeval", "goldens.json", "--provider", "echo")
    assert done.code == 0, done.err
    first, second = done.only().cases
    assert (first.id, first.inputs, first.expected) == ("place", {"input": "Where is it?"}, "In Rome.")
    assert first.metadata == {"actual_output": "Rome", "context": ["a", "b"], "additional_metadata": {"k": 1}}
    assert second.metadata == {"retrieval_context": ["r", "s"], "source_file": "s.md"}
    calls = ({"name": "book"}, {"name": "search", "arguments": {"q": "x"}}, {"name": "more"})
    assert passes(first, "In Rome.", tool_calls=calls)
    assert not passes(first, "In Rome.", tool_calls=calls[:1])
    assert "goldens.json:1: the conversation: a model plays the user in it" in done.out


def test_goldens_in_tables_have_lists_in_their_cells(desk) -> None:
    header = "input,actual_output,expected_output,context,expected_tools,additional_metadata,name\n"
    desk.write("goldens.csv", header + 'Why?,,So.,a|b,"[{""name"": ""t""}]","{""k"": 1}",one\nHow?,,Thus.,,t;u,,\n')
    first, second = desk.take("deepeval", "goldens.csv", "--provider", "echo").only().cases
    assert first.metadata == {"context": ["a", "b"], "additional_metadata": {"k": 1}}
    assert specs(second)[0] == ("tool-calls", {"calls": ["t", "u"], "order": False, "others": True})


def test_examples_of_langsmith_have_their_outputs_expected_and_splits_as_tags(desk) -> None:
    uuid = "5b0c8a52-1c1e-4d4a-8c52-000000000001"
    rows = [
        {"id": uuid, "inputs": {"q": "a"}, "outputs": {"answer": "b"}, "metadata": {"dataset_split": ["test"], "k": 1}},
        {"inputs": {"q": "c"}, "outputs": {"n": 1, "m": 2}, "split": "train", "created_at": "2026-01-01"},
        {
            "inputs": {"messages": [{"type": "system", "content": "Be kind."}, {"type": "human", "content": "Hi"}]},
            "outputs": {"messages": [{"role": "assistant", "content": "Hello"}]},
        },
        {"inputs": {"q": "d"}, "outputs": None, "odd": 1},
    ]
    desk.write("examples.jsonl", lines(*rows))
    done = desk.take("langsmith", "examples.jsonl", "--provider", "echo")
    assert done.code == 0, done.err
    first, second, third = done.only().cases
    assert (first.id, first.inputs, first.expected, first.tags) == (uuid, {"q": "a"}, "b", ("split:test",))
    assert first.metadata == {"k": 1}
    assert (second.expected, second.tags, specs(second)) == ({"n": 1, "m": 2}, ("split:train",), [("json", None)])
    assert [turn.role for turn in third.messages] == ["system", "user"]
    assert (third.inputs, third.expected) == ({}, "Hello")
    assert "examples.jsonl:4: the key odd" in done.out
    assert "examples.jsonl:4: the case here: it has no check" in done.out


def test_examples_in_tables_have_their_keys_as_columns(desk) -> None:
    desk.write("examples.csv", 'input_question,inputs.lang,outputs,split\nWhy?,en,"{""answer"": ""So.""}",test\n')
    [case] = desk.take("langsmith", "examples.csv").only().cases
    assert (case.inputs, case.expected, case.tags) == ({"question": "Why?", "lang": "en"}, "So.", ("split:test",))


REFUSED = [
    ("pydantic-evals", "x.yaml", "cases: []", "x.yaml:1: wrong `cases`"),
    ("pydantic-evals", "x.yaml", "[]", "x.yaml:1: no dataset"),
    ("pydantic-evals", "x.yaml", "cases:\n- {name: a, input: b}", "x.yaml:2: unknown key in the case, found 'input'"),
    ("pydantic-evals", "x.yaml", "cases:\n- {name: a}", "x.yaml:2: wrong `inputs`"),
    ("pydantic-evals", "x.yaml", "cases:\n- 7", "x.yaml:2: wrong case, found 7"),
    ("pydantic-evals", "x.yaml", "cases:\n- {inputs: a, evaluators: [7]}", "x.yaml:2: wrong evaluator, found 7"),
    ("pydantic-evals", "x.yaml", "cases:\n- {inputs: a, evaluators: [MyOwn]}", "nothing that can be carried"),
    ("pydantic-evals", "x.txt", "", "x.txt: no format that is read"),
    ("openai-evals", "x.jsonl", "", "x.jsonl:1: no samples"),
    ("openai-evals", "x.jsonl", '{"input": "a", "ideal": 7}', "x.jsonl:1: wrong `ideal`"),
    ("openai-evals", "x.jsonl", '{"input": [{"role": "user"}], "ideal": "a"}', "x.jsonl:1: wrong `input`"),
    ("openai-evals", "x.yaml", "a: {id: b}", "x.yaml:1: no evals"),
    ("openai-evals", "x.yaml", "[]", "x.yaml:1: no registry"),
    ("openai-evals", "x.yaml", f"a:\n  class: {CLASS}match:Match", "x.yaml:2: wrong `samples_jsonl`"),
    ("deepeval", "x.json", "[]", "x.json:1: no goldens"),
    ("deepeval", "x.json", '[\n{"inptu": "a"}]', "x.json:2: unknown key in the golden, found 'inptu'"),
    ("deepeval", "x.json", "[{}]", "x.json:1: wrong `input`"),
    ("deepeval", "x.json", '[{"input": "a", "expected_tools": [7]}]', "x.json:1: wrong tool"),
    ("deepeval", "x.json", "[7]", "x.json:1: wrong golden, found 7"),
    ("langsmith", "x.jsonl", '{"outputs": {}}', "x.jsonl:1: wrong `inputs`"),
    ("langsmith", "x.jsonl", '{"input": {"a": 1}}', "x.jsonl:1: unknown key in the example, found 'input'"),
    ("langsmith", ".", "", "a folder without a file"),
]


@pytest.mark.parametrize(("what", "name", "text", "told"), REFUSED, ids=[row[3] for row in REFUSED])
def test_a_file_that_is_none_of_the_tool_is_one_line_with_its_place(desk, what, name, text, told) -> None:
    if name != ".":
        desk.write(name, text)
    done = desk.take(what, name)
    assert (done.code, done.out, done.into.exists()) == (2, "", False)
    assert told in done.err
    assert done.err.count("\n") == 1


@in_the_wild
def test_the_dataset_of_an_example_is_carried(desk) -> None:
    folder = WILD / "pydantic__pydantic-ai" / "examples" / "pydantic_ai_examples" / "evals" / "datasets"
    done = desk.take("pydantic-evals", str(folder / "time_range_v1.yaml"), "--provider", "python:ranges:find")
    dataset = done.only()
    assert (len(dataset.cases), dataset.cases[0].id) == (10, "Single day mention")
    assert passes(dataset.cases[0], json.dumps(dataset.cases[0].expected))
    assert "not carried: 12\n" in done.out
    assert "time_range_v1.yaml:24, 106: the evaluator LLMJudge: a model grades it" in done.out


@in_the_wild
def test_an_entry_of_the_registry_without_its_samples_says_which_file_is_missing(desk) -> None:
    path = WILD / "openai__evals" / "evals" / "registry" / "evals" / "anagrams.yaml"
    done = desk.take("openai-evals", str(path))
    assert done.code == 2
    assert "evals/anagrams.yaml:9: the file data/anagrams/samples.jsonl that is named here" in done.err


def test_what_is_compared_with_null_or_with_time_alone_is_not_taken_for_checked(desk) -> None:
    cases = """\
evaluators: [{MaxDuration: 2}]
cases:
- {name: "null", inputs: a, expected_output: x, evaluators: [{Equals: null}]}
- {name: graded, inputs: b, expected_output: x, evaluators: [{LLMJudge: nice}]}
- {name: unknown, inputs: c, evaluators: [{LLMJudge: nice}]}
"""
    desk.write("d.yaml", cases)
    done = desk.take("pydantic-evals", "d.yaml", "--provider", "echo")
    null, graded = done.only().cases
    assert "the evaluator Equals: it compares with null" in done.out
    assert [passes(case, "x", latency=1.0) for case in (null, graded)] == [True, True]
    assert [passes(case, "y", latency=1.0) for case in (null, graded)] == [False, False]
    assert "d.yaml:5: the case unknown: it has no check" in done.out
