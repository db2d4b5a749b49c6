from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from pytest_goldenprompt.authoring.findings import Rule
from pytest_goldenprompt.authoring.lint import lint
from pytest_goldenprompt.authoring.targets import targets
from pytest_goldenprompt.cli import main
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.endings import PROMPT_ENDINGS
from pytest_goldenprompt.formats.pairing import is_dataset
from pytest_goldenprompt.formats.reader import relative
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.registry import Registry
from unit.formats.hostile_files import hostile_files, write, write_special

TODAY = "2026-11-24"
PROMPT = "---\nprovider: echo\n---\n{{ticket}}\n"
DATASET = """\
owner: support
cases:
  - id: a
    inputs: {ticket: one}
    expected: x
  - id: b
    inputs: {ticket: two}
    expected: y
"""
WAIVER = '[[waivers]]\nprompt = "t"\nowner = "jane"\nreason = "known"\nuntil = 2026-12-01\nmost_drop = 0.1\n'


@pytest.fixture
def library(tmp_path):
    """A sound library, and what changes a file of it."""
    files = {"t.prompt.md": PROMPT, "t.golden.yaml": DATASET, "goldenprompt.toml": WAIVER}

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    for name, text in files.items():
        write(name, text)
    write.root = tmp_path
    return write


def found(library, *names):
    chosen = targets(library.root, [library.root / name for name in names])
    return lint(chosen, Registry(imports=False).evaluator, TODAY)


def told(library, *names):
    return [f"{one.where}:{one.line} {one.severity} {one.rule}: {one.what}" for one in found(library, *names)]


def test_in_a_sound_library_nothing_is_found(library):
    assert told(library) == []


def test_every_faulty_case_of_a_file_is_told_at_its_line(library):
    cases = ["{id: a, expectd: x}", "{id: b, inputs: {ticket: t}, expected: x, tags: no}", "{id: 'x::y'}", "{id: c}"]
    library("t.golden.yaml", "owner: o\ncases:\n" + "".join(f"  - {case}\n" for case in cases))
    assert [line[:33] for line in told(library)] == [
        "t.golden.yaml:3 error case: unkno",
        "t.golden.yaml:4 error case: wrong",
        "t.golden.yaml:5 error case: wrong",
        "t.golden.yaml:6 error evaluator: ",
        "t.golden.yaml:6 error inputs: mis",
    ]
    library("t.golden.yaml", "owner: o\ncases:\n  - {idd: a}\n  - {idd: b}\n")
    assert [line[:26] for line in told(library)] == ["t.golden.yaml:3 error case", "t.golden.yaml:4 error case"]


@pytest.mark.parametrize(
    ("name", "old", "new", "wanted"),
    [
        ("t.golden.yaml", "id: b", "id: a", "t.golden.yaml:6 error id: duplicate id, found 'a' on lines 3 and 6"),
        ("t.golden.yaml", "two}", "two, lang: en}", "t.golden.yaml:6 error inputs: input that the prompt does not use"),
        (
            "t.golden.yaml",
            "ticket: two",
            "tiket: two",
            "t.golden.yaml:6 error inputs: missing input, found no 'tick",
        ),
        ("t.golden.yaml", "two", "one", "t.golden.yaml:6 warning duplicate: duplicate case, found the inputs of 'a'"),
        ("t.golden.yaml", "- id: b\n    ", "- ", "t.golden.yaml:6 warning id: no id, found case 'case-"),
        ("t.golden.yaml", "owner: support\n", "", "t.golden.yaml:1 warning owner: no owner"),
        ("t.golden.yaml", "    expected: y\n", "", "t.golden.yaml:6 error evaluator: case 'b' has nothing to check"),
        ("t.golden.yaml", "cases", "evaluators: [exakt]\ncases", "t.golden.yaml:2 error evaluator: no such evaluator"),
        ("t.golden.yaml", "cases", "evaluators: [python: x]\ncases", "t.golden.yaml:2 error evaluator: `python` does"),
        (
            "t.golden.yaml",
            "cases",
            "evaluators: [choice: [x]]\ncases",
            "t.golden.yaml:7 error evaluator: `expected` o",
        ),
        ("t.golden.yaml", "cases", "status: gone\ncases", "t.golden.yaml:2 error file: wrong `status`"),
        ("t.golden.yaml", "cases:", "cases: [", "t.golden.yaml:3 error file: not valid YAML"),
        ("t.golden.yaml", "owner: support", "owner: o\nprompt: u.md", "t.golden.yaml error prompt: the header's"),
        ("t.prompt.md", "provider: echo", "provider: echo\nmodle: x", "t.prompt.md:3 error file: unknown key"),
        (
            "t.prompt.md",
            "{{ticket}}",
            "{{ticket}} {{lang}}",
            "in 2 of 2 cases, first 'a'; t.prompt.md uses 'lang',",
        ),
        ("t.prompt.md", "provider: echo", "model: m", ""),
        ("goldenprompt.toml", "2026-12-01", "2026-11-23", "toml:1 warning waiver: lapsed waiver of jane for t, found"),
        ("goldenprompt.toml", '"t"', '"u"', "toml:1 warning waiver: waiver for no prompt, found 'u'"),
        (
            "goldenprompt.toml",
            "[[waivers]]",
            '[[waivers]]\ncase = "z"',
            "warning waiver: waiver for no case, found",
        ),
        ("goldenprompt.toml", "[[waivers]]", '[[waivers]]\ncase = "z"\nkind = "removed"', ""),
        ("goldenprompt.toml", "reason", "raison", "toml:4 error file: unknown key in the waiver, found 'raison'"),
        (
            "goldenprompt.toml",
            "[[waivers]]",
            "[cadence]\nrun = 0\n[[waivers]]",
            "toml:2 error file: wrong `run` in [cade",
        ),
        ("goldenprompt.toml", "[[waivers]]", "[prices.m]\ninput = -1\n[[waivers]]", "toml:2 error file: wrong `input`"),
    ],
)
def test_each_fault_is_found_by_itself(library, name, old, new, wanted):
    text = (library.root / name).read_text()
    assert old in text
    library(name, text.replace(old, new, 1) if old != "id: b" else text.replace(old, new))
    lines = [line.replace(":1 error prompt", " error prompt") for line in told(library)]
    if name == "t.golden.yaml" and old == "ticket: two":
        lines = [line for line in lines if "does not use" not in line]
    assert [wanted in line for line in lines] == ([True] if wanted else []), lines


def test_unused_inputs_are_only_a_warning_where_no_file_names_the_provider(library):
    library("t.prompt.md", "{{ticket}}\n")
    library("t.golden.yaml", DATASET.replace("two}", "two, lang: en}"))
    assert [one.severity for one in found(library)] == [Severity.WARNING]
    library("t.prompt.md", "---\nprovider: python:a:b\n---\n{{ticket}}\n")
    assert found(library) == ()


def test_prompts_without_dataset_are_noted_and_datasets_without_prompt_refused(library):
    library("u.prompt.md", "Hello\n")
    library("v.golden.jsonl", '{"owner": "o"}\n{"id": "a", "expected": "x"}\n')
    library("w.golden/notes.txt", "")
    assert [line.partition(", found")[0] for line in told(library)] == [
        "u.prompt.md:1 note dataset: prompt without a golden dataset",
        "v.golden.jsonl:1 error prompt: golden dataset without a prompt",
        "w.golden:1 error dataset: no golden dataset",
    ]
    library("t.golden.csv", "id,ticket,expected\na,one,x\n")
    assert "t.golden.yaml:1 error dataset: two golden datasets for one prompt, found t.golden.csv too" in " ".join(
        told(library, "t.golden.csv", "t.golden.yaml")
    )


@pytest.mark.parametrize("dataset", ["v.golden.yaml", "w.golden/one.yaml"])
def test_a_dataset_that_is_named_alone_is_checked_with_the_variants_that_share_it(library, dataset):
    library("v.golden.yaml", DATASET)
    library("w.golden/one.yaml", "inputs: {ticket: one}\nexpected: x\n")
    for name in ("v.curt.prompt", "w.curt.prompt"):
        library(name, "---\nmodel: m\n---\n{{other}}\n")
    assert any("found 'other'" in one for one in told(library, dataset)), told(library, dataset)


def test_prompts_with_cases_of_their_own_and_variants_are_checked(library):
    library("m.prompt.yml", 'messages: [{role: user, content: "{{a}}"}]\ntestData:\n  - {b: 1, expected: x}\n')
    library("g.prompt", "{{x}}\n")
    library("g.formal.prompt", "{{y}}\n")
    library("g.golden.jsonl", '{"owner": "o"}\n{"id": "a", "inputs": {"x": "1"}, "expected": "1"}\n')
    assert [line.partition(";")[0] for line in told(library)] == [
        "g.formal.prompt:1 error inputs: unknown name in the template, found 'y'",
        "g.golden.jsonl:2 warning inputs: input that the prompt does not use, found 'x' in case 'a'",
        "m.prompt.yml:1 warning owner: no owner, found none in the dataset or its prompt",
        "m.prompt.yml:3 error inputs: missing input, found no 'a' in case 'case-b714e49385'",
        "m.prompt.yml:3 warning inputs: input that the prompt does not use, found 'b' in case 'case-b714e49385'",
    ]


def test_what_the_teams_code_may_add_to_a_run_is_only_noted(library):
    library("t.golden.yaml", DATASET.replace("cases", "evaluators: [ours]\ncases"))
    library("v.golden.yaml", DATASET)
    assert [line.split(":")[1] for line in told(library)] == ["2 error evaluator", "1 error prompt"]
    library("conftest.py", "def pytest_goldenprompt_register(registry):\n    raise SystemExit\n")
    assert [line.split(":")[1] for line in told(library)] == ["2 note extra", "1 note extra"]


def test_a_dataset_that_a_python_test_names_needs_no_prompt(library):
    library("tests/desk.golden.yaml", DATASET)
    assert [line.split(":")[1] for line in told(library)] == ["1 error prompt"]
    library(
        "tests/test_desk.py",
        '@pytest.mark.goldenprompt("desk.golden.yaml")\ndef test_it(case):\n    raise SystemExit\n',
    )
    library("goldenprompt.toml", WAIVER.replace('"t"', '"tests/test_desk.py::test_it"'))
    assert told(library) == []


def test_a_retired_dataset_has_to_be_readable_and_no_more(library):
    library("t.golden.yaml", DATASET.replace("owner: support", "status: retired").replace("two", "one"))
    assert told(library) == []
    library("t.golden.yaml", "status: retired\ncases:\n  - {x: 1}\n")
    assert len(told(library)) == 1


def test_a_library_of_hostile_files_is_told_line_by_line(tmp_path):
    small = [hostile for hostile in hostile_files() if len(hostile.content) < 100_000]
    paths = [write(tmp_path, hostile) for hostile in small]
    golden = {path for path in paths if is_dataset(path.name) or path.name.endswith(PROMPT_ENDINGS)}
    write_special(tmp_path)
    findings = lint(targets(tmp_path), Registry(imports=False).evaluator, TODAY)
    assert len(golden) > 200
    assert {relative(tmp_path, path) for path in golden} <= {one.where for one in findings if one.severity == "error"}
    assert all(f"{one.where}{one.what}{one.remedy}".isprintable() for one in findings)


def test_a_folder_of_cases_tells_the_file_of_each(library):
    library("f.prompt.md", "{{x}}\n")
    library("f.golden/header.yaml", "owner: o\n")
    library("f.golden/one.yaml", "inputs: {x: 1}\nexpected: a\n")
    library("f.golden/two.yaml", "inputs: {x: 1}\nexpectd: a\n")
    library("f.golden/more.jsonl", '{"id": "m", "inputs": {"x": 1}, "expected": "b"}\n')
    assert [line.partition(", found")[0] for line in told(library, "f.golden/two.yaml")] == [
        "f.golden/one.yaml:1 warning duplicate: duplicate case",
        "f.golden/two.yaml:2 error case: unknown key in the case",
    ]


def test_named_files_are_checked_with_what_they_must_fit_and_nothing_else(library):
    library("t.golden.yaml", DATASET.replace("two", "one"))
    library("u.golden.yaml", "nothing")
    assert [line[:31] for line in told(library, "t.prompt.md")] == ["t.golden.yaml:6 warning duplica"]
    assert told(library, "goldenprompt.toml") == []
    library("notes.txt", "")
    assert "notes.txt:1 error file: no prompt, golden dataset or policy by its name" in told(library, "notes.txt")[0]
    with pytest.raises(InputError, match="not there"):
        targets(library.root, [library.root / "no.golden.yaml"])
    with pytest.raises(InputError, match="not there"):
        targets(library.root, [library.root / f"{'x' * 5000}.golden.yaml"])
    with pytest.raises(InputError, match="outside of the library"):
        targets(library.root, [library.root.parent])


def test_waiting_candidates_are_noted_and_faulty_ones_told(library):
    library("t.golden.candidates.jsonl", '{"id": "c", "inputs": {"ticket": "x"}}\n{"idd": "d"}\n')
    assert [line.partition(",")[0] for line in told(library)] == [
        "t.golden.candidates.jsonl:1 note candidate: 1 candidate waits for a person",
        "t.golden.candidates.jsonl:2 error case: unknown key in the case",
    ]


def test_no_code_of_the_team_and_no_provider_is_imported(library, monkeypatch):
    library("t.golden.yaml", DATASET.replace("cases", "evaluators: [{all: [python: mine:check]}]\ncases"))
    library("mine.py", "raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(str(library.root))
    before = set(sys.modules)
    assert told(library) == []
    new = {name for name in set(sys.modules) - before if "provider" in name}
    assert not new
    assert "mine" not in sys.modules


@pytest.fixture
def call(library, monkeypatch, capsys):
    monkeypatch.chdir(library.root)

    def run(*words):
        code = main(["lint", *words])
        return code, capsys.readouterr().out

    return run


def test_exit_codes_follow_the_worst_finding(library, call):
    assert call() == (0, "nothing found in 3 files\n")
    library("t.golden.yaml", DATASET.replace("owner: support\n", ""))
    code, out = call("t.golden.yaml")
    assert (code, out.splitlines()[1]) == (0, "1 warning in 1 file")
    assert out.startswith("t.golden.yaml:1: warning: no owner, found none in the dataset or its prompt; the team that")
    assert out.splitlines()[0].endswith("is accepted (write `owner: TEAM` at its top) [owner]")
    assert call("--strict")[0] == 1
    library("t.golden.yaml", "{")
    assert call()[0] == 1
    assert main(["lint", "no.golden.yaml"]) == 2


def test_json_holds_the_same_and_twice_the_same_bytes(library, call):
    library("u.prompt.md", "Hello\n")
    library("t.golden.yaml", "cases:\n  - {id: 1, x: 2}\n")
    code, out = call("--json")
    record = json.loads(out)
    assert (code, record["schema"], record["files"]) == (1, "goldenprompt.lint/1", 4)
    assert (record["errors"], record["warnings"], record["notes"]) == (1, 0, 1)
    assert [one["file"] for one in record["findings"]] == ["t.golden.yaml", "u.prompt.md"]
    assert set(record["findings"][0]) == {"file", "line", "severity", "rule", "what", "remedy"}
    assert call("--json")[1] == out


def test_hostile_names_and_values_stay_on_their_line(library, call):
    library("::error::.golden.yaml", 'cases:\n  - {id: "\\e[31mred\\nnext"}\n')
    _, out = call()
    assert "\x1b" not in out
    assert len(out.splitlines()) == 2
    assert not out.startswith("::")


def test_files_are_named_from_the_top_of_a_repository_that_holds_the_library(library, call, monkeypatch):
    monkeypatch.chdir(library.root.parent)
    name = library.root.name
    assert call(f"{name}/t.golden.yaml", f"{name}/goldenprompt.toml") == (0, "nothing found in 2 files\n")


def test_every_rule_has_its_row_on_the_page():
    page = (Path(__file__).parents[3] / "docs" / "linting.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)) == set(Rule)
