"""The figures of a paper on how two hosted models changed between March and June 2023, from its own answers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pytest_goldenprompt.evaluators import choice, exact
from pytest_goldenprompt.evaluators.evaluate import judge_output
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output

CORPUS = Path(os.environ.get("GOLDENPROMPT_CORPUS", "")) / "llmdrift"
pytestmark = pytest.mark.skipif(
    "GOLDENPROMPT_CORPUS" not in os.environ, reason="GOLDENPROMPT_CORPUS does not name the folder of the corpus"
)


def rows(name):
    return [json.loads(line) for line in (CORPUS / name).read_text("utf-8").splitlines()]


def percent(evaluator, name, output="output"):
    repeats = [
        judge_output([evaluator], Output(row[output]), Case(row["case_id"], {}, row["expected"])) for row in rows(name)
    ]
    assert not any(repeat.error for repeat in repeats)
    return round(100 * sum(repeat.passed for repeat in repeats) / len(repeats), 1)


@pytest.mark.parametrize(("month", "figure"), [("03", 84.0), ("06", 51.1)])
def test_the_accuracy_on_primes_is_the_papers_to_the_digit(month, figure):
    words = choice.build({"labels": ["yes", "no"], "extract": "words"})
    assert percent(words, f"prime/outputs-gpt-4-2023-{month}.jsonl") == figure


@pytest.mark.parametrize("month", ["03", "06"])
def test_every_answer_on_primes_is_scored_as_the_authors_scored_it(month):
    words = choice.build({"labels": ["yes", "no"], "extract": "words"})
    for row in rows(f"prime/outputs-gpt-4-2023-{month}.jsonl"):
        repeat = judge_output([words], Output(row["output"]), Case(row["case_id"], {}, row["expected"]))
        assert repeat.passed == bool(row["author_score"]), row["case_id"]


@pytest.mark.parametrize(
    ("model", "month", "verdict", "figure"),
    [
        ("gpt-4", "03", "verdict_raw", 52.0),
        ("gpt-4", "06", "verdict_raw", 10.0),
        ("gpt-3.5-turbo", "03", "verdict_raw", 22.0),
        ("gpt-3.5-turbo", "06", "verdict_raw", 2.0),
        ("gpt-4", "03", "verdict_unfenced", 52.0),
        ("gpt-4", "06", "verdict_unfenced", 70.0),
    ],
)
def test_the_code_that_ran_as_written_is_the_papers_share(model, month, verdict, figure):
    assert percent(exact.build(None), f"code/outputs-{model}-2023-{month}.jsonl", verdict) == figure
