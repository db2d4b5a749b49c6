from __future__ import annotations

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.evaluate import check_case, judge_output
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Kind
from pytest_goldenprompt.registry import Registry


def build(name, settings):
    return Registry().evaluator(EvaluatorSpec(name, settings))


def judged(name, settings, text, expected=None):
    return judge_output([build(name, settings)], Output(text), Case("c", {}, expected))


A, B = {"contains": "a"}, {"contains": "b"}


@pytest.mark.parametrize(
    ("name", "settings", "text", "value"),
    [
        ("all", [A, B], "ab", 1.0),
        ("all", [A, B], "a", 0.0),
        ("any", [A, B], "b", 1.0),
        ("any", [A, B], "c", 0.0),
        ("any", {"evaluators": [A, "exact"]}, "x", 1.0),
        ("not", A, "b", 1.0),
        ("not", A, "a", 0.0),
        ("not", "exact", "y", 1.0),
        ("not", {"any": [A, B]}, "c", 1.0),
        ("weighted", [A, B], "a", 0.5),
        ("weighted", {"evaluators": [A, B], "weights": [3, 1]}, "a", 0.75),
        ("weighted", {"evaluators": [A, B], "weights": [1, 3]}, "a", 0.25),
        ("weighted", {"evaluators": [A, B], "threshold": 0.6}, "a", 0.5),
        ("any", [{"exact": {"value": "x", "transform": ["lower", {"strip-fence": None}]}}, A], "X", 1.0),
    ],
)
def test_parts_are_judged_together(name, settings, text, value):
    repeat = judged(name, settings, text, "x")
    assert repeat.score == value
    threshold = settings.get("threshold", 0.5) if isinstance(settings, dict) else 0.5
    assert repeat.passed is (value >= threshold)
    assert bool(repeat.reasons) is not repeat.passed


def test_the_reasons_are_those_of_the_parts():
    assert judged("any", [A, B], "x").reasons == (
        "any: none passes: contains: does not contain 'a', found 'x'; contains: does not contain 'b', found 'x'",
    )
    assert judged("all", [A, B], "a").reasons == ("all: contains: does not contain 'b', found 'a'",)
    assert judged("not", A, "a").reasons == ("not: contains passes, which it must not",)
    assert judged("weighted", {"evaluators": [A, B], "threshold": 1}, "a").reasons == (
        "weighted: 0.5, below 1: contains: does not contain 'b', found 'a'",
    )


FENCED = '```\n{"a": 1}\n```'


@pytest.mark.parametrize(
    ("name", "passed", "form", "form_alone"),
    [
        ("all", False, False, True),
        ("any", False, False, False),
        ("weighted", False, False, False),
        ("not", True, None, False),
    ],
)
def test_the_form_of_the_parts_counts_for_all_and_is_tracked_for_any_and_weighted(name, passed, form, form_alone):
    settings = "json" if name == "not" else ["json"]
    repeat = judged(name, settings, FENCED, {"a": 1})
    assert (repeat.passed, repeat.format_ok, repeat.form_alone) == (passed, form, form_alone)


def test_places_that_are_wrong_are_kept_where_the_whole_fails():
    assert judged("all", ["json", A], '{"a": 2}', {"a": 1}).faults == ("wrong $.a",)
    assert judged("any", ["json", A], '{"a": 2}', {"a": 1}).faults == ()
    assert judged("weighted", {"evaluators": ["json", A], "threshold": 1}, '{"a": 2}', {"a": 1}).faults == (
        "wrong $.a",
    )


def test_a_part_that_crashes_or_checks_nothing_is_an_error_and_never_a_pass(monkeypatch):
    crashed = judged("any", [{"length": {"max_tokens": 1}}, A], "a")
    assert "evaluator any crashed" in crashed.error
    assert not crashed.passed
    whole = build("any", [A])
    monkeypatch.setattr(type(whole.parts[0]), "evaluate", lambda self, output, case: ())
    assert "nothing was checked" in judge_output([whole], Output("a"), Case("c")).error


def test_the_version_names_the_parts_and_theirs():
    assert build("any", ["exact", {"not": A}]).version == "1(exact@1,not@1(contains@1))"


def test_a_case_that_a_part_refuses_is_refused():
    with pytest.raises(InputError, match="nothing to compare"):
        check_case([build("not", {"any": ["exact"]})], Case("c"))


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("all", [], "a list of evaluators"),
        ("any", None, "a list of evaluators"),
        ("any", "exact", "a list of evaluators"),
        ("any", [{"a": 1, "b": 2}], "names, or maps of one name"),
        ("any", ["exat"], "did you mean `exact`"),
        ("not", None, "names, or maps"),
        ("not", {"exact": {"value": "x", "transform": "lower"}}, "not a list of transforms"),
        ("weighted", {"evaluators": [A, B], "weights": [1]}, "one for each evaluator"),
        ("weighted", {"evaluators": [A], "weights": [0]}, "numbers above 0"),
        ("weighted", {"evaluators": [A], "weights": [True]}, "numbers above 0"),
        ("weighted", {"evaluators": [A], "weights": 1}, "numbers above 0"),
        ("weighted", {"evaluators": [A], "threshold": 2}, r"0\.\.1"),
    ],
)
def test_a_composition_that_cannot_be_used_is_refused(name, settings, words):
    with pytest.raises(InputError, match=words):
        build(name, settings)


def test_one_content_score_stands_first():
    scores = build("weighted", ["json", A]).evaluate(Output(FENCED), Case("c", {}, {"a": 1}))
    assert [score.kind for score in scores] == [Kind.CONTENT, Kind.FORMAT]


def test_the_registry_knows_in_which_evaluators_a_teams_own_code_judges():
    registry, theirs = Registry(), Registry().evaluator(EvaluatorSpec("contains", "yes"))
    registry.add_evaluator("mine", lambda settings: theirs)
    ours = EvaluatorSpec("all", ["exact", {"not": "exact"}])
    code = [
        EvaluatorSpec("mine"),
        EvaluatorSpec("python", "json:loads"),
        EvaluatorSpec("all", ["exact", {"not": "mine"}]),
        EvaluatorSpec("any", ["mine"]),
        EvaluatorSpec("mine", transform=(TransformSpec("strip"),)),
    ]
    assert [registry.is_code(registry.evaluator(spec)) for spec in (*code, ours)] == [True] * 5 + [False]
