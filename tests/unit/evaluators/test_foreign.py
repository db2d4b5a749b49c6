"""Evaluators of other packages, where they are installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.evaluate import judge_output
from pytest_goldenprompt.evaluators.foreign import score_of
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.registry import Registry

needs_pydantic = pytest.mark.skipif(find_spec("pydantic_evals") is None, reason="needs pydantic-evals")
needs_autoevals = pytest.mark.skipif(find_spec("autoevals") is None, reason="needs autoevals")
CASE = Case("c", {"text": "hi"}, "Monday")
OWN = """
from dataclasses import dataclass
from pydantic_evals.evaluators import EvaluationReason, Evaluator, LLMJudge

@dataclass
class Polite(Evaluator):
    word: str = "please"

    async def evaluate(self, ctx):
        share = EvaluationReason(ctx.output.count("e") / 4, f"in {ctx.inputs}")
        return {"word": self.word in ctx.output, "share": share}

@dataclass
class Odd(Evaluator):
    gives: object = None

    def evaluate(self, ctx):
        return ctx.span_tree if self.gives == "spans" else self.gives

class Hidden(LLMJudge):
    pass

class Stranger:
    pass
"""
SCORER = """
from autoevals import Score, Scorer
from autoevals.llm import Factuality

class Half(Scorer):
    def _run_eval_sync(self, output, expected=None, **kwargs):
        return Score(name="half", score=None if output == "skip" else len(output) / 2 / len(kwargs["input"]["text"]))

class Hidden(Factuality):
    pass
"""


def built(name, settings):
    return Registry().evaluator(EvaluatorSpec(name, settings))


def judged(name, settings, text, case=CASE, **about):
    return judge_output([built(name, settings)], Output(text, **about), case)


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, text in (("polite_team", OWN), ("half_team", SCORER)):
        (tmp_path / f"{name}.py").write_text(text)
    return monkeypatch


@needs_pydantic
@pytest.mark.parametrize(
    ("settings", "text", "score"),
    [
        ("EqualsExpected", "Monday", 1.0),
        ("EqualsExpected", "Tuesday", 0.0),
        ({"evaluator": "Equals", "arguments": {"value": {"a": 1}}, "extract": "strict"}, '{"a": 1}', 1.0),
        ({"evaluator": "Equals", "arguments": {"value": {"a": 1}}, "extract": "strict"}, 'So: {"a": 1}', 0.0),
        ({"evaluator": "Equals", "arguments": {"value": {"a": 1}}, "extract": "any"}, 'So: {"a": 1}', 1.0),
        ({"evaluator": "IsInstance", "arguments": {"type_name": "str"}}, "x", 1.0),
        ({"evaluator": "IsInstance", "arguments": {"type_name": "list"}}, "x", 0.0),
        ({"evaluator": "Contains", "arguments": {"value": "day"}}, "Sunday", 1.0),
        ({"evaluator": "Contains", "arguments": {"value": "\ud800"}}, "a\ud800", 1.0),
    ],
)
def test_their_plain_evaluators_judge(settings, text, score):
    repeat = judged("pydantic-evals", settings, text)
    assert (repeat.score, repeat.passed, repeat.error) == (score, bool(score), None)
    assert bool(repeat.reasons) is not repeat.passed


@needs_pydantic
def test_an_evaluator_of_the_teams_own_gives_as_many_scores_as_it_has_results(own):
    settings = {"evaluator": "polite_team:Polite", "arguments": {"word": "me"}, "threshold": 0.8}
    scores = built("pydantic-evals", settings).evaluate(Output("see me"), CASE)
    assert [(one.evaluator.rpartition(".")[2], one.value, one.passed) for one in scores] == [
        ("word", 1.0, True),
        ("share", 0.75, False),
    ]
    assert scores[1].reason == "0.75, below 0.8: in {'text': 'hi'}"


@needs_pydantic
@pytest.mark.parametrize(("gives", "words"), [("a label", "gave 'a label'"), (7, "gave 7"), ("spans", "no spans")])
def test_what_is_no_score_is_an_error_of_the_case(own, gives, words):
    repeat = judged("pydantic-evals", {"evaluator": "polite_team:Odd", "arguments": {"gives": gives}}, "x")
    assert words in repeat.error
    assert "nothing was checked" in judged("pydantic-evals", "EqualsExpected", "x", Case("d")).error


@needs_pydantic
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("LLMJudge", "take the evaluator `judge`"),
        ("MaxDuration", "take the evaluator `latency`"),
        ("ToolCorrectness", "take the evaluator `tool-calls`"),
        ("Contain", "did you mean `Contains`"),
        (None, "no such evaluator"),
        ({"evaluator": "Contains", "arguments": {"valu": 1}}, "cannot make Contains of its arguments: TypeError"),
        ({"evaluator": "Contains", "arguments": [1]}, "`arguments`"),
        ({"evaluator": "EqualsExpected", "threshold": 2}, "`threshold`"),
        ({"evaluator": "polite_team:Hidden"}, "ask no model"),
        ({"evaluator": "polite_team:Stranger"}, "ask no model"),
        ({"evaluator": "polite_team:None"}, "finds no class 'None'"),
        ({"evaluator": "no_such_team:X"}, "cannot import 'no_such_team': ModuleNotFoundError"),
    ],
)
def test_what_would_ask_a_model_or_cannot_be_made_is_refused(own, settings, words):
    with pytest.raises(InputError) as caught:
        built("pydantic-evals", settings)
    assert words in f"{caught.value}"


@needs_autoevals
@pytest.mark.parametrize(
    ("settings", "text", "expected", "score"),
    [
        ("Levenshtein", "Monday", "Monday", 1.0),
        ({"scorer": "Levenshtein", "threshold": 0.9}, "Sonday", "Monday", 5 / 6),
        ("ExactMatch", "no", "yes", 0.0),
        ({"scorer": "NumericDiff", "extract": "strict"}, "9", 9, 1.0),
        ({"scorer": "NumericDiff", "extract": "strict"}, "nine", 9, 0.0),
        ({"scorer": "JSONDiff", "extract": "any"}, 'So: {"a": 1}', {"a": 1}, 1.0),
        ("ValidJSON", "{", None, 0.0),
    ],
)
def test_their_scorers_without_a_model_judge(settings, text, expected, score):
    repeat = judged("autoevals", settings, text, Case("c", {}, expected))
    assert (repeat.score, repeat.error) == (pytest.approx(score), None)


@needs_autoevals
def test_a_scorer_of_the_teams_own_sees_the_inputs_and_one_that_skips_has_checked_nothing(own):
    assert judged("autoevals", "half_team:Half", "ab").score == 0.5
    assert "nothing was checked" in judged("autoevals", "half_team:Half", "skip").error
    assert "must be between 0 and 1" in judged("autoevals", "half_team:Half", "a long one").error


@needs_autoevals
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("Factuality", "take the evaluator `judge`"),
        ("EmbeddingSimilarity", "take the evaluator `judge`"),
        ("Levenstein", "did you mean `Levenshtein`"),
        ("Score", "no such scorer"),
        ("", "no such scorer"),
        ({"scorer": "half_team:Hidden"}, "ask no model"),
        ({"scorer": "Levenshtein", "extract": "some"}, "`extract`"),
    ],
)
def test_a_scorer_that_would_ask_a_model_is_refused(own, settings, words):
    with pytest.raises(InputError) as caught:
        built("autoevals", settings)
    assert words in f"{caught.value}"


@needs_pydantic
def test_an_edit_of_the_teams_own_class_is_another_version(own, tmp_path):
    before = built("pydantic-evals", "polite_team:Polite").version
    assert before.partition(":")[0] == built("pydantic-evals", "EqualsExpected").version
    assert ":" in before


@pytest.mark.parametrize("name", ["pydantic-evals", "autoevals"])
def test_a_package_that_is_missing_is_named_with_how_to_get_it(name, monkeypatch):
    for module in ("pydantic_evals.evaluators", "pydantic_evals", "autoevals"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(InputError, match="not installed") as caught:
        built(name, "ExactMatch")
    assert f"pytest-goldenprompt[{name}]" in f"{caught.value}"


@pytest.mark.parametrize("name", ["pydantic-evals", "autoevals"])
def test_they_count_as_code(name):
    module = name.replace("-", "_")
    if find_spec(module) is None:
        pytest.skip(f"needs {name}")
    registry = Registry()
    settings = {"pydantic-evals": "EqualsExpected", "autoevals": "ExactMatch"}[name]
    assert registry.is_code(registry.evaluator(EvaluatorSpec(name, settings)))


@pytest.mark.parametrize(("name", "short"), [("pydantic-evals", "evaluator"), ("autoevals", "scorer")])
def test_where_no_code_is_imported_something_stands_for_them_that_knows_the_settings(name, short):
    registry = Registry(imports=False)
    stand_in = registry.evaluator(EvaluatorSpec(name, "no_such_team:X"))
    assert stand_in.name == f"{name}:no_such_team:X"
    assert not judge_output([stand_in], Output("x"), CASE).passed
    for settings, words in (({short: "X", "treshold": 1}, "did you mean `threshold`"), (None, f"`{short}`")):
        with pytest.raises(InputError, match=words):
            registry.evaluator(EvaluatorSpec(name, settings))


@pytest.mark.parametrize("value", [float("nan"), 1.1, -0.1, "x", None, [1]])
def test_only_truth_values_and_numbers_in_bounds_are_scores(value):
    with pytest.raises(TypeError, match="accepted are a bool and a number"):
        score_of("theirs", value, 0.5)


def test_rounding_beyond_the_bounds_is_let_go():
    assert score_of("theirs", 1.0000000001, 0.5).value == 1.0
