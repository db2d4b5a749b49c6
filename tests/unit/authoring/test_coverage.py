"""`goldenprompt coverage`: what a golden dataset lacks of production is told and drafted, no more."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import sys
from pathlib import Path

import pytest

from pytest_goldenprompt.cli import main

TICKETS = Path("wild/anthropics__anthropic-cookbook/skills/classification/evaluation/dataset.csv")
CORPUS = Path(os.environ.get("GOLDENPROMPT_CORPUS", "/nowhere"))
PROMPT = "user:\nSort the ticket: {{ticket}}\n"
GERMAN = "Ich habe die Rechnung nicht erhalten und das ist sehr schlecht für mich, Nummer {}."
ENGLISH = "The parcel has not arrived and I was told that it is on the way to you, number {}."


@pytest.fixture
def library(tmp_path, monkeypatch):
    (tmp_path / "goldenprompt.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path, [{"inputs": {"ticket": ENGLISH.format(n)}} for n in range(40)])
    return tmp_path


@pytest.fixture
def coverage(library, capsys):
    """Write production and compare; give the exit code and what was printed."""

    def run(rows, *words):
        text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
        Path("production.jsonl").write_text(text)
        code = main(["coverage", "production.jsonl", *words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


def write_set(folder, cases, name="t"):
    (folder / f"{name}.prompt.md").write_text(PROMPT)
    rows = [{"id": f"c{number}", "expected": "ok", **case} for number, case in enumerate(cases)]
    header = {"evaluators": ["exact"]}
    (folder / f"{name}.golden.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (header, *rows)))


def asked(text, **more):
    return {"inputs": {"ticket": text}, **more}


MIXED = [asked(ENGLISH.format(n)) for n in range(30)] + [asked(GERMAN.format(n)) for n in range(10)]


def test_a_language_that_is_lacking_is_a_gap(coverage):
    code, out, _ = coverage(MIXED)
    assert code == 1
    assert out.startswith("t: 40 production inputs beside 40 golden cases: ")
    [row] = [line for line in out.splitlines() if line.startswith("language") and " de " in line]
    assert row.split()[2:6] == ["10", "25", "%", "0"]
    assert "gap (p 0.00" in row
    assert "add 3 or more" in row
    assert "production.jsonl:31: Ich habe die Rechnung" in out


def test_the_same_again_is_covered(coverage):
    code, out, _ = coverage(MIXED[:30])
    assert code == 0
    assert "t: 30 production inputs beside 40 golden cases: no gap" in out
    assert "not compared: tag, as production or the golden cases have no tags" in out
    assert "not compared: expected" in out


def test_what_few_inputs_cannot_tell_is_said_with_how_many_would(coverage, library):
    write_set(library, [asked(ENGLISH.format(n)) for n in range(80)])
    code, out, _ = coverage(MIXED[:18] + MIXED[-2:])
    assert code == 0
    assert "t: 20 production inputs beside 80 golden cases: 1 too few to tell" in out
    [row] = [line for line in out.splitlines() if line.startswith("language") and " de " in line]
    assert "too few to tell, needs " in row


def test_tags_and_short_answers_are_compared(coverage, library):
    write_set(library, [{**asked(f"{ENGLISH.format(n)}"), "tags": ["product:shop"]} for n in range(40)])
    rows = [asked(ENGLISH.format(n), tags=["product:shop"], output="ok") for n in range(40)]
    rows += [asked(ENGLISH.format(n), tags=["product:bank"], output="billing") for n in range(15)]
    code, out, _ = coverage(rows, "--json")
    record = json.loads(out)
    assert code == 1
    assert record["schema"] == "goldenprompt.coverage/1"
    gaps = {(part["kind"], part["value"]) for part in record["parts"] if part["state"] == "gap"}
    assert gaps == {("tag", "product:bank"), ("expected", "billing")}
    assert record["rule"] == {"share": 0.02, "cases": 3}
    assert {one["what"] for one in record["differences"]} == {"tag", "expected", "length", "text"}


def test_the_same_input_gives_the_same_bytes(coverage):
    assert coverage(MIXED, "--json") == coverage(MIXED, "--json")


def test_drafts_are_candidates_for_review(coverage, library, capsys):
    code, out, _ = coverage(MIXED, "--draft", "--read", "2")
    candidates = [json.loads(line) for line in (library / "t.golden.candidates.jsonl").read_text().splitlines()]
    assert code == 1
    assert candidates[0]["inputs"]["ticket"].startswith("Ich habe")
    assert out.count("added as a candidate") == len(candidates) <= 2
    assert main(["lint"]) == 0
    capsys.readouterr()
    _, out, err = coverage(MIXED, "--draft", "--read", "1", "--json")
    assert json.loads(out)["covered"] is False
    assert "not added: production.jsonl:" in err
    assert "the same question is there already" in err


def test_traces_are_read_and_other_prompts_passed_over(coverage):
    def trace(text):
        message = {"role": "user", "parts": [{"type": "text", "content": text}]}
        return {"name": "chat", "attributes": {"gen_ai.input.messages": [message]}}

    mine = [trace(f"Sort the ticket: {row['inputs']['ticket']}") for row in MIXED]
    code, out, _ = coverage([*mine, trace("Write a poem.")])
    assert code == 1
    assert "40 production inputs beside 40 golden cases" in out
    assert "1 conversation of other prompts passed over, the first: production.jsonl:41: not the messages" in out
    code, _, err = coverage([trace("Write a poem.")])
    assert code == 2
    assert "production.jsonl:1: not the messages of this prompt" in err


def test_more_than_enough_inputs_are_drawn_from(coverage, monkeypatch):
    monkeypatch.setattr("pytest_goldenprompt.cli.coverage_command.MOST_INPUTS", 30)
    code, out, _ = coverage(MIXED)
    assert "t: 30 production inputs beside 40 golden cases" in out
    assert "The inputs were drawn from 40, always the same ones from the same file." in out
    assert code == coverage(MIXED)[0]


def test_without_a_golden_case_nothing_is_covered(library, coverage):
    (library / "t.golden.jsonl").unlink()
    code, out, _ = coverage(MIXED, "--prompt", "t", "--draft", "--read", "1")
    assert code == 1
    assert "t: 40 production inputs beside 0 golden cases: nothing is covered" in out
    assert "no golden case is like it" in out
    assert "added as a candidate" in out


def test_without_numpy_the_texts_are_not_compared_as_a_whole(coverage, monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    code, out, _ = coverage(MIXED[:30])
    assert code == 0
    assert "not compared: the texts as a whole (pip install 'pytest-goldenprompt[coverage]')" in out


def test_standard_input_is_read(library, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(asked("Where is it?")).encode())))
    assert main(["coverage", "-"]) == 0
    assert "1 production input beside 40 golden cases" in capsys.readouterr().out


def test_hostile_text_stays_on_its_line(coverage):
    _, out, _ = coverage([asked(f"\x1b[31mred\n::error::{n} zebra") for n in range(9)])
    assert "\x1b" not in out
    assert not any(line.startswith("::") for line in out.splitlines())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "production.jsonl:1: "),
        ('{"inputs": {"ticket": "a"}}\n{"inputs": 3}\n', "production.jsonl:2: "),
        ('{"inputs": {"ticket": "a"}}\n{"input": {}}\n', "production.jsonl:2: "),
        ('{"inputs": {"ticket": "a"}}\n{"inputs"\n', "production.jsonl:2: "),
        ('{"inputs": {"ticket": "a"}, "tags": "x"}\n', "production.jsonl:1: "),
    ],
)
def test_a_bad_row_is_one_line_with_its_place(coverage, text, said):
    code, out, err = coverage(text)
    assert (code, out) == (2, "")
    assert err.startswith(f"goldenprompt: {said}")
    assert err.count("\n") == 1


def test_the_prompt_must_be_told_where_there_are_several(coverage, library):
    write_set(library, [asked("a")], "u")
    code, _, err = coverage(MIXED)
    assert code == 2
    assert "--prompt: which prompt was asked is open, found t, u" in err
    assert coverage(MIXED, "--prompt", "t")[0] == 1
    assert coverage(MIXED, "--prompt", "t", "--read", "101")[0] == 2
    for name in "tu":
        (library / f"{name}.golden.jsonl").unlink()
    assert "found no golden dataset" in coverage(MIXED)[2]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no GOLDENPROMPT_CORPUS")
def test_a_label_of_real_tickets_that_was_taken_out_is_found_and_all_of_them_are_covered(coverage, library):
    with (CORPUS / TICKETS).open(encoding="utf-8", newline="") as file:
        tickets = [asked(row["text"], expected=row["label"]) for row in csv.DictReader(file)]
    label = "Account Management"
    own, others = ([one for one in tickets if (one["expected"] == label) is same] for same in (True, False))
    draw = random.Random(7)
    production = [*others, *draw.choices(own, k=round(0.15 / 0.85 * len(others)))]
    write_set(library, others)
    code, out, _ = coverage(production, "--json")
    gaps = [part["value"] for part in json.loads(out)["parts"] if part["state"] == "gap"]
    assert (code, gaps) == (1, [label])
    write_set(library, tickets)
    assert coverage(production)[0] == 0
