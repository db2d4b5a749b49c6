"""The quick way to a header says what the readers of a run say, and leaves to them what it cannot tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats import headers
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.headers import read_library
from pytest_goldenprompt.model.dataset import Status
from pytest_goldenprompt.model.upkeep import Listed

CASE = "  - {id: a, inputs: {text: one}, expected: x}\n"
HEADERS = {
    "plain": f"owner: desk\nstatus: draft\nreviewed: 2026-10-01\ncases:\n{CASE}",
    "behind": f"cases:\n{CASE}\n# a note\n{CASE.replace('a', 'b', 1)}owner: desk\nstatus: retired\n",
    "none": f"cases:\n{CASE}",
    "comments": f"# only a comment\ncases:   # the cases\n{CASE}",
    "outdented": 'owner: "desk"\ncases:\n- id: a\n  expected: |\n    owner: other\n\n    more\nreviewed: 2026-10-01\n',
    "flow": "owner: desk\ncases: [\n{id: a, expected: x}\n]\n",
    "quoted": f'owner: desk\n"cases":\n{CASE}',
    "evaluators": f"evaluators:\n  - exact\n  - regex: '[a-z'\n  # more\nowner: desk\ncases:\n{CASE}",
    "text": f"owner: >-\n  cases:\n  of desks\ncases:\n{CASE}",
    "windows": f"owner: desk\r\ncases:\r\n{CASE}",
}


def library(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if isinstance(text, str) else json.dumps(text), newline="")
    return read_library(tmp_path)


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_reads_as_it_does_with_its_cases(name, tmp_path):
    [found] = library(tmp_path, {"p.golden.yaml": HEADERS[name], "p.prompt.md": "hello"})
    whole = read_dataset(tmp_path, tmp_path / "p.golden.yaml")
    assert found == Listed("p", "p.golden.yaml", whole.status, whole.owner, whole.reviewed)


@pytest.mark.parametrize(
    "text",
    [
        f"owner: [desk]\ncases:\n{CASE}",
        f"status: gone\ncases:\n{CASE}",
        f"status: [gone]\ncases:\n{CASE}",
        f"reviewed: 2026-02-31\ncases:\n{CASE}",
        f"reviewed: 20261001\ncases:\n{CASE}",
        f"owner: >\n  desk\ncases:\n{CASE}",
        f"ownr: desk\ncases:\n{CASE}",
        "owner: desk\n",
        f"owner: desk\nowner: other\ncases:\n{CASE}",
        "owner: desk\ncases:\n",
        "\0",
    ],
)
def test_what_a_run_refuses_is_told_in_the_words_of_a_run(text, tmp_path):
    [found] = library(tmp_path, {"p.golden.yaml": text})
    if text == "owner: desk\ncases:\n":
        assert found.error is None  # what is wrong with cases is lint's and the run's to tell
        return
    with pytest.raises(InputError) as caught:
        read_dataset(tmp_path, tmp_path / "p.golden.yaml")
    assert found == Listed("p", "p.golden.yaml", error=str(caught.value))


def test_every_format_is_listed(tmp_path):
    rows = [{"id": "a", "inputs": {"text": "one"}, "expected": "x"}]
    found = library(
        tmp_path,
        {
            "json.golden.json": {"owner": "desk", "cases": rows},
            "jsonl.golden.jsonl": '{"owner": "desk"}\n' + json.dumps(rows[0]),
            "bare.golden.jsonl": json.dumps(rows[0]),
            "csv.golden.csv": "id,text,expected\na,one,x\n",
            "folder.golden/header.yaml": "owner: desk\nstatus: draft\n",
            "folder.golden/a.yaml": "expected: x\n",
            "bare_folder.golden/a.yaml": "expected: x\n",
            "json_folder.golden/header.json": {"owner": "desk"},
            "json_folder.golden/a.json": {"expected": "x"},
            "models.prompt.yml": "messages: [{role: user, content: hi}]\ntestData:\n  - {expected: x}\n",
        },
    )
    assert {one.id: (one.status, one.owner, one.error) for one in found} == {
        "json": (Status.ACTIVE, "desk", None),
        "jsonl": (Status.ACTIVE, "desk", None),
        "bare": (Status.ACTIVE, None, None),
        "csv": (Status.ACTIVE, None, None),
        "folder": (Status.DRAFT, "desk", None),
        "bare_folder": (Status.ACTIVE, None, None),
        "json_folder": (Status.ACTIVE, "desk", None),
        "models": (Status.ACTIVE, None, None),
    }


@pytest.mark.parametrize(
    "files",
    [
        {"p.golden/a.yaml": "expected: x\n", "p.golden/header.yaml": "", "p.golden/header.json": {"owner": "desk"}},
        {"p.golden/a.yaml": "expected: x\n", "p.golden/header.yaml": "owner: [\n"},
        {"p.golden.json": "{"},
    ],
)
def test_a_header_that_cannot_be_read_is_an_error(files, tmp_path):
    [found] = library(tmp_path, files)
    assert found.error


def test_variants_are_listed_and_what_they_share_is_not(tmp_path):
    dataset = f"owner: desk\ncases:\n{CASE}"
    variants = {f"p.{name}.prompt": "Say {{text}}" for name in ("short", "long")}
    assert [one.id for one in library(tmp_path, {"p.golden.yaml": dataset, **variants})] == ["p.long", "p.short"]
    assert {one.owner for one in read_library(tmp_path)} == {"desk"}
    (tmp_path / "p.prompt").write_text("Say {{text}}")
    assert [one.id for one in read_library(tmp_path)] == ["p", "p.long", "p.short"]


def test_an_inline_prompt_without_cases_is_not_listed(tmp_path):
    text = "messages: [{role: user, content: 'testData: no'}]\n"
    assert library(tmp_path, {"p.prompt.yml": text}) == ()


def test_cases_are_not_read_where_the_header_is_plain(tmp_path, monkeypatch):
    monkeypatch.setattr(headers, "read_dataset", lambda *_: pytest.fail("all of it was read"))
    files = {f"{name}.golden.yaml": HEADERS[name] for name in ("plain", "behind", "none", "outdented", "text")}
    assert len(library(tmp_path, files)) == len(files)


def test_folders_can_be_named(tmp_path):
    library(tmp_path, {"a/p.golden.yaml": HEADERS["plain"], "b/p.golden.yaml": HEADERS["plain"]})
    assert [one.id for one in read_library(tmp_path, (Path("b"),))] == ["b/p"]
