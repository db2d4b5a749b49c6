"""Formats that plugins add: which endings are taken, what their readers may give, and that no run knows another's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pytest_goldenprompt.engine.plan import plan_prompt, unreadable
from pytest_goldenprompt.errors import GoldenpromptError, InputError
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.endings import OURS, Formats
from pytest_goldenprompt.formats.pairing import (
    discover,
    find_prompt,
    has_sidecar,
    has_variants,
    is_golden,
    may_be_golden,
    misplaced,
    prompt_id,
    shared_dataset,
)
from pytest_goldenprompt.formats.plain import read_jinja
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.model.dataset import Dataset
from pytest_goldenprompt.model.prompt import Message, Prompt, Template
from pytest_goldenprompt.registry import Registry


def read_lines(source: Source) -> tuple[dict, list]:
    """Read a case a line: what goes in, an arrow, and what is expected."""
    pairs = [line.split(" -> ") for line in source.text.splitlines()]
    return {"owner": "us"}, [(at, {"inputs": {"text": a}, "expected": b}) for at, (a, b) in enumerate(pairs, start=1)]


def read_shout(source: Source, prompt_id: str, files) -> Prompt:
    return Prompt("other", "other", (Message("user", source.text.upper().replace("{{TEXT}}", "{{text}}")),), "other")


@pytest.fixture
def formats() -> Formats:
    return OURS.with_prompts(".shout", read_shout, "us").with_datasets(".golden.arrows", read_lines, "us")


def write(root: Path, name: str, text: str = "") -> Path:
    (root / name).write_text(text)
    return root / name


def test_a_dataset_and_a_prompt_of_added_formats_make_a_plan(tmp_path, formats) -> None:
    path = write(tmp_path, "t.golden.arrows", "a -> b\nc -> d\n")
    write(tmp_path, "t.shout", "say {{text}}")
    planned = plan_prompt(tmp_path, path, Registry().evaluator, lambda _: "echo", formats)
    assert planned is not None
    assert (planned.facts.id, planned.facts.dataset, planned.facts.path) == ("t", "t.golden.arrows", "t.shout")
    assert planned.facts.owner == "us"
    assert [(one.case.line, one.case.path, one.messages[0].content) for one in planned.cases] == [
        (1, "t.golden.arrows", "SAY a"),
        (2, "t.golden.arrows", "SAY c"),
    ]


def test_every_question_about_names_knows_the_added_endings(tmp_path, formats) -> None:
    path = write(tmp_path, "t.golden.arrows")
    for name in ("t.prompt.yml", "t.x.prompt", "t.shout"):
        write(tmp_path, name, "messages: []\ntestData:\n- a: 1\n")
    (tmp_path / "folder.golden.arrows").mkdir()
    assert discover(tmp_path, [Path()], formats=formats) == [path, tmp_path / "t.x.prompt"]
    assert is_golden(path, tmp_path, formats)
    assert may_be_golden("a/t.golden.arrows", formats)
    assert has_sidecar(tmp_path / "t.shout", formats)
    assert shared_dataset(tmp_path / "t.x.prompt", formats) == path
    assert has_variants(path, formats)
    assert misplaced(tmp_path, [Path()], formats) == [tmp_path / "folder.golden.arrows"]
    assert prompt_id("a/t.golden.arrows", formats) == prompt_id("a/t.shout", formats) == "a/t"
    assert unreadable(tmp_path, path, InputError("x"), formats).id == "t"
    (tmp_path / "t.prompt.yml").unlink()
    assert find_prompt(tmp_path, path, Dataset("", (), ""), formats) == tmp_path / "t.shout"


def test_what_one_run_added_no_other_run_knows(tmp_path) -> None:
    path = write(tmp_path, "t.golden.arrows", "a -> b\n")
    first, second = Registry(), Registry()
    first.add_dataset_format(".golden.arrows", read_lines)
    assert read_dataset(tmp_path, path, first.formats).cases
    assert discover(tmp_path, [Path()], formats=second.formats) == discover(tmp_path, [Path()]) == []
    with pytest.raises(InputError, match=r"t\.golden\.arrows: no golden dataset, found .*pytest --golden alone reads"):
        plan_prompt(tmp_path, path, second.evaluator, lambda _: "echo", second.formats)


def test_a_prompt_is_another_one_where_its_file_or_its_reader_is(tmp_path, formats) -> None:
    path = write(tmp_path, "t.shout", "say {{text}}")
    read = read_prompt(tmp_path, path, formats=formats)
    assert (read.id, read.path, read.text) == ("t", "t.shout", "say {{text}}")

    def read_loud(source, prompt_id, files):
        return Prompt("", "", (Message("user", source.text + "!"),), "")

    louder = read_prompt(tmp_path, path, formats=OURS.with_prompts(".shout", read_loud, "us"))
    path.write_text("SAY {{text}}")
    again = read_prompt(tmp_path, path, formats=formats)
    assert again.messages == read.messages
    assert len({read.digest, louder.digest, again.digest}) == 3


def test_a_reader_of_ours_reads_an_ending_more_and_what_it_includes_counts(tmp_path) -> None:
    formats = OURS.with_prompts(".chat.md", read_jinja, "us")
    path = write(tmp_path, "t.chat.md", "user:\n{% include 'part.j2' %}")
    write(tmp_path, "part.j2", "one")
    first = read_prompt(tmp_path, path, formats=formats)
    assert first.template is not None
    assert first.template.parts == {"part.j2": "one"}
    write(tmp_path, "part.j2", "two")
    assert read_prompt(tmp_path, path, formats=formats).digest != first.digest


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("shout", "we adds the prompt format 'shout'; an ending such as .prompt.toml is accepted"),
        (".", "prompt format '.'; an ending such as"),
        (".a/b", "prompt format '.a/b'; an ending such as"),
        (".golden", "prompt format '.golden'; an ending such as"),
        (".golden.x", "prompt format '.golden.x'; an ending such as"),
        (7, "prompt format 7; an ending such as"),
        (".prompt.md", "prompt format .prompt.md, which pytest-goldenprompt has; take another ending"),
        (".md", "but a file may end in .prompt.md too, which pytest-goldenprompt has"),
        (".x.prompty", "but a file may end in .prompty too, which pytest-goldenprompt has"),
        (".shout", "prompt format .shout, which us has; take another ending"),
        (".arrows", "but a file may end in .golden.arrows too, which us has"),
    ],
)
def test_an_ending_that_is_none_or_taken_is_no_prompt_format(formats, ending, told) -> None:
    with pytest.raises(GoldenpromptError) as error:
        formats.with_prompts(ending, read_shout, "we")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (".arrows", "we adds the dataset format '.arrows'; an ending such as .golden.toml is accepted"),
        (".golden", "dataset format '.golden'; an ending such as .golden.toml"),
        (".golden.yaml", "dataset format .golden.yaml, which pytest-goldenprompt has"),
        (".golden.arrows", "dataset format .golden.arrows, which us has"),
        (".golden.x.shout", "but a file may end in .shout too, which us has"),
    ],
)
def test_an_ending_that_is_none_or_taken_is_no_dataset_format(formats, ending, told) -> None:
    with pytest.raises(GoldenpromptError) as error:
        formats.with_datasets(ending, read_lines, "we")
    assert told in str(error.value)


def test_a_registry_takes_functions_and_their_places_until_files_are_looked_for(tmp_path, monkeypatch) -> None:
    (tmp_path / "arrows_of_ours.py").write_text("def read(source):\n    return {}, [(1, {'expected': 'x'})]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = Registry()
    for reader in (None, "no_place", 3):
        with pytest.raises(GoldenpromptError, match=r'as its reader; a function or "module:function" is accepted'):
            registry.add_prompt_format(".shout", reader)  # type: ignore[arg-type]
    registry.add_dataset_format(".golden.arrows", "arrows_of_ours:read", "us")
    registry.add_dataset_format(".golden.nowhere", "no_such_module_of_ours:read", "us")
    path = write(tmp_path, "t.golden.arrows")
    assert [case.expected for case in read_dataset(tmp_path, path, registry.formats).cases] == ["x"]
    with pytest.raises(InputError, match=r"^x\.golden\.nowhere: the reader of this format failed: ModuleNotFound"):
        read_dataset(tmp_path, write(tmp_path, "x.golden.nowhere"), registry.formats)
    registry.close_formats()
    with pytest.raises(GoldenpromptError, match=r"us adds the format \.late too late, .* conftest\.py"):
        registry.add_prompt_format(".late", read_shout, "us")


def failing(*_) -> None:
    raise ValueError("no\narrow")


def refusing(*_) -> None:
    raise InputError("no arrow, found a dot", line=3)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (failing, ": the reader of this format failed: ValueError: no arrow"),
        (refusing, ":3: no arrow, found a dot"),
        (lambda _: None, ": the reader of this format failed: TypeError: cannot unpack"),
        (lambda _: ({}, [{"expected": "x"}]), " gave a map of 1; the line and the map of a case is accepted"),
        (lambda _: ({}, [(0, {})]), "the line and the map of a case is accepted"),
        (lambda _: ([], []), " gave a list of 0 as the header; a map is accepted"),
        (lambda _: ({}, []), ":1: no cases, found an empty dataset"),
        (lambda _: ({"ownr": "x"}, [(1, {})]), ":1: unknown key in the header, found 'ownr'"),
        (lambda _: ({}, [(4, {"expectd": 1})]), ":4: unknown key in the case, found 'expectd'"),
        (lambda _: ({}, [(4, {"expected": dt.date(2026, 1, 2)})]), ":4: the reader of this format gave datetime"),
        (lambda _: ({}, [(4, {"inputs": {1: "x"}})]), ":4: the reader of this format gave a map of 1 of type dict"),
        (lambda _: ({}, [(4, {"expected": float("nan")})]), ":4: the reader of this format gave nan of type float"),
    ],
)
def test_what_a_dataset_reader_gives_is_checked(tmp_path, given, told) -> None:
    path = write(tmp_path, "t.golden.arrows")
    with pytest.raises(InputError) as error:
        read_dataset(tmp_path, path, OURS.with_datasets(".golden.arrows", given, "us"))
    assert str(error.value).startswith("t.golden.arrows:")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_tuples_are_lists_and_depth_has_an_end(tmp_path) -> None:
    path = write(tmp_path, "t.golden.arrows")
    cases = [(2, {"tags": ("a", "b"), "expected": ({"x": 1.5},)})]
    [case] = read_dataset(tmp_path, path, OURS.with_datasets(".golden.arrows", lambda _: ({}, cases), "us")).cases
    assert (case.tags, case.expected) == (("a", "b"), [{"x": 1.5}])
    endless: list = []
    endless.append(endless)
    formats = OURS.with_datasets(".golden.arrows", lambda _: ({}, [(2, {"expected": endless})]), "us")
    with pytest.raises(InputError, match=r":2: nested too deep"):
        read_dataset(tmp_path, path, formats)


def prompt(*messages, **more) -> Prompt:
    return Prompt("", "", messages, "", **more)


HI = Message("user", "hi")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (failing, ": the reader of this format failed: ValueError: no arrow"),
        (refusing, ":3: no arrow, found a dot"),
        ("hi", " gave hi; a Prompt is accepted"),
        (prompt(), " gave a prompt without messages; at least one message, or a template, is accepted"),
        (prompt({"role": "user"}), " gave a map of 1; a Message of text"),
        (prompt(Message("boss", "hi")), "whose role is one of system, user, assistant, developer, tool, is accepted"),
        (prompt(Message("user", 7)), "; a Message of text"),  # type: ignore[arg-type]
        (prompt(template=Template("basic", "x")), " gave a template in basic; one in jinja, handlebars, mustache is"),
        (prompt(HI, model=7), " gave 7 as model; text on one line, not blank, is accepted"),
        (prompt(HI, parameters={"stop": {1}}), ":1: the reader of this format gave {1} of type set"),
    ],
)
def test_what_a_prompt_reader_gives_is_checked(tmp_path, given, told) -> None:
    path = write(tmp_path, "t.shout")
    reader = given if callable(given) else lambda *_: given
    with pytest.raises(InputError) as error:
        read_prompt(tmp_path, path, formats=OURS.with_prompts(".shout", reader, "us"))
    assert str(error.value).startswith("t.shout:")
    assert told in str(error.value).replace("'", "")
