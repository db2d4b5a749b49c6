"""A judge against labels, through the command: a team's function stands for the model."""

from __future__ import annotations

import json

import pytest

JUDGE = r"""
import re

def judge(prompt):
    system, user = (turn["content"] for turn in prompt.messages)
    code = re.search(r"Your code is (\w+)", system)[1]
    shown = re.search(rf"<output-{code}>\n(.*)\n</output-{code}>", user, re.DOTALL)[1]
    word = {"p": "kind", "g": "rude"}.get(shown[0], "")
    return f"I find it so.\nVERDICT {code}: {word}"
"""
SETTINGS = '{rubric: "Kind?", choices: {kind: 1, rude: 0}'


@pytest.fixture
def checked(library):
    library.write("judging.py", JUDGE)
    library.write("mail.prompt.md", "Answer: {{text}}\n")
    define(library, f"judge: {SETTINGS}}}")
    return library


def define(library, *evaluators):
    listed = "".join(f"  - {one}\n" for one in evaluators)
    library.write("mail.golden.yaml", f"evaluators:\n{listed}cases:\n  - {{id: a, inputs: {{text: one}}}}\n")


def labels(library, *rows):
    lines = [json.dumps({"output": output, "label": label}) for output, label in rows]
    library.write("labels.jsonl", "".join(f"{line}\n" for line in lines))


def check(library, *words, judge="python:judging:judge"):
    return library.command("judge-check", "mail.golden.yaml", "labels.jsonl", "--judge", judge, *words)


def rows(kind_kind, kind_rude, rude_rude):
    apart = [(f"go {number}", "kind") for number in range(kind_rude)]
    return [*apart, *[("please", "KIND")] * kind_kind, *[("go", "rude")] * rude_rude]


def test_a_judge_that_agrees_is_trusted(checked):
    labels(checked, *rows(30, 1, 30))
    run = check(checked)
    assert run.code == 0, run.out
    assert "agreement   60 of 61: 98.4 % (91.2 % to 99.9 %)" in run.out
    assert "kappa       0.97 (0.82 to 1.00, with 95 % confidence)" in run.out
    assert "labels.jsonl:1: labelled kind, the judge says rude: I find it so." in run.out
    assert "61 calls" in run.out
    assert "too few" not in run.out


@pytest.mark.parametrize(
    ("given", "words", "code", "told"),
    [
        (rows(5, 30, 30), (), 1, "do not rely on this judge"),
        (rows(30, 8, 30), ("--kappa", ".8"), 3, "these labels cannot tell"),
        (rows(5, 0, 5), (), 3, "too few     10 labels"),
        (rows(40, 0, 3), (), 3, "too few     of rude: fewer than 5 labels"),
        ([*rows(30, 0, 30), ("hm", "rude")], (), 4, "1 of 61 rows have no verdict and are not counted"),
        (rows(10, 0, 10), ("--max-calls", "7"), 4, "not called: the limit of 7 calls is reached"),
    ],
)
def test_what_the_labels_say_is_the_exit_code(checked, given, words, code, told):
    labels(checked, *given)
    run = check(checked, *words)
    assert (run.code, told in run.out) == (code, True), run.out


def test_programs_read_the_same(checked):
    labels(checked, *rows(30, 1, 30), ("hm", "rude"))
    run = check(checked, "--json")
    record = json.loads(run.out)
    assert (run.code, record["schema"], record["judged"], record["trust"]) == (
        4,
        "goldenprompt.agreement/1",
        61,
        "good",
    )
    assert record["confusion"][0] == {"label": "kind", "judge": "kind", "rows": 30}
    assert [row["line"] for row in record["disagree"]] == [1]
    assert [row["line"] for row in record["unjudged"]] == [62]


def test_a_judge_is_found_inside_other_evaluators_with_its_transforms_and_by_name(checked):
    inner = f"judge: {SETTINGS}, name: inner, transform: [strip-fence]}}"
    define(checked, "exact: x", f"any: [contains: x, {{not: {{{inner}}}}}]", f"judge: {SETTINGS}, name: outer}}")
    labels(checked, *[("```\nplease\n```", "kind")] * 3)
    assert "agreement   3 of 3" in check(checked, "--name", "inner").out
    assert "3 of 3 rows have no verdict" in check(checked, "--name", "outer").out
    run = check(checked)
    assert (run.code, "2 judges, found judge:inner, judge:outer; one is accepted" in run.out) == (2, True)


@pytest.mark.parametrize(
    ("row", "words", "told"),
    [
        (("please", "nice"), (), "labels.jsonl:1: no choice of the judge, found 'nice'; accepted are kind, rude"),
        (("please", "kind"), ("--kappa", "2"), "--kappa: a number above 0 and below 1"),
        (("please", "kind"), ("--max-calls", "0"), "--max-calls: more than zero"),
        (("please", "kind"), ("--name", "tone"), "0 judges called 'tone', found judge"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_one_line(checked, row, words, told):
    labels(checked, row)
    run = check(checked, *words)
    assert (run.code, told in run.out, run.out.count("\n")) == (2, True, 1), run.out


def test_a_rubric_that_names_what_a_row_lacks_and_a_dataset_elsewhere_are_refused(checked):
    labels(checked, ("please", "kind"))
    define(checked, f"judge: {SETTINGS.replace('Kind?', 'Does it answer {{text}}?')}}}")
    assert "labels.jsonl:1: `rubric` of `judge` names text" in check(checked).out
    assert "no provider for `judge`" in check(checked, judge="").out
    run = checked.command("judge-check", "../mail.golden.yaml", "labels.jsonl")
    assert (run.code, "a golden dataset under" in run.out) == (2, True)
