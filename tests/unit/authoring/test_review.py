"""`goldenprompt review`: what differs is shown and decided, in place, and by letters from anywhere."""

from __future__ import annotations

import io
import json
import sys

import pytest

from pytest_goldenprompt.authoring.expectation import expectation
from pytest_goldenprompt.cli import main, review_command
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.registry import Registry

DATASET = """\
# ours
evaluators: [exact]
cases:
  - {id: a, inputs: {text: one}, expected: "yes"}   # first
  - id: b
    inputs: {text: two}
    # the answer
    expected: yes   # really
  - id: c
    inputs: {text: three}
    expected: |
      no
"""
WAITING = """\
{"id": "w", "inputs": {"text": "four"}, "expected": "w", "tags": ["x"]}
{"id": "v", "inputs": {"text": "five"}}
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    (tmp_path / "goldenprompt.toml").write_text("")
    (tmp_path / "t.prompt.md").write_text("Say {{text}}\n")
    (tmp_path / "t.golden.yaml").write_text(DATASET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def imported(library, capsys):
    """Store a run with these answers; those not named are the expected ones."""

    def run(month, **answers):
        said = {"a": "yes", "b": "yes", "c": "no\n", **answers}
        lines = [{"case_id": key, "output": text} for key, text in said.items()]
        path = library / "out.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        assert main(["import", "outputs", f"t.golden.yaml={path}", "--month", month]) == 0
        capsys.readouterr()

    return run


@pytest.fixture
def review(library, monkeypatch, capsys):
    """Review with these letters on standard input; give the exit code and what was printed."""

    def run(letters="", *words):
        monkeypatch.setattr(sys, "stdin", io.StringIO(letters))
        code = main(["review", *words])
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return run


@pytest.fixture
def differing(imported):
    """Two months: in the second, three answers are other ones."""
    imported("2026-09")
    imported("2026-10", a="perhaps", b="no", c="yes")


def text(library):
    return (library / "t.golden.yaml").read_text()


def test_accepting_edits_the_expectation_and_no_other_character(review, library, differing):
    code, out = review("aks")
    assert code == 0, out
    assert 't.golden.yaml:4: expected is now "perhaps"' in out
    assert out.endswith("1 accepted, 1 kept, 1 skipped\n")
    assert text(library) == DATASET.replace('expected: "yes"}', "expected: perhaps}")
    code, out = review("aa")  # b, as a was edited since
    assert "the case was edited since the run: run it again" in out
    assert text(library) == DATASET.replace('expected: "yes"}', "expected: perhaps}").replace(
        "expected: yes   # really", 'expected: "no"   # really'
    )


def test_what_is_shown_is_then_and_now_and_why(review, differing):
    code, out = review("")
    lines = out.splitlines()
    assert (code, lines[-1]) == (0, "3 left")
    assert lines[0].startswith("1/3  t a: ")
    assert lines[1:7] == [
        "  t.golden.yaml:4",
        "  text      | one",
        "  expected  | yes",
        "  then      | yes",
        "  now       | perhaps",
        "  why       exact: expected 'yes', found 'perhaps'",
    ]
    assert lines[7] == "  [a]ccept, [k]eep, [s]kip, [q]uit: q"


def test_what_cannot_be_edited_is_left_with_what_to_do_by_hand(review, library, differing):
    code, out = review("ssa")
    assert code == 1
    assert "not accepted: t.golden.yaml:9: `expected` stands over several lines of YAML" in out
    assert 'change it by hand to `expected: "yes"`' in out
    assert text(library) == DATASET


def test_unknown_letters_ask_again_and_lines_may_hold_several(review, library, differing):
    code, out = review("x?\n\nA q\n")
    assert (code, out.count("[a]ccept"), out.splitlines()[-1]) == (0, 4, "1 accepted, 2 left")


def test_cases_that_fail_as_before_are_shown_on_demand_only(review, imported):
    imported("2026-09", a="perhaps")
    imported("2026-10", a="perhaps")
    assert review() == (0, "nothing to review: no case differs, and no candidate waits\n")
    assert "1/1  t a: failing" in review("q", "--all")[1]
    assert review("q", "last", "--all", "--prompt", "other")[1].startswith("nothing to review")


def test_candidates_are_taken_in_left_or_dropped(review, library):
    (library / "t.golden.candidates.jsonl").write_text(WAITING)
    assert review("ks")[1].endswith("1 kept, 1 skipped\n")
    assert (library / "t.golden.candidates.jsonl").read_text() == WAITING
    code, out = review("aa")
    assert code == 1
    assert "t.golden.yaml:13: added w" in out
    assert "t.golden.yaml:19: nothing was written, as a run would refuse it: `exact` has nothing" in out, out
    added = "  - id: w\n    inputs:\n      text: four\n    expected: w\n    tags:\n    - x\n"
    assert text(library) == DATASET + added
    assert (library / "t.golden.candidates.jsonl").read_text() == WAITING.splitlines(keepends=True)[1]
    assert "dropped v" in review("d")[1]
    assert not (library / "t.golden.candidates.jsonl").exists()


def test_candidates_of_nothing_are_shown_and_left(review, library):
    (library / "gone.golden.candidates.jsonl").write_text(WAITING)
    code, out = review("a")
    assert (code, "cannot be accepted from here: no such prompt, found 'gone'" in out) == (1, True), out


def test_without_a_terminal_the_list_is_json(review, library, differing):
    (library / "t.golden.candidates.jsonl").write_text(WAITING)
    code, out = review("", "--json")
    record = json.loads(out)
    assert (code, record["schema"]) == (0, "goldenprompt.review/1")
    assert [(one["case"], one["kind"]) for one in record["items"]] == [
        ("a", "case"),
        ("b", "case"),
        ("c", "case"),
        ("w", "candidate"),
        ("v", "candidate"),
    ]
    first = record["items"][0]
    assert (first["then"], first["now"], first["expected"], first["line"]) == ("yes", "perhaps", "yes", 4)
    assert review("", "--json")[1] == out
    assert [one["kind"] for one in json.loads(review("", "--candidates", "--json")[1])["items"]] == ["candidate"] * 2


def test_hostile_answers_start_no_line_and_move_no_cursor(review, library, imported):
    imported("2026-09")
    imported("2026-10", a="x\n::error::boo\n\x1b[2J\u202e", b="yes")
    _, out = review("aq")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert not [line for line in out.splitlines() if line.startswith("::")]


def test_a_case_that_is_gone_or_a_dataset_that_broke_is_shown_and_left(review, library, differing):
    (library / "t.golden.yaml").write_text(DATASET.replace("id: a", "id: z"))
    assert "cannot be accepted from here: the case is not in its dataset any more" in review("a")[1]
    (library / "t.golden.yaml").write_text("{")
    code, out = review("a")
    assert (code, "its dataset cannot be read: t.golden.yaml:" in out) == (1, True), out


def test_a_case_that_is_edited_while_a_person_thinks_is_left(review, library, differing, monkeypatch):
    edited = DATASET.replace('"yes"}', '"mine"}')

    def asked(prompt, **keywords):
        (library / "t.golden.yaml").write_text(edited)

    monkeypatch.setattr(review_command, "print", asked, raising=False)
    code, _ = review("a")
    assert (code, text(library)) == (1, edited)


SPECS = {
    "choice": (EvaluatorSpec("choice", {"labels": ["red", "blue"], "extract": "word"}),),
    "exact": (EvaluatorSpec("exact"),),
    "json": (EvaluatorSpec("json", {"extract": "fence"}),),
    "both": (EvaluatorSpec("exact"), EvaluatorSpec("length", {"max_words": 1})),
    "code": (EvaluatorSpec("python", "m:f"),),
}


@pytest.mark.parametrize(
    ("specs", "expected", "said", "wanted"),
    [
        ("exact", "x", "  y\n", "  y\n"),
        ("choice", "red", "It is Blue.", "blue"),
        ("json", {"a": 1}, '```json\n{"a": 2}\n```', {"a": 2}),
        ("both", "x", "y", "y"),
        ("code", "x", "anything", "anything"),
    ],
)
def test_the_expectation_is_what_lets_the_answer_pass(specs, expected, said, wanted):
    assert expectation(Case("a", expected=expected), said, SPECS[specs], Registry(imports=False).evaluator) == wanted


@pytest.mark.parametrize(
    ("specs", "expected", "said", "why"),
    [
        ("choice", "red", "It is red or blue.", "no single label"),
        ("json", {"a": 1}, "no json", "it holds no JSON"),
        ("both", "x", "too long", "length: "),
    ],
)
def test_an_answer_that_fails_by_something_else_is_refused(specs, expected, said, why):
    with pytest.raises(InputError, match=why):
        expectation(Case("a", expected=expected), said, SPECS[specs], Registry(imports=False).evaluator)


def test_ctrl_c_ends_it_and_keeps_what_was_decided(review, library, differing, monkeypatch):
    class Interrupted(io.StringIO):
        def __next__(self):
            line = super().readline()
            if not line:
                raise KeyboardInterrupt
            return line

    monkeypatch.setattr(io, "StringIO", Interrupted)
    code, out = review("a\n")
    assert (code, out.splitlines()[-1]) == (0, "1 accepted, 2 left")
    assert "perhaps" in text(library)
