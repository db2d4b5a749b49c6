"""Whatever a model answers, an evaluator gives the same scores in 0..1 each time, soon, and never raises."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.evaluators import limited
from pytest_goldenprompt.evaluators.evaluate import questions_of
from pytest_goldenprompt.evaluators.transforms import FORM, TEXT, build_transform
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.output import Opinion, Output, Usage
from pytest_goldenprompt.registry import ASKING, COMPOSED, EVALUATORS, Registry

LABELS = ["yes", "no", "not sure"]
SCHEMA = {"type": "object", "patternProperties": {"^(a|b)+$": {"pattern": "^(a+)+$"}}}
ASKED = {
    "autoevals": ("Levenshtein", "a yes"),
    "pydantic-evals": ("EqualsExpected", "a yes"),
    "all": (["exact", {"contains": "a"}], "a"),
    "any": (["json", {"contains": {"value": "a", "transform": ["extract-json"]}}], {"a": 1}),
    "bleu": (None, "a yes"),
    "choice": ({"labels": LABELS, "extract": "words"}, "yes"),
    "contains": ({"any": ["a", "\ud800"], "ignore_case": True}, None),
    "cost": (2, None),
    "ends-with": (None, "a"),
    "exact": ({"ignore_case": True}, {"a": [1, None]}),
    "json": ({"extract": "any", "unordered": True, "required": ["$.a"]}, {"a": [1, 2]}),
    "json-schema": ({"extract": "any", "schema": SCHEMA}, None),
    "judge": ({"rubric": "Kind?", "choices": {"yes": 1, "no": 0}, "provider": "echo", "votes": 3}, None),
    "language": ("en", None),
    "latency": (2, None),
    "length": ({"max_words": 3, "max_tokens": 5}, None),
    "not": ({"contains": "a"}, None),
    "numeric": (None, 42),
    "python": ("os.path:isabs", None),
    "refusal": (True, None),
    "regex": ("^(a+)+$", None),
    "rouge": (None, "a yes"),
    "similarity": (None, "a yes"),
    "starts-with": (None, "a"),
    "tool-calls": (["search"], None),
    "weighted": ([{"choice": LABELS}, {"length": {"max_words": 3}}], "yes"),
}
NEEDS = {
    "autoevals": "autoevals",
    "bleu": "sacrebleu",
    "pydantic-evals": "pydantic_evals",
    "rouge": "rouge_score",
    "similarity": "rapidfuzz",
}
"""Evaluators that come with a package of their own."""
JUDGED = [name for name in ASKED if name != "python" and (name not in NEEDS or find_spec(NEEDS[name]))]
TRANSFORMS = {
    **dict.fromkeys((*TEXT, *FORM)),
    "extract-label": {"labels": LABELS, "extract": "bracket"},
    "extract-pattern": "^(a+)+$",
}
HUGE, MUCH = 5_000_000, 100_000
LONG = {
    "one letter": "a" * MUCH + "!",
    "brackets": "[" * MUCH,
    "labels": "[yes]" * (MUCH // 5),
    "open fences": "```a\n" * (MUCH // 5),
    "closed fences": "```\n" * (MUCH // 4),
    "halves of characters": "\ud800" * HUGE,
    "marks": "a" + "\u0300\u0316" * (MUCH // 2),
    "numbers": "1," * (MUCH // 2),
}
ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.text('[]{}",:`~\n\\ aeyns01.-\ud800\u0300', max_size=60)


@pytest.fixture(autouse=True, scope="module")
def _impatient():
    """Stop slow searches sooner than in earnest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limited._SHARED, "limit", 0.2)
        yield


def build(name):
    return Registry().evaluator(EvaluatorSpec(name, ASKED[name][0]))


def judged(evaluator, name, text):
    case = Case("c", {}, ASKED[name][1])
    output = Output(text, usage=Usage(3, 4), latency=1.0, cost=Decimal(1))
    said = {asked.digest(): opinions(asked) for asked in questions_of([evaluator], output, case)}
    scores = evaluator.evaluate(replace(output, opinions=said), case)
    assert scores
    assert all(0 <= score.value <= 1 and score.reason.isprintable() for score in scores)
    return [(score.passed, score.value, score.reason) for score in scores]


def opinions(asked):
    """Vote as a judge that keeps to the form."""
    code = re.search(r"Your code is (\w+)", asked.messages[0].content)[1]
    return (Opinion(f"So be it.\nVERDICT {code}: yes"),) * asked.votes


def test_every_evaluator_is_asked():
    assert ASKED.keys() == {*EVALUATORS, *COMPOSED, *ASKING}


@pytest.mark.parametrize("name", JUDGED)
@settings(max_examples=20, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_has_the_same_sound_scores_each_time(name, text):
    evaluator = build(name)
    assert judged(evaluator, name, text) == judged(build(name), name, text)


def test_a_very_long_text_is_judged():
    for name in JUDGED:
        for text in LONG.values():
            judged(build(name), name, text)


@pytest.mark.parametrize("name", TRANSFORMS)
@settings(max_examples=20, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_is_transformed_the_same_each_time(name, text):
    spec = EvaluatorSpec("length", {"min_chars": 1}, transform=(TransformSpec(name, TRANSFORMS[name]),))
    one, other = (Registry().evaluator(spec).evaluate(Output(text), Case("c")) for _ in range(2))
    assert one == other
    assert all(0 <= score.value <= 1 and score.reason.isprintable() for score in one)


def test_a_very_long_text_is_transformed():
    for name, given_settings in TRANSFORMS.items():
        transform = build_transform(TransformSpec(name, given_settings))
        for text in LONG.values():
            transform.take(text)
