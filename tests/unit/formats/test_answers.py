from __future__ import annotations

import json

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.answers import Answer, read_outputs, read_scores
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.record import PromptFacts, RunKind
from pytest_goldenprompt.model.result import CaseResult, Repeat


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def score(prompt, case, repeat, value=1.0, **more):
    return {"prompt_id": prompt, "case_id": case, "repeat": repeat, "score": value, "passed": value > 0.5, **more}


def test_scores_are_grouped_into_sorted_cases(tmp_path) -> None:
    path = lines(
        tmp_path / "s.jsonl",
        score("b", "2", 1, 0.25),
        score("b", "2", 0, 1, tags=["t", "u"], cluster="k", other=[1]),
        score("a", "x", 0, 0),
        score("b", "1", 3, 0.75, error="", output=None),
        {"prompt_id": "b", "case_id": "1", "repeat": 2, "error": "time-out"},
    )
    record = read_scores(path)
    assert record.kind is RunKind.IMPORT
    assert record.prompts == (PromptFacts("a", "a"), PromptFacts("b", "b"))
    digest = record.cases[0].digest
    assert record.cases == (
        CaseResult("a", "x", digest, (Repeat(0.0, passed=False),), line=3),
        CaseResult("b", "1", digest, (Repeat(error="time-out"), Repeat(0.75, passed=True)), line=4),
        CaseResult("b", "2", digest, (Repeat(1.0, passed=True), Repeat(0.25, passed=False)), tags=("t", "u"), line=1),
    )


def test_the_order_of_lines_changes_no_case(tmp_path) -> None:
    rows = [score("p", f"c{case}", repeat, case / 10) for case in range(5) for repeat in range(3)]
    one, other = (read_scores(lines(tmp_path / name, *order)) for name, order in (("a", rows), ("b", rows[::-1])))
    assert [(case.case_id, case.repeats) for case in one.cases] == [
        (case.case_id, case.repeats) for case in other.cases
    ]
    assert one.id != other.id


def test_equal_outputs_have_equal_digests(tmp_path) -> None:
    outputs = ["x", "x", "y", {"a": 1}, {"a": 1}, "\ud800"]
    path = lines(tmp_path / "s", *(score("p", "c", index, output=text) for index, text in enumerate(outputs)))
    found = [repeat.output for repeat in read_scores(path).cases[0].repeats]
    assert found[0] == found[1] != found[2]
    assert found[3] == found[4]
    assert len(set(found)) == 4


def test_a_hundred_thousand_scores_are_read(tmp_path) -> None:
    path = lines(
        tmp_path / "s", *(score(f"p{n // 10_000}", f"c{n // 10}", n % 10, tags=["lang:en"]) for n in range(100_000))
    )
    record = read_scores(path)
    assert len(record.cases) == 10_000


def test_outputs_are_read_with_what_is_known_of_them(tmp_path) -> None:
    path = lines(
        tmp_path / "o.jsonl",
        {"case_id": "a", "output": "text", "prompt_id": "p", "repeat": 4, "snapshot": "m-1", "output_tokens": 7},
        {"id": 7, "output": {"é": [1]}, "latency_s": 0.5, "model": "m", "trace": {}},
        {"id": "7", "output": None},
        {"id": "7", "error": "reset"},
    )
    assert read_outputs(tmp_path, path) == (
        Answer("a", 4, Output("text", usage=Usage(output_tokens=7), model="m-1"), prompt_id="p", line=1),
        Answer("7", 0, Output('{"é": [1]}', value={"é": [1]}, model="m"), latency=0.5, line=2),
        Answer("7", 1, Output("null"), line=3),
        Answer("7", 2, None, error="reset", line=4),
    )


def test_outputs_outside_of_a_given_root_are_refused(tmp_path) -> None:
    path = lines(tmp_path / "o.jsonl", {"id": "a", "output": "x"})
    (tmp_path / "root").mkdir()
    with pytest.raises(InputError, match="outside"):
        read_outputs(tmp_path / "root", path)
    assert read_outputs(None, path)[0].case_id == "a"
