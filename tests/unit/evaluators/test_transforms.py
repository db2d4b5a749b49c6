from __future__ import annotations

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators import exact, json_structure, limited
from pytest_goldenprompt.evaluators.evaluate import definition_digest, judge_output
from pytest_goldenprompt.evaluators.fences import fenced
from pytest_goldenprompt.evaluators.transformed import transformed
from pytest_goldenprompt.evaluators.transforms import FORM, TEXT, build_transform
from pytest_goldenprompt.formats.cases import Common, case_of
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.registry import Registry


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Stop slow searches sooner than in earnest."""
    monkeypatch.setattr(limited._SHARED, "limit", 0.2)


FENCE = "Here:\n```python\nx = 1\n```\nDone."


def take(name, text, settings=None):
    return build_transform(TransformSpec(name, settings)).take(text)


@pytest.mark.parametrize(
    ("name", "settings", "text", "left", "kept"),
    [
        ("strip", None, " a b\n", "a b", None),
        ("lower", None, "A É", "a é", None),
        ("normalise", None, "\u201cIt\u2019s\u201d  \u00a0\ufb01ne \u2013\tok\n", '"It\'s" fine - ok', None),
        ("normalise", None, "e\u0301", "é", None),
        ("normalise", None, "a\u200bb", "ab", None),
        ("strip-fence", None, FENCE, "x = 1\n", False),
        ("strip-fence", None, "x = 1", "x = 1", True),
        ("strip-fence", None, "```\nopen", "```\nopen", True),
        ("extract-json", None, '{"a":1}', '{"a":1}', True),
        ("extract-json", None, 'So: {"a":  1}.', '{"a": 1}', False),
        ("extract-json", None, "prose", "prose", False),
        ("extract-label", ["yes", "no"], " YES ", "yes", True),
        ("extract-label", ["yes", "no"], "I say yes.", "yes", False),
        ("extract-label", ["yes", "no"], "yes or no", "yes or no", False),
        ("extract-label", {"labels": ["yes", "no"], "extract": "last-line"}, "no?\nYes!", "yes", False),
        ("extract-label", {"labels": ["yes"], "pattern": "^(a+)+$"}, "a" * 40 + "!", "a" * 40 + "!", False),
        ("extract-pattern", r"(\d+) EUR", "12 EUR", "12", True),
        ("extract-pattern", r"\d+", "It is 12.", "12", False),
        ("extract-pattern", {"pattern": "X(y)?", "ignore_case": True}, "x", "x", False),
        ("extract-pattern", {"pattern": "X(y*)", "ignore_case": True}, "x", "", True),
        ("extract-pattern", r"\d+", "none", "none", False),
        ("extract-pattern", "^(a+)+$", "a" * 40 + "!", "a" * 40 + "!", False),
    ],
)
def test_a_transform_leaves_what_is_judged_and_says_whether_the_form_was_kept(name, settings, text, left, kept):
    taken = take(name, text, settings)
    assert taken.text == left
    assert (None if taken.problem is None else not taken.problem) is kept


def test_a_text_of_endless_marks_keeps_its_form_of_unicode():
    text = "a" + "\u0300\u0316" * 20
    assert take("normalise", text).text == text


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("```\na\n```", ["a\n"]),
        ("~~~ js\na\n~~~\n```\nb\n```  ", ["a\n", "b\n"]),
        ("````\n```\na\n```\n````", ["```\na\n```\n"]),
        ("```\na\n````\n```", ["a\n````\n"]),
        ("   ```\na\n ```", ["a\n"]),
        ("    ```\na\n```", []),
        ("```a```\nb\n```\nc\n```", ["c\n"]),
        ("~~~\n```\na\n```", ["a\n"]),
        ("```", []),
        ("", []),
    ],
)
def test_fences_are_closed_by_a_line_of_their_own_marker(text, inside):
    assert list(fenced(text)) == inside


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (TransformSpec("strip_fence"), "did you mean `strip-fence`"),
        (TransformSpec("strip", {"x": 1}), "accepted are: none"),
        (TransformSpec("strip-fence", {"strict": 1}), "true or false"),
        (TransformSpec("strip-fence", {"stric": True}), "did you mean `strict`"),
        (TransformSpec("extract-label"), "a list of labels"),
        (TransformSpec("extract-pattern"), "a regular expression"),
        (TransformSpec("extract-pattern", "("), "no regular expression"),
    ],
)
def test_a_transform_that_cannot_be_used_is_refused(spec, words):
    with pytest.raises(InputError) as caught:
        build_transform(spec)
    assert words in str(caught.value)


def test_the_complaint_about_a_transform_has_its_line():
    with pytest.raises(InputError) as caught:
        build_transform(TransformSpec("no", line=7))
    assert caught.value.line == 7


def evaluator(*steps, build=exact.build, settings=None):
    return transformed(build(settings), EvaluatorSpec("exact", settings, transform=steps))


STRICT, LENIENT = TransformSpec("strip-fence", {"strict": True}), TransformSpec("strip-fence")
CASE = Case("c", {}, "x = 1")


@pytest.mark.parametrize(
    ("step", "text", "passed", "form", "form_alone"),
    [
        (LENIENT, FENCE, True, False, False),
        (LENIENT, "x = 1", True, True, False),
        (STRICT, FENCE, False, False, True),
        (STRICT, "x = 1", True, True, False),
        (STRICT, FENCE.replace("1", "2"), False, False, False),
        (STRICT, "x = 2", False, True, False),
    ],
)
def test_form_and_content_are_told_apart_in_a_repeat(step, text, passed, form, form_alone):
    repeat = judge_output([evaluator(step), evaluator(step)], Output(text), CASE)
    assert (repeat.passed, repeat.format_ok, repeat.form_alone) == (passed, form, form_alone)
    assert len(repeat.reasons) == len(set(repeat.reasons))
    assert any(reason.startswith("strip-fence: in a Markdown fence") for reason in repeat.reasons) is (
        step is STRICT and not form
    )


def test_transforms_follow_one_another_and_their_versions_stand_in_the_evaluators_name():
    both = evaluator(LENIENT, TransformSpec("lower"), settings={"value": "x = 1"})
    assert judge_output([both], Output("```\nX = 1\n```"), CASE).passed
    assert f"{both.name}@{both.version}" == "exact@1+strip-fence@1+lower@1"


def test_data_stays_data_and_a_text_returned_as_data_is_transformed():
    data = evaluator(TransformSpec("lower"), build=json_structure.build)
    assert judge_output([data], Output("", {"A": "B"}), Case("c", {}, {"A": "B"})).passed
    assert judge_output([evaluator(TransformSpec("lower"))], Output("", "X = 1"), CASE).passed


def test_what_an_evaluator_refuses_is_refused_behind_transforms_too():
    with pytest.raises(InputError, match="nothing to compare"):
        evaluator(LENIENT).check(Case("c"))


def test_transforms_of_dataset_case_and_evaluator_come_in_that_order_and_define_the_case():
    table = {"transform": ["lower"], "evaluators": [{"exact": {"value": "x", "transform": ["strip-fence"]}}]}
    case = case_of(table, "a", 1, Common(transform=(TransformSpec("strip"),)))
    (spec,) = case.evaluators
    assert [step.name for step in spec.transform] == ["strip", "lower", "strip-fence"]
    assert spec.settings == {"value": "x"}
    assert [step.name for step in case.transform] == ["strip", "lower"]
    built = Registry().evaluator(spec)
    plain = case_of({"evaluators": [{"exact": {"value": "x"}}]}, "a", 1)
    assert definition_digest(case, case.evaluators, [built]) != definition_digest(plain, plain.evaluators, [built])
    assert case_of({"evaluators": [{"exact": {"transform": ["strip"]}}]}, "a", 1).evaluators[0].settings is None


def test_every_transform_is_on_the_page():
    from pathlib import Path

    page = (Path(__file__).parents[3] / "docs" / "evaluators.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in (*TEXT, *FORM))
