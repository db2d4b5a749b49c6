from __future__ import annotations

import time

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators import (
    choice,
    contains,
    ends_with,
    exact,
    json_schema,
    json_structure,
    length,
    numeric,
    python_function,
    regex,
    starts_with,
)
from pytest_goldenprompt.evaluators.evaluate import judge_output
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.result import Kind, Score

BUILDERS = {
    "exact": exact.build,
    "contains": contains.build,
    "starts-with": starts_with.build,
    "ends-with": ends_with.build,
    "regex": regex.build,
    "json": json_structure.build,
    "json-schema": json_schema.build,
    "numeric": numeric.build,
    "choice": choice.build,
    "length": length.build,
    "python": python_function.build,
}


def scores(name, settings, text, expected=None, **output):
    evaluator = BUILDERS[name](settings)
    return evaluator.evaluate(Output(text, **output), Case("c", {}, expected))


def content(name, settings, text, expected=None, **output):
    return next(score for score in scores(name, settings, text, expected, **output) if score.kind is Kind.CONTENT)


def form(name, settings, text, expected=None):
    return next(score for score in scores(name, settings, text, expected) if score.kind is Kind.FORMAT)


@pytest.mark.parametrize(
    ("name", "settings", "text", "expected", "passed"),
    [
        ("exact", None, " refund\n", "refund", True),
        ("exact", None, "Refund", "refund", False),
        ("exact", {"ignore_case": True}, "Refund", "refund", True),
        ("exact", {"strip": False}, "refund ", "refund", False),
        ("exact", "refund", "refund", None, True),
        ("exact", {"value": "a"}, "b", "b", False),
        ("exact", {"any": ["a", "b"]}, "b", None, True),
        ("exact", {"any": ["a", "b"]}, "c", "c", False),
        ("exact", None, '{"b": 2, "a": 1.0}', {"a": 1, "b": 2}, True),
        ("exact", None, '{"a": true}', {"a": 1}, False),
        ("exact", None, '```json\n{"a": 1}\n```', {"a": 1}, False),
        ("exact", None, "5", 5, True),
        ("exact", None, "not json", 5, False),
        ("exact", None, "NaN", 5, False),
        ("contains", "way", "the way", None, True),
        ("contains", None, "the way", "way", True),
        ("contains", None, "the way", ["the", "way"], True),
        ("contains", ["the", "no"], "the way", None, False),
        ("contains", {"any": ["the", "no"]}, "the way", None, True),
        ("contains", {"value": "WAY", "ignore_case": True}, "the way", None, True),
        ("contains", {"value": "way", "absent": True}, "the way", None, False),
        ("contains", {"value": "no", "absent": True}, "the way", None, True),
        ("starts-with", None, " the way", "the", True),
        ("starts-with", "way", "the way", None, False),
        ("starts-with", {"value": "THE", "ignore_case": True}, "the way", None, True),
        ("ends-with", {"value": "WAY", "ignore_case": True}, "the way\n", None, True),
        ("ends-with", "the", "the way", None, False),
        ("regex", r"\bway$", "the way", None, True),
        ("regex", {"pattern": "a|the way", "full": True}, "the way\n", None, True),
        ("regex", {"pattern": "the|a", "full": True}, "the way", None, False),
        ("regex", {"pattern": "WAY", "ignore_case": True}, "the way", None, True),
        ("regex", {"pattern": "way", "absent": True}, "the way", None, False),
        ("regex", None, "order 12-34", r"\d+-\d+", True),
        ("numeric", None, "It is 41, no: 42.", 42, True),
        ("numeric", None, "It is 42, no: 41.", 42, False),
        ("numeric", {"extract": "first"}, "It is 42, no: 41.", 42, True),
        ("numeric", {"extract": "only"}, "It is 42, no: 41.", 41, False),
        ("numeric", {"tolerance": 0.1}, "3.1", 3.0, True),
        ("numeric", {"tolerance": 0.1}, "3.11", 3.0, False),
        ("numeric", {"relative": 0.01}, "about -1,010.0", -1000, True),
        ("numeric", {"relative": 0.01}, "about -1,011", -1000, False),
        ("numeric", None, "on 2023-06", 6, True),
        ("numeric", None, "12345678901234567891", 12345678901234567890, False),
        ("numeric", None, "1.5e3 of them", "1,500", True),
        ("numeric", None, ".5", 0.5, True),
        ("numeric", None, "none at all", 0, False),
        ("numeric", None, "9" * 5000, 9, False),
        ("length", {"max_words": 2}, "one two", None, True),
        ("length", {"max_words": 2}, "one two three", None, False),
        ("length", {"min_chars": 3}, "ab", None, False),
    ],
)
def test_content_is_scored(name, settings, text, expected, passed):
    score = content(name, settings, text, expected)
    assert (score.passed, score.value) == (passed, float(passed))
    assert bool(score.reason) is not passed
    assert score.evaluator == name


def test_data_returned_by_a_function_is_compared_as_data():
    assert content("exact", None, "", {"a": [1]}, value={"a": (1,)}).passed
    assert content("json", None, "", {"a": [1]}, value={"a": (1,)}).passed
    assert content("numeric", None, "", 5, value=5.0).passed


def test_tokens_are_bounded_by_the_providers_count_and_never_guessed():
    assert content("length", {"max_tokens": 3}, "x", usage=Usage(output_tokens=3)).passed
    assert not content("length", {"max_tokens": 2}, "x", usage=Usage(output_tokens=3)).passed
    with pytest.raises(InputError, match="counted none"):
        content("length", {"max_tokens": 2}, "x")


@pytest.mark.parametrize("name", ["exact", "contains", "starts-with", "ends-with", "regex", "numeric"])
def test_a_case_that_gives_nothing_to_compare_with_is_refused_and_never_passes(name):
    with pytest.raises(InputError, match="case 'c'"):
        content(name, None, "anything")
    with pytest.raises(InputError, match="case 'c'"):
        BUILDERS[name](None).check(Case("c"))


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("exact", {"ignorecase": True}, "did you mean `ignore_case`"),
        ("exact", {"value": 1, "any": [1]}, "found both"),
        ("exact", {"strip": "yes"}, "true or false, found 'yes'"),
        ("contains", {"any": []}, "can be looked for"),
        ("contains", {"value": ""}, "can be looked for"),
        ("contains", {"any": ["a"], "all": ["b"]}, "one of"),
        ("starts-with", {"value": " "}, "can be compared"),
        ("regex", "(", "no regular expression"),
        ("regex", {"pattern": ""}, "not a regular expression"),
        ("json", {"extract": "fenced"}, "did you mean `fence`"),
        ("json", {"tolerance": {"$.a": -1}}, "distances"),
        ("json", {"tolerance": 0.1}, "a map such as"),
        ("json", {"ignore": ["a.b"]}, "not a path"),
        ("json", True, "not a map"),
        ("json-schema", None, "a JSON Schema as a map"),
        ("json-schema", {"schema": {"type": "objekt"}}, "no JSON Schema"),
        ("json-schema", {"schema": "{"}, "not JSON"),
        ("numeric", {"tolerance": -1}, "a number from 0 on"),
        ("numeric", {"tolerance": float("nan")}, "a number from 0 on"),
        ("numeric", {"value": "five"}, "not a number"),
        ("choice", None, "a list of labels"),
        ("choice", ["yes", "Yes"], "labels that differ"),
        ("choice", {"labels": ["a", "b"], "extract": "wort"}, "did you mean `word"),
        ("choice", {"labels": ["a", "b"], "extract": "pattern"}, "without the other"),
        ("length", None, "no bound"),
        ("length", {"min_words": 3, "max_words": 2}, "nothing can meet"),
        ("length", {"max_word": 2}, "did you mean `max_words`"),
        ("python", None, "does not name a function"),
        ("python", "no_such_module_here:f", "cannot import"),
        ("python", "os.path:no_such_function", "finds no function"),
        ("python", "os.path:join", "does not give, found a"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_what_is_accepted(name, settings, words):
    with pytest.raises(InputError) as caught:
        BUILDERS[name](settings)
    assert words in str(caught.value)
    assert caught.value.where == ""


def test_json_scores_content_and_form_apart():
    text = 'Here you are:\n```json\n{"a": 1}\n```\nGlad to help.'
    strict = scores("json", None, text, {"a": 1})
    assert [(s.kind, s.passed, s.counts) for s in strict] == [
        (Kind.CONTENT, True, True),
        (Kind.FORMAT, False, True),
    ]
    assert "not JSON as a whole" in strict[1].reason
    assert [(s.passed, s.counts) for s in scores("json", {"extract": "fence"}, text, {"a": 1})] == [
        (True, True),
        (False, False),
    ]


@pytest.mark.parametrize(
    ("extract", "text", "passed"),
    [
        ("fence", 'The answer is {"a": 1}.', False),
        ("any", 'The [set] is {"a": 1}.', True),
        ("any", '~~~\n{}\n~~~ and {"a": 1}', False),
        ("any", "nothing", False),
        ("strict", '{"a": 1}', True),
        ("strict", '{"a": NaN}', False),
        ("strict", "[" * 500 + "]" * 500, False),
        ("strict", "[" * 200_000, False),
        ("strict", "1" * 10_000, False),
        ("any", "[" * 200_000, False),
        ("any", "{" * 5_000_000, False),
    ],
)
def test_json_is_found_where_the_extractor_looks(extract, text, passed):
    assert content("json", {"extract": extract}, text, {"a": 1}).passed is passed


def test_a_json_reason_lists_the_first_five_differing_paths():
    expected = {f"k{n}": n for n in range(8)}
    reason = content("json", None, '{"k0": 0, "k1": 2}', expected).reason
    assert reason == ("$.k1 expected 1, found 2; $.k2 missing; $.k3 missing; $.k4 missing; $.k5 missing and 2 more")


def test_json_paths_are_required_forbidden_ignored_and_tolerated():
    settings = {
        "tolerance": {"$.total": 0.01},
        "ignore": ["$.id"],
        "unordered": ["$.tags"],
        "required": ["$.id", "$.lines[*].sku"],
        "forbidden": ["$.debug.x"],
    }
    expected = {"total": 1, "tags": ["a", "b"], "lines": [{"sku": "s"}]}
    good = '{"id": 9, "total": 1.01, "tags": ["b", "a"], "lines": [{"sku": "s"}]}'
    assert content("json", settings, good, expected).passed
    assert content("json", settings, good.replace('"id": 9, ', ""), expected).reason == "$.id is required and missing"
    assert content("json", settings, good[:-1] + ', "debug": {"x": 1}}', expected).reason == (
        "$.debug.x is forbidden and there"
    )


def test_an_expected_text_that_holds_json_is_taken_as_json():
    assert content("json", None, '{"a": 1}', '{"a": 1.0}').passed
    assert content("json", None, '"yes"', "yes").passed


def test_any_json_will_do_where_nothing_is_expected_and_no_json_does_not():
    assert all(score.passed for score in scores("json", None, "[1]"))
    assert not any(score.passed for score in scores("json", None, "prose"))


def test_a_schema_accepts_and_refuses_with_the_path():
    settings = {"schema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}
    assert all(score.passed for score in scores("json-schema", settings, '{"n": 1}'))
    assert content("json-schema", settings, '{"n": "x"}').reason == "$.n: 'x' is not of type 'integer'"
    assert [score.passed for score in scores("json-schema", settings, '```\n{"n": 1}\n```')] == [True, False]


def test_a_schemas_patterns_are_time_limited():
    slow = {"schema": {"properties": {"s": {"pattern": "^(a+)+$"}}}}
    began = time.monotonic()
    score = content("json-schema", slow, '{"s": "' + "a" * 40 + '!"}')
    assert time.monotonic() - began < 4
    assert "took longer" in score.reason


def test_a_schemas_reference_outside_itself_is_never_fetched():
    settings = {"schema": {"$ref": "http://127.0.0.1:9/schema.json"}}
    with pytest.raises(Exception, match="Unresolvable"):
        scores("json-schema", settings, "{}")


@pytest.mark.parametrize(
    ("extract", "text", "label"),
    [
        ("whole", " YES\n", "yes"),
        ("whole", "Yes, it is.", "yes"),
        ("word", "I say yes.", "yes"),
        ("word", "yes or no", None),
        ("words", "no, I mean [yes]", "yes"),
        ("words", "nowhere", None),
        ("bracket", "[no] ... so: [Yes]", "yes"),
        ("bracket", "[Yes]", "yes"),
        ("bracket", "it is yes", None),
        ("last-line", "no\nFinal answer: **yes**", "yes"),
        ("last-line", "yes\nno idea what", "no"),
        ("last-line", "", None),
    ],
)
def test_a_label_is_found_where_the_extractor_looks(extract, text, label):
    settings = {"labels": ["yes", "no"], "extract": extract}
    verdicts = {expected: content("choice", settings, text, expected).passed for expected in ("yes", "no")}
    assert verdicts == {"yes": label == "yes", "no": label == "no"}


def test_a_label_is_found_by_a_pattern_and_labels_may_be_of_several_words():
    by_pattern = {"labels": ["refund", "not sure"], "pattern": r"label: (.+)"}
    assert content("choice", by_pattern, "LABEL: Not sure", "not sure").passed
    assert not content("choice", by_pattern, "refund", "not sure").passed
    by_word = {"labels": ["sure", "not sure"], "extract": "word"}
    assert content("choice", {**by_word, "labels": ["refund", "not sure"]}, "I am not sure.", "not sure").passed
    assert content("choice", {"labels": [1, 2, 3], "extract": "word"}, "I rate it 3.", 3).passed


def test_the_form_of_a_choice_counts_only_when_the_whole_answer_is_asked_for():
    whole, loose = ({"labels": ["yes", "no"], "extract": extract} for extract in ("whole", "words"))
    assert [(s.passed, s.counts) for s in scores("choice", whole, "Yes.", "yes")] == [(True, True), (False, True)]
    assert [(s.passed, s.counts) for s in scores("choice", loose, "Yes.", "yes")] == [(True, True), (False, False)]
    assert form("choice", whole, "Yes", "yes").passed


@pytest.mark.parametrize("expected", ["maybe", None, True, ["yes"]])
def test_an_expectation_that_is_no_label_is_refused(expected):
    with pytest.raises(InputError, match="none of the labels"):
        content("choice", ["yes", "no"], "yes", expected)


def test_reasons_are_one_bounded_line_without_control_characters():
    for name, settings, expected in (
        ("exact", None, "x" * 5000),
        ("contains", {"all": ["y" * 500] * 20}, None),
        ("json", None, {"k" * 500: 1}),
        ("regex", "z" * 900, None),
    ):
        for score in scores(name, settings, "\x1b[31m\n::error::\ud800" * 1000, expected):
            assert len(score.reason) <= 200
            assert all(letter.isprintable() for letter in score.reason)


def own_check(output, expected, inputs):
    return output == expected and inputs == {}


def any_keyword(**given):
    return sorted(given) == ["case", "expected", "inputs", "output", "value"]


ANSWER: list[object] = [None]


def canned():
    return ANSWER[0]


def positional(output, /):
    return True


async def later(output):
    return True


HERE = "own_checks_of_this_test"


@pytest.fixture
def module(monkeypatch):
    import sys
    import types

    module = types.ModuleType(HERE)
    for function in (own_check, any_keyword, canned, positional, later):
        setattr(module, function.__name__, function)
    monkeypatch.setitem(sys.modules, HERE, module)


@pytest.mark.usefixtures("module")
def test_a_teams_function_is_called_by_parameter_name():
    assert content("python", f"{HERE}:own_check", "a", "a").passed
    assert not content("python", f"{HERE}:own_check", "a", "b").passed
    assert content("python", f"{HERE}:any_keyword", "a", "b").passed
    assert content("python", {"function": f"{HERE}:own_check"}, "a", "a").evaluator == f"python:{HERE}:own_check"


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    ("answer", "value", "passed"),
    [
        (True, 1.0, True),
        (0.7, 0.7, True),
        (0.3, 0.3, False),
        (1, 1.0, True),
        (Score("", 0.2, True), 0.2, True),
        ([Score("mine", 0.9, False)], 0.9, False),
    ],
)
def test_a_teams_function_may_return_truth_number_or_scores(answer, value, passed):
    ANSWER[0] = answer
    (score,) = scores("python", f"{HERE}:canned", "x")
    assert (score.value, score.passed) == (value, passed)
    assert score.evaluator in ("mine", f"python:{HERE}:canned")


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize("answer", [None, "yes", 1.5, -0.1, float("nan"), [], [True, "x"], {"score": 1}])
def test_any_other_return_of_a_teams_function_is_an_error(answer):
    ANSWER[0] = answer
    with pytest.raises(TypeError, match="accepted are"):
        scores("python", f"{HERE}:canned", "x")


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize("name", ["positional", "later"])
def test_a_function_that_cannot_be_called_by_name_is_refused(name):
    with pytest.raises(InputError):
        BUILDERS["python"](f"{HERE}:{name}")


@pytest.mark.usefixtures("module")
def test_a_teams_threshold_decides_on_numbers():
    ANSWER[0] = 0.7
    assert not content("python", {"function": f"{HERE}:canned", "threshold": 0.8}, "x").passed
    with pytest.raises(InputError, match=r"0\.\.1"):
        BUILDERS["python"]({"function": f"{HERE}:canned", "threshold": 2})


@pytest.mark.usefixtures("module")
def test_the_version_of_a_teams_function_follows_its_source():
    one, other = (BUILDERS["python"](f"{HERE}:{name}").version for name in ("own_check", "canned"))
    assert one != other
    assert one == BUILDERS["python"](f"{HERE}:own_check").version


def test_a_schema_without_its_package_is_one_error_with_the_line_that_installs_it(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(InputError, match=r'pip install "pytest-goldenprompt\[schema\]"'):
        BUILDERS["json-schema"]({"schema": {"title": "asked for nowhere else"}})


def test_a_schemas_patterns_hold_for_texts_and_names():
    settings = {
        "schema": {
            "properties": {"s": {"pattern": "^a+$"}},
            "patternProperties": {"^n_": {"type": "integer"}},
        }
    }
    assert content("json-schema", settings, '{"s": "aa", "n_x": 1, "other": "text"}').passed
    assert content("json-schema", settings, '{"s": "ab"}').reason == "$.s: 'ab' does not match '^a+$'"
    assert content("json-schema", settings, '{"n_x": "1"}').reason == "$.n_x: '1' is not of type 'integer'"
    assert content("json-schema", settings, '{"s": 5}').passed
    assert content("json-schema", {"schema": '{"type": "array"}'}, "[]").passed
    assert content("json-schema", {"schema": {"patternProperties": {"x": {}}}}, "[]").passed
    assert content("json-schema", settings, "prose").reason.startswith("not JSON as a whole")


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("contains", "x", None),
        ("contains", None, ["x", "y"]),
        ("starts-with", "x", None),
        ("starts-with", None, 5),
        ("ends-with", "x", None),
        ("regex", "x", None),
        ("exact", {"value": None}, None),
        ("numeric", 5, None),
        ("numeric", None, "1,000"),
        ("choice", ["yes", "no"], "YES"),
    ],
)
def test_a_case_that_can_be_judged_is_accepted_before_any_call(name, settings, expected):
    BUILDERS[name](settings).check(Case("c", {}, expected))


def test_an_empty_expectation_is_not_looked_for():
    with pytest.raises(InputError, match="empty text everywhere"):
        content("contains", None, "anything", "")
    assert not content("starts-with", None, "anything", "").passed


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("starts-with", {"value": True}, "not a text, found True"),
        ("contains", {"all": "text"}, "a list of texts"),
        ("contains", {"all": ["a", None]}, "a list of texts"),
        ("exact", {"any": []}, "a list of values"),
        ("json", {"tolerance": {"$.a": True}}, "distances"),
        ("numeric", {"tolerance": 10**400}, "a number from 0 on"),
        ("numeric", {"value": 10**400}, "a number"),
        ("choice", {"labels": ["a", "b"], "pattern": "x", "extract": "whole"}, "without the other"),
    ],
)
def test_further_settings_that_cannot_be_used_are_refused(name, settings, words):
    with pytest.raises(InputError, match=words):
        BUILDERS[name](settings)


def test_numbers_written_as_text_settings_are_taken_by_their_digits():
    assert content("contains", 5, "room 5").passed
    assert content("exact", {"value": 5}, "5").passed


def test_an_expected_text_that_only_looks_like_json_is_compared_as_text():
    assert content("json", None, '"{odd"', "{odd").passed
    assert not content("json", None, "{}", "{odd").passed


def test_a_slow_pattern_of_a_choice_is_a_failed_score():
    settings = {"labels": ["yes", "no"], "pattern": "^(a+)+$"}
    score = content("choice", settings, "a" * 40 + "!", "yes")
    assert "took longer" in score.reason


@pytest.mark.parametrize(
    ("name", "settings", "text", "expected", "faults"),
    [
        ("json", None, '{"a": 1}', {"a": 1}, ()),
        (
            "json",
            None,
            '{"b": [{"c": 1}, {"c": 2}]}',
            {"a": 1, "b": [{"c": 1}, {"c": 3}]},
            "missing $.a|wrong $.b[*].c",
        ),
        ("json", None, '{"a": "1", "x": 0}', {"a": 1}, "extra $.x|wrong $.a"),
        (
            "json",
            {"required": ["$.a", "$.b"], "forbidden": ["$.c"]},
            '{"c": 1}',
            None,
            "extra $.c|missing $.a|missing $.b",
        ),
        ("json", None, "prose", {"a": 1}, "unreadable $"),
        ("json-schema", {"schema": {"required": ["a", "b"]}}, '{"a": 1}', None, "missing $.b"),
        ("json-schema", {"schema": {"properties": {"a": {"type": "string"}}}}, '{"a": 1}', None, "invalid $.a"),
        ("json-schema", {"schema": {"type": "object"}}, "prose", None, "unreadable $"),
        ("json-schema", {"schema": {"type": "object"}}, "{}", None, ()),
    ],
)
def test_every_place_that_is_wrong_is_kept_for_counting(name, settings, text, expected, faults):
    repeat = judge_output([BUILDERS[name](settings)], Output(text), Case("c", {}, expected))
    assert repeat.faults == (tuple(faults.split("|")) if faults else ())


def test_the_places_that_are_kept_of_one_answer_are_bounded():
    expected = {f"k{number}": number for number in range(500)}
    assert len(judge_output([json_structure.build(None)], Output("{}"), Case("c", {}, expected)).faults) == 50
