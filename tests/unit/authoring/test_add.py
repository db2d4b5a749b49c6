"""`goldenprompt add`: examples and traces become candidates, or cases, and no file is harmed."""

from __future__ import annotations

import io
import json
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.authoring import adding
from pytest_goldenprompt.authoring.candidates import read_candidates
from pytest_goldenprompt.authoring.unfill import unfilled
from pytest_goldenprompt.authoring.writing import open_page
from pytest_goldenprompt.cli import main
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.render import render
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.prompt import Message, Prompt

PROMPT = "system:\nSort it.\nuser:\nTicket: {{ticket}}\nLanguage: {{lang}}\n"
DATASET = """\
# ours
evaluators:
  - choice: [billing, delivery]
cases:
  - id: late  # the first
    inputs: {ticket: "It is late.", lang: en}
    expected: delivery
"""
CANDIDATES = "t.golden.candidates.jsonl"
ASKED = {"inputs": {"ticket": "Two bills!", "lang": "en"}, "output": "billing"}


@pytest.fixture
def library(tmp_path, monkeypatch):
    (tmp_path / "goldenprompt.toml").write_text("")
    (tmp_path / "t.prompt.md").write_text(PROMPT)
    (tmp_path / "t.golden.yaml").write_text(DATASET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def add(library, monkeypatch, capsys):
    """Add an example from standard input; give the exit code and what was printed."""

    def run(example, *words, prompt="t"):
        content = example if isinstance(example, bytes) else json.dumps(example).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        code = main(["add", prompt, *words])
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return run


def candidates(library):
    return [json.loads(line) for line in (library / CANDIDATES).read_text().splitlines()]


def test_an_example_becomes_a_candidate_that_no_run_reads(add, library):
    code, out = add(ASKED, "--tag", "from:chat")
    assert code == 0
    assert out == f"{CANDIDATES}:1: added as a candidate, which `goldenprompt review` shows: two-bills-56db4a\n"
    assert candidates(library) == [
        {"id": "two-bills-56db4a", "inputs": ASKED["inputs"], "expected": "billing", "tags": ["from:chat"]}
    ]
    assert (library / "t.golden.yaml").read_text() == DATASET
    assert [case.id for case in read_dataset(library, library / "t.golden.yaml").cases] == ["late"]


def test_with_accept_it_is_a_case_at_the_end_of_the_dataset_and_nothing_else_changes(add, library):
    code, out = add({**ASKED, "correction": "delivery", "id": "two", "metadata": {"from": 7}}, "--accept")
    assert (code, out) == (0, "t.golden.yaml:8: added two\n")
    more = "  - id: two\n    inputs:\n      ticket: Two bills!\n      lang: en\n    expected: delivery\n"
    more += "    metadata:\n      from: 7\n"
    assert (library / "t.golden.yaml").read_text() == DATASET + more
    assert not (library / CANDIDATES).exists()


def test_the_same_question_is_refused_where_it_stands(add, library):
    same = {"inputs": {"lang": "en", "ticket": "It is late."}, "output": "x"}
    code, out = add(same)
    assert (code, "found case 'late' at t.golden.yaml:5" in out) == (1, True), out
    assert add(ASKED)[0] == 0
    code, out = add(ASKED, "--accept")
    assert (code, f"at {CANDIDATES}:1" in out) == (1, True), out
    other = {**ASKED, "inputs": {"ticket": "x", "lang": "y"}}
    assert "an id that is taken, found 'late' at t.golden.yaml:5" in add(other, "--id", "late")[1]


def test_several_are_added_and_each_that_is_not_is_told(add, library):
    lines = [ASKED, {"inputs": {"ticket": "x"}}, {"inputs": {"ticket": "a", "lang": "b", "c": 1}}, ASKED]
    code, out = add("\n".join(map(json.dumps, lines)).encode())
    assert code == 1
    assert len(candidates(library)) == 1
    assert "unknown name in the template, found 'lang'" in out
    assert "stdin:3: inputs that the prompt does not use, found 'c'" in out
    assert "stdin:4: the same question is there already" in out
    assert "one example is accepted beside it, found 4" in add(lines, "--id", "x")[1]


def test_several_are_written_in_one_go(add, library, monkeypatch):
    reads = []
    monkeypatch.setattr(adding, "read_candidates", lambda *place: reads.append(place) or read_candidates(*place))
    lines = [{"inputs": {"ticket": f"Bill {number}", "lang": "en"}, "output": "billing"} for number in range(20)]
    code, out = add(lines)
    assert (code, out.count("added as a candidate"), len(candidates(library)), len(reads)) == (0, 20, 20, 1), out


def test_one_that_cannot_be_written_keeps_no_other_out(add, library, monkeypatch):
    def picky(*place):
        found = read_candidates(*place)
        if any(case.inputs["ticket"] == "Bill 2" for case in found):
            raise InputError("no such bill")
        return found

    monkeypatch.setattr(adding, "read_candidates", picky)
    lines = [{"inputs": {"ticket": f"Bill {number}", "lang": "en"}, "output": "billing"} for number in range(5)]
    code, out = add("\n".join(map(json.dumps, lines)).encode())
    assert (code, "no such bill" in out, out.count("added as a candidate")) == (1, True, 4), out
    assert [one["inputs"]["ticket"] for one in candidates(library)] == ["Bill 0", "Bill 1", "Bill 3", "Bill 4"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there")
@pytest.mark.parametrize("accepted", [[], ["--accept"]])
def test_two_at_once_lose_no_case(library, monkeypatch, accepted):
    for name in ("one", "two"):
        asked = {"inputs": {"ticket": name, "lang": "en"}, "output": "billing", "id": name}
        (library / f"{name}.json").write_text(json.dumps(asked))
    other = threading.Thread(target=main, args=[["add", "t", "two.json", *accepted]])

    def slow(*place):
        page = open_page(*place)
        if other.ident is None:
            other.start()
            other.join(0.5)
        return page

    monkeypatch.setattr(adding, "open_page", slow)
    assert main(["add", "t", "one.json", *accepted]) == 0
    other.join()
    found = (library / (CANDIDATES if not accepted else "t.golden.yaml")).read_text()
    assert ("one" in found, "two" in found) == (True, True), found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "stdin:1: not valid JSON"),
        (b"\xff", "stdin: not UTF-8"),
        (b"[]", "no example, found no conversation"),
        (b"7", "stdin:1: wrong example, found 7"),
        (b'{"inputs": {}, "\\u001b[31m": 1}', "stdin:1: unknown key in the example, found '\\x1b[31m'"),
        (b'{"input": {}}', "did you mean `inputs`"),
        (b'{"output": "x"}', "wrong `inputs` in the example, found nothing"),
        (b'{"a": 1}\n{', "not valid JSON"),
    ],
)
def test_what_is_no_example_is_one_line(add, library, content, why):
    code, out = add(content)
    assert (code, out.count("\n"), why in out) == (2, 1, True), out
    assert not (library / CANDIDATES).exists()


def test_a_case_that_a_run_would_refuse_leaves_the_file_as_it_was(add, library):
    code, out = add({**ASKED, "output": "Biling"}, "--accept")
    assert (code, "nothing was written, as a run would refuse it: `expected` of case" in out) == (1, True), out
    assert (library / "t.golden.yaml").read_text() == DATASET
    code, out = add({**ASKED, "output": "\ud800"}, "--accept")
    assert (code, "half of a character, which YAML cannot hold" in out) == (1, True), out
    assert (library / "t.golden.yaml").read_text() == DATASET


def test_secrets_are_masked_and_told(add, library):
    key = "sk-" + "a1B2" * 8
    code, out = add({"inputs": {"ticket": f"my key {key} and {key}", "lang": "en"}, "output": f"Bearer {key}"})
    assert code == 0
    assert "what looks like a secret was masked, 3 in all" in out
    assert key not in (library / CANDIDATES).read_text()
    assert key not in out


def parts(role, *texts, **more):
    return {"role": role, "parts": [{"type": "text", "content": text} for text in texts], **more}


SPOKEN = [parts("system", "Sort it."), parts("user", "Ticket: Where: is\nit?\nLanguage: de")]
SAID = [parts("assistant", "delivery", finish_reason="stop")]


def any_value(value):
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": [{"key": key, "value": any_value(item)} for key, item in value.items()]}}
    return {"stringValue": value}


def otlp(attributes, kind="Spans"):
    inner, record = ("spans", "scopeSpans") if kind == "Spans" else ("logRecords", "scopeLogs")
    listed = [{"key": key, "value": any_value(value)} for key, value in attributes.items()]
    other = {"name": "GET /", "attributes": [{"key": "http.route", "value": {"stringValue": "/"}}]}
    return {f"resource{kind}": [{"resource": {"attributes": []}, record: [{inner: [other, {"attributes": listed}]}]}]}


TOLD = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": SPOKEN, "gen_ai.output.messages": SAID}
AS_TEXT = {key: value if isinstance(value, str) else json.dumps(value) for key, value in TOLD.items()}


@pytest.mark.parametrize(
    "trace",
    [
        otlp(AS_TEXT),
        otlp(TOLD),
        otlp(AS_TEXT, "Logs"),
        {"name": "chat m", "context": {}, "attributes": AS_TEXT, "events": []},
        {"name": "chat m", "attributes": {}, "events": [{"name": "details", "attributes": TOLD}]},
        {"name": "chat m", "attributes": AS_TEXT, "events": [{"name": "details", "attributes": TOLD}]},
        TOLD,
        {**TOLD, "gen_ai.input.messages": SPOKEN[1:], "gen_ai.system_instructions": SPOKEN[0]["parts"]},
        [{"attributes": AS_TEXT}],
    ],
    ids=["otlp text", "otlp", "logs", "span", "event", "span and event", "attributes", "instructions", "list"],
)
def test_a_trace_is_read_back_to_what_the_prompt_was_filled_with(add, library, trace):
    code, out = add(trace)
    assert code == 0, out
    [made] = candidates(library)
    assert made["inputs"] == {"ticket": "Where: is\nit?", "lang": "de"}
    assert made["expected"] == "delivery"


def test_turns_behind_the_prompt_become_messages_and_thoughts_no_answer(add, library):
    asked = [*SPOKEN, parts("assistant", "delivery"), parts("user", "Sure?")]
    said = [parts("assistant", "yes")]
    said[0]["parts"].insert(0, {"type": "reasoning", "content": "hm"})
    assert add({"attributes": {"gen_ai.input.messages": asked, "gen_ai.output.messages": said}})[0] == 0
    [made] = candidates(library)
    assert made["messages"] == [{"role": "assistant", "content": "delivery"}, {"role": "user", "content": "Sure?"}]
    assert made["expected"] == "yes"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ([SPOKEN[0]], "found 1 for 2"),
        ([SPOKEN[0], parts("user", "Ticket: x")], "message 2 is another: found 'Ticket: x'"),
        ([parts("user", "Sort it."), SPOKEN[1]], "message 1 is another"),
        ([SPOKEN[0], {"role": "user", "parts": [{"type": "uri", "uri": "x"}]}], "that is no text, found 'uri'"),
        ([{"role": "model", "parts": []}], "wrong role in gen_ai.input.messages, found 'model'"),
        ("[", "gen_ai.input.messages is no JSON"),
        ({}, "gen_ai.input.messages is no list"),
    ],
)
def test_a_trace_that_is_not_the_prompts_is_refused(add, library, asked, why):
    code, out = add({"attributes": {"gen_ai.input.messages": asked}})
    assert (code > 0, why in out, out.count("\n")) == (True, True, 1), out
    assert not (library / CANDIDATES).exists()


def test_a_trace_of_a_prompt_in_code_becomes_the_conversation(add, library):
    lines = [{"provider": "python:a:b"}, {"id": "x", "inputs": {"q": 1}, "expected": {"a": 1}}]
    (library / "c.golden.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    said = [parts("assistant", '{"a": 2}')]
    code, out = add({**TOLD, "gen_ai.output.messages": said}, "--accept", prompt="c")
    assert (code, out.startswith("c.golden.jsonl:3: added ticket-where-is-it-language-")) == (0, True), out
    made = read_dataset(library, library / "c.golden.jsonl").cases[-1]
    assert [message.role for message in made.messages] == ["system", "user"]
    assert made.expected == {"a": 2}


def test_a_dataset_of_a_python_test_takes_cases_too(add, library):
    (library / "desk.golden.yaml").write_text("cases:\n  - {id: a, inputs: {x: 1}, expected: b}\n")
    example = {"inputs": {"x": 2}, "output": "c"}
    assert "golden dataset without a prompt" in add(example, "--accept", prompt="desk.golden.yaml")[1]
    (library / "test_desk.py").write_text("@pytest.mark.goldenprompt('desk.golden.yaml')\ndef test(case): ...\n")
    assert add(example, "--accept", prompt="desk.golden.yaml")[0] == 0


def test_a_prompt_without_a_dataset_gets_one_that_editors_know(add, library):
    (library / "sub").mkdir()
    (library / "sub/u.prompt.md").write_text("{{x}}\n")
    assert add({"inputs": {"x": "y"}, "output": "z"}, "--accept", prompt="sub/u.prompt.md")[0] == 0
    text = (library / "sub/u.golden.yaml").read_text()
    first = text.splitlines()[0]
    assert (library / "sub" / first.removeprefix("# yaml-language-server: $schema=")).exists()
    assert [case.expected for case in read_dataset(library, library / "sub/u.golden.yaml").cases] == ["z"]


def test_a_folder_of_cases_gets_a_file_more(add, library):
    (library / "f.prompt.md").write_text("{{x}}\n")
    (library / "f.golden").mkdir()
    (library / "f.golden/one.yaml").write_text("inputs: {x: a}\nexpected: b\n")
    for case_id, name in (("two", "two.yaml"), ("a/b c", "a-b-c-case.yaml"), ("header", "header-case.yaml")):
        code, out = add({"inputs": {"x": case_id}, "output": "z", "id": case_id}, "--accept", prompt="f.golden")
        assert code == 0, out
        assert (library / "f.golden" / name).exists()
    ids = {case.id for case in read_dataset(library, library / "f.golden").cases}
    assert ids == {"one", "two", "a/b c", "header"}


def test_rows_in_a_prompts_own_file_are_left_to_a_person(add, library):
    text = 'provider: echo\nmessages: [{role: user, content: "{{a}}"}]\ntestData:\n  - {a: x, expected: y}\n'
    (library / "m.prompt.yml").write_text(text)
    code, out = add({"inputs": {"a": "b"}, "output": "c"}, "--accept", prompt="m")
    assert (code, "add the row by hand" in out) == (1, True), out
    assert not (library / "m.golden.yaml").exists()


def test_marks_modes_and_links_of_a_file_are_kept(add, library):
    real, link = library / "real.yaml", library / "t.golden.yaml"
    real.write_bytes(b"\xef\xbb\xbf" + DATASET.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    link.unlink()
    link.symlink_to("real.yaml")
    assert add(ASKED, "--accept")[0] == 0
    content = real.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf# ours\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert (link.is_symlink(), real.stat().st_mode & 0o777) == (True, 0o640)


def test_a_file_that_is_read_only_is_left_alone(add, library):
    (library / "t.golden.yaml").chmod(0o444)
    code, out = add(ASKED, "--accept")
    assert (code, "a file that is read-only" in out) == (1, True), out
    assert (library / "t.golden.yaml").read_text() == DATASET
    (library / "t.golden.yaml").chmod(0o644)


def test_unknown_prompts_are_refused_with_the_nearest(add, library):
    (library / "triage.prompt.md").write_text("{{x}}\n")
    assert "did you mean `triage`?" in add(ASKED, prompt="triag")[1]
    assert "no prompt and no golden dataset" in add(ASKED, prompt="goldenprompt.toml")[1]
    assert "no such prompt" in add(ASKED, prompt="x" * 5000)[1]
    assert "no such prompt" in add(ASKED, prompt="a\0b")[1]


TEMPLATE = Prompt("p", "p.prompt.md", (Message("user", "A {{x}} b {{y}}\n{{x}}!"),), "")
TEXTS = st.text("ab \n!{}xy", max_size=6)


@given(TEXTS, TEXTS)
def test_what_is_read_back_makes_the_same_messages(x, y):
    messages = render(TEMPLATE, Case("c", {"x": x, "y": y}))
    try:
        inputs, behind = unfilled(TEMPLATE, messages)
    except InputError:
        assert " b " in f"A {x} b" or "\n" in x + y  # a value that holds what stands behind it
        return
    assert behind == ()
    assert render(TEMPLATE, Case("c", inputs))[0].content.strip() == messages[0].content.strip()
