"""Golden datasets of our own as files of promptfoo and pydantic-evals, and back."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.exchange.golden_set import finish
from pytest_goldenprompt.exchange.opening import Place
from pytest_goldenprompt.exchange.ours import checks_of, read_ours
from pytest_goldenprompt.exchange.promptfoo import read_promptfoo
from pytest_goldenprompt.exchange.pydantic_evals import read_pydantic_evals
from pytest_goldenprompt.exchange.to_promptfoo import to_promptfoo
from pytest_goldenprompt.exchange.to_pydantic_evals import to_pydantic_evals
from pytest_goldenprompt.exchange.usable import Wishes
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.yaml_text import to_yaml
from pytest_goldenprompt.registry import Registry

PROMPT = "---\nprovider: openai:gpt-5-mini\ntemperature: 0\n---\nSay {{word}}\n"


def write(folder: Path, dataset: dict, prompt: str | None = PROMPT) -> None:
    (folder / "x.golden.yaml").write_text(to_yaml(dataset), encoding="utf-8")
    if prompt is not None:
        (folder / "x.prompt.md").write_text(prompt, encoding="utf-8")


def exported(desk, dataset: dict, what: str = "promptfoo", to: str = "out.yaml", prompt: str | None = PROMPT):
    """Export a dataset; give what was printed, and the other tool's file as its own kind of reader takes it."""
    write(desk.folder, dataset, prompt)
    done = desk.call("export", what, "x.golden.yaml", "--to", to, "--force")
    assert done.code == 0, done.err
    return done, yaml.safe_load((desk.folder / to).read_text(encoding="utf-8"))


TRIMMED, LOWERED = {"transform": "output.trim()"}, {"transform": "output.toLowerCase()"}
BOTH = {"transform": "output.trim().toLowerCase()"}
A, B = {"type": "contains", "value": "a"}, {"type": "contains", "value": "b"}
EQUAL = [{"type": "equals", "value": "a"}, {"type": "equals", "value": "b"}]
CARRIED = [
    (["exact"], "yes", {"type": "equals", "value": "yes", **TRIMMED}),
    ([{"exact": {"strip": False}}], " yes", {"type": "equals", "value": " yes"}),
    (
        [{"exact": {"ignore_case": True}}],
        "Yes",
        {"type": "equals", "value": "yes", **BOTH},
    ),
    (["exact"], {"a": [1]}, {"type": "equals", "value": {"a": [1]}}),
    (["exact"], 4, {"type": "is-json", "value": {"const": 4}}),
    (["json"], {"a": 1}, {"type": "equals", "value": {"a": 1}}),
    (["json"], None, {"type": "is-json"}),
    ([{"json": {"extract": "any"}}], None, {"type": "contains-json"}),
    ([{"json-schema": {"schema": {"type": "object"}}}], None, {"type": "is-json", "value": {"type": "object"}}),
    (["contains"], "a", {"type": "contains", "value": "a"}),
    (["contains"], ["a", "b"], {"type": "contains-all", "value": ["a", "b"]}),
    ([{"contains": {"any": ["a", "b"], "ignore_case": True}}], None, {"type": "icontains-any", "value": ["a", "b"]}),
    ([{"contains": {"value": "a", "absent": True}}], None, {"type": "not-contains", "value": "a"}),
    ([{"contains": {"all": ["a"], "absent": True}}], None, {"type": "not-contains-any", "value": ["a"]}),
    ([{"starts-with": "Dear"}], None, {"type": "starts-with", "value": "Dear", **TRIMMED}),
    ([{"ends-with": "?"}], None, {"type": "regex", "value": "\\?$", **TRIMMED}),
    ([{"regex": "a+"}], None, {"type": "regex", "value": "a+"}),
    (
        [{"regex": {"pattern": "a", "full": True}}],
        None,
        {"type": "regex", "value": "^(?:a)$", **TRIMMED},
    ),
    ([{"regex": {"pattern": "a", "absent": True}}], None, {"type": "not-regex", "value": "a"}),
    ([{"choice": ["A", "B"]}], "A", {"type": "equals", "value": "a", **BOTH}),
    ([{"length": {"min_words": 1, "max_words": 3}}], None, {"type": "word-count", "value": {"min": 1, "max": 3}}),
    ([{"length": {"min_words": 2, "max_words": 2}}], None, {"type": "word-count", "value": 2}),
    ([{"latency": 1.5}], None, {"type": "latency", "threshold": 1500}),
    ([{"cost": 0.01}], None, {"type": "cost", "threshold": 0.01}),
    ([{"refusal": True}], None, {"type": "is-refusal"}),
    (["refusal"], False, {"type": "not-is-refusal"}),
    (
        [{"tool-calls": {"calls": ["a"], "order": False}}],
        None,
        {"type": "tool-call-f1", "value": ["a"], "threshold": 1},
    ),
    ([{"not": {"contains": "a"}}], None, {"type": "not-contains", "value": "a"}),
    ([{"not": {"contains": {"value": "a", "absent": True}}}], None, {"type": "contains", "value": "a"}),
    ([{"not": "exact"}], "a", {"type": "not-equals", "value": "a", **TRIMMED}),
    (
        [{"contains": {"value": "a", "transform": ["lower"]}}],
        None,
        {**A, **LOWERED},
    ),
    ([{"all": [{"contains": "a"}]}], None, {"type": "assert-set", "assert": [A]}),
    (
        [{"any": [{"contains": "a"}, {"contains": {"value": "b", "transform": ["strip"]}}]}],
        None,
        {
            "type": "assert-set",
            "threshold": 0.5,
            "assert": [
                {"type": "contains", "value": "a"},
                {"type": "contains", "value": "b", **TRIMMED},
            ],
        },
    ),
    (
        [{"exact": {"any": ["a", "b"], "strip": False}}],
        None,
        {
            "type": "assert-set",
            "threshold": 0.5,
            "assert": EQUAL,
        },
    ),
    (
        [{"weighted": {"evaluators": [{"contains": "a"}], "weights": [2], "threshold": 0.7}}],
        None,
        {"type": "assert-set", "threshold": 0.7, "assert": [{"type": "contains", "value": "a", "weight": 2}]},
    ),
]


@pytest.mark.parametrize("row", CARRIED, ids=[json.dumps(row[0]) for row in CARRIED])
def test_an_evaluator_is_an_assertion_there(desk, row) -> None:
    evaluators, expected, assertion = row
    if "json-schema" in str(evaluators) and find_spec("jsonschema") is None:
        pytest.skip("no jsonschema")
    case = {"inputs": {"word": "a"}, "evaluators": evaluators, **({} if expected is None else {"expected": expected})}
    done, config = exported(desk, {"cases": [case]})
    assert "not carried" not in done.out
    assert config["tests"][0]["assert"] == [assertion]


EXTRAS = [
    (
        {"similarity": {"value": "a", "edits": 2}},
        {"type": "levenshtein", "value": "a", "threshold": 2, **TRIMMED},
    ),
    ({"rouge": {"value": "a", "kind": "rouge1"}}, {"type": "rouge-n", "value": "a", "threshold": 0.5}),
    ({"bleu": {"any": ["a", "b"], "threshold": 0.3}}, {"type": "bleu", "value": ["a", "b"], "threshold": 0.3}),
]


@pytest.mark.parametrize(("evaluator", "assertion"), EXTRAS, ids=[str(row[0]) for row in EXTRAS])
def test_an_evaluator_of_an_extra_is_an_assertion_there(desk, evaluator, assertion) -> None:
    _, config = exported(desk, {"cases": [{"inputs": {"word": "a"}, "evaluators": [evaluator]}]})
    assert config["tests"][0]["assert"] == [assertion]


LEFT = [
    ({"numeric": 4}, "no such assertion"),
    ({"length": {"max_chars": 3}}, "no setting max_chars"),
    ({"json": {"tolerance": {"$.a": 1}}}, "no setting tolerance"),
    ({"json": {"extract": "fence"}}, "where it is the whole answer"),
    ({"json-schema": {"schema": {}, "extract": "fence"}}, "looks into no fences"),
    ({"choice": {"labels": ["x"], "extract": "word"}}, "takes no label out"),
    ({"regex": {"pattern": "a", "ignore_case": True}}, "no setting ignore_case"),
    ({"regex": "(?P<a>x)"}, "reads its pattern otherwise"),
    ({"contains": {"value": "a", "transform": ["strip-fence"]}}, "no transform strip-fence but code"),
    ({"contains": "{{x}}"}, "holds braces"),
    ({"contains": ["file://x"]}, "holds braces"),
    ({"similarity": 0.9}, "no similarity of letters"),
    ({"rouge": {"value": "a"}}, "counts rouge1 alone"),
    ({"tool-calls": ["a"]}, "names of tools, in any order"),
    ({"refusal": {"refused": True, "phrases": ["no"]}}, "no setting phrases"),
    ({"not": {"all": [{"contains": "a"}]}}, "turns no set"),
    ({"exact": {"value": "ẞ", "ignore_case": True}}, "other small letters"),
    ({"python": "m:f"}, "no such assertion"),
    ({"any": [{"bleu": {"value": "a", "threshold": 0.5}}, {"contains": "b"}]}, "adds up the scores of those that fail"),
    ({"any": [{"not": {"bleu": {"value": "a", "threshold": 0.5}}}, {"contains": "b"}]}, "adds up the scores"),
    ({"any": [{"all": [{"contains": "a"}, {"contains": "b"}]}, {"contains": "c"}]}, "no set of assertions in a set"),
    ({"all": [{"exact": {"any": ["a", "b"]}}]}, "no set of assertions in a set"),
]


@pytest.mark.parametrize(("evaluator", "why"), LEFT, ids=[str(row[0]) for row in LEFT])
def test_what_has_no_counterpart_there_is_told_with_its_line(desk, evaluator, why) -> None:
    case = {"inputs": {"word": "a"}, "expected": "x", "evaluators": [{"contains": "kept"}, evaluator]}
    done, config = exported(desk, {"cases": [case]})
    [told] = [line for line in done.out.splitlines() if line.startswith("  x.golden.yaml:") and why in line]
    assert f": the evaluator {next(iter(evaluator))}: " in told
    assert config["tests"][0]["assert"] == [{"type": "contains", "value": "kept"}]


def test_prompt_provider_and_inputs_are_those_of_promptfoo(desk) -> None:
    case = {
        "id": "one",
        "inputs": {"word": ["a", "b"]},
        "tags": ["t:1"],
        "metadata": {"k": 1, "vars": {"label": "L"}},
        "expected": "x",
    }
    header = {"owner": "us", "min_pass_rate": 0.5}
    done, config = exported(desk, {**header, "cases": [{**case, "must_pass": True}]})
    assert config["prompts"] == ["Say {{word}}"]
    assert config["providers"] == [{"id": "openai:chat:gpt-5-mini", "config": {"temperature": 0}}]
    [test] = config["tests"]
    assert (test["description"], test["vars"]) == ("one", {"label": "L", "word": ["a", "b"]})
    assert (test["metadata"], test["options"]) == ({"k": 1, "tags": ["t:1"]}, {"disableVarExpansion": True})
    for told in ("the header's owner", "the header's min_pass_rate", "must_pass"):
        assert told in done.out
    roles = "system:\nBe {{word}}.\nuser:\nHi"
    _, config = exported(desk, {"cases": [case]}, prompt=roles)
    assert json.loads(config["prompts"][0]) == [
        {"role": "system", "content": "Be {{word}}."},
        {"role": "user", "content": "Hi"},
    ]


PROMPTS = [
    ("{{a b}}", "it holds braces that promptfoo reads otherwise; it is there as it is written"),
    ("\\{{word}} {{word}}", "it holds braces"),
    (None, "the prompt: it is code; the inputs, one a line, stand in its place"),
]


@pytest.mark.parametrize(("prompt", "why"), PROMPTS)
def test_a_prompt_that_promptfoo_cannot_fill_is_told(desk, prompt, why) -> None:
    header = {"provider": "python:m:f"} if prompt is None else {}
    done, config = exported(desk, {**header, "cases": [{"inputs": {"word": "{{a}}"}, "expected": "x"}]}, prompt=prompt)
    assert why in done.out
    assert "the provider" in done.out
    assert "the input word: promptfoo fills braces in it" in done.out
    assert config["providers"] == ["echo"]


def test_cases_without_a_place_or_a_check_there_are_left_out_and_told(desk) -> None:
    talk = {"id": "talk", "messages": [{"role": "user", "content": "Hi"}], "expected": "x"}
    bare = {"id": "bare", "inputs": {"word": "b"}, "evaluators": [{"length": {"max_chars": 9}}]}
    kept = {"id": "kept", "inputs": {"word": "a"}, "expected": "x"}
    for what in ("promptfoo", "pydantic-evals"):
        done, written = exported(desk, {"cases": [talk, bare, kept]}, what)
        assert len(written["tests" if what == "promptfoo" else "cases"]) == 1
        assert "the case talk: its messages have no place" in done.out
        assert "the case bare: no check of it could be carried" in done.out
    write(desk.folder, {"cases": [talk]})
    done = desk.call("export", "promptfoo", "x.golden.yaml", "--to", "none.yaml")
    assert (done.code, (desk.folder / "none.yaml").exists()) == (2, False)
    assert "nothing that can be carried" in done.err


def test_an_export_writes_over_nothing_and_strict_writes_nothing(desk) -> None:
    write(desk.folder, {"owner": "us", "cases": [{"inputs": {"word": "a"}, "expected": "x"}]})
    words = ("export", "promptfoo", "x.golden.yaml", "--to")
    assert desk.call(*words, "new.yaml", "--strict").code == 1
    assert not (desk.folder / "new.yaml").exists()
    mine = desk.write("mine.yaml", "mine")
    done = desk.call(*words, "mine.yaml")
    assert (done.code, mine.read_text()) == (2, "mine")
    assert "the file is there already" in done.err
    assert "found nothing" in desk.call("export", "promptfoo", "no.golden.yaml", "--to", "y").err


def test_cases_inside_of_a_prompt_are_exported_too(desk) -> None:
    desk.write("y.prompt.yml", "messages: [{role: user, content: '{{word}}'}]\ntestData: [{word: a, expected: b}]\n")
    assert desk.call("export", "promptfoo", "y.prompt.yml", "--to", "y.yaml").code == 0
    config = yaml.safe_load((desk.folder / "y.yaml").read_text())
    assert (config["prompts"], config["tests"][0]["vars"]) == (["{{word}}"], {"word": "a"})


FOLDED = {"value": "a", "case_sensitive": False}
PYDANTIC = [
    ([{"exact": {"strip": False}}], "yes", ["EqualsExpected"]),
    (["json"], {"a": 1}, ["EqualsExpected"]),
    ([{"exact": {"value": [1]}}], None, [{"Equals": {"value": [1]}}]),
    ([{"contains": ["a", "b"]}], None, [{"Contains": "a"}, {"Contains": "b"}]),
    (
        [{"contains": {"value": "a", "ignore_case": True}}],
        None,
        [{"Contains": {"value": "a", "case_sensitive": False}}],
    ),
    ([{"latency": 2}], None, [{"MaxDuration": 2}]),
]


@pytest.mark.parametrize("row", PYDANTIC, ids=[json.dumps(row[0]) for row in PYDANTIC])
def test_an_evaluator_is_one_of_pydantic_evals_there(desk, row) -> None:
    evaluators, expected, theirs = row
    case = {
        "id": "c",
        "inputs": {"word": "a"},
        "evaluators": evaluators,
        **({} if expected is None else {"expected": expected}),
    }
    for to in ("out.yaml", "out.json"):
        done, dataset = exported(desk, {"cases": [case]}, "pydantic-evals", to)
        [written] = dataset["cases"]
        assert (written["name"], written["inputs"], written["evaluators"]) == ("c", {"word": "a"}, theirs)
        assert written.get("expected_output") == expected
        assert "not carried: 1\n  x.prompt.md:1: the prompt: the task is a function there" in done.out


NOT_PYDANTIC = [
    {"exact": {"any": ["a"]}},
    {"exact": {"value": "a", "ignore_case": True}},
    {"contains": {"any": ["a"]}},
    {"contains": {"value": "a", "absent": True}},
    {"contains": {"value": "a", "transform": ["strip"]}},
    {"regex": "a"},
    {"json-schema": {"schema": {"type": ["object", "null"]}}},
]


@pytest.mark.parametrize("evaluator", NOT_PYDANTIC, ids=str)
def test_what_pydantic_evals_does_not_have_is_told(desk, evaluator) -> None:
    case = {"inputs": {"word": "a"}, "expected": "x", "evaluators": ["exact", evaluator]}
    done, dataset = exported(desk, {"cases": [case]}, "pydantic-evals")
    assert dataset["cases"][0]["evaluators"] == ["EqualsExpected"]
    assert f"the evaluator {next(iter(evaluator))}: " in done.out.partition("carried with")[0]
    assert "the evaluator exact: white space around the answer counts there" in done.out


def test_what_an_import_had_left_is_put_back(desk) -> None:
    tests = "tests: [{vars: {word: a}, assert: [{type: contains, value: a}, {type: llm-rubric, value: nice}]}]"
    desk.write("theirs/promptfooconfig.yaml", f"prompts: ['Say {{{{word}}}}']\n{tests}\n")
    desk.write("theirs/d.yaml", "cases: [{inputs: {a: 1}, evaluators: [{Contains: a}, {LLMJudge: nice}]}]\n")
    desk.take("promptfoo", "theirs")
    desk.take("pydantic-evals", "theirs/d.yaml", "--provider", "echo")
    assert desk.call("export", "promptfoo", "ours/theirs.golden.yaml", "--to", "p.yaml").code == 0
    asserts = yaml.safe_load((desk.folder / "p.yaml").read_text())["tests"][0]["assert"]
    assert asserts == [{"type": "contains", "value": "a"}, {"type": "llm-rubric", "value": "nice"}]
    assert desk.call("export", "pydantic-evals", "ours/d.golden.yaml", "--to", "d.yaml").code == 0
    [case] = yaml.safe_load((desk.folder / "d.yaml").read_text())["cases"]
    assert (case["evaluators"], "metadata" in case) == ([{"Contains": "a"}, {"LLMJudge": "nice"}], False)


WORDS = st.text("abcAB 12,:#'\"-\n", min_size=1, max_size=12).map(str.strip).filter(bool)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | WORDS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(WORDS, values, max_size=3),
    max_leaves=5,
).filter(lambda value: isinstance(value, dict | list))
TEXTS = st.lists(WORDS.filter(lambda word: "," not in word), min_size=1, max_size=3)
ALIKE = st.sampled_from(["contains", "starts-with"]).flatmap(lambda name: st.builds(lambda word: {name: word}, WORDS))
PARTS = st.lists(ALIKE, min_size=1, max_size=2)
CHECKS = (
    ALIKE
    | st.builds(lambda words: {"contains": {"any": words}}, TEXTS)
    | st.builds(lambda words: {"contains": {"all": words, "ignore_case": True}}, TEXTS)
    | st.builds(lambda word: {"contains": {"value": word, "absent": True}}, WORDS)
    | st.builds(lambda number: {"latency": number}, st.integers(1, 99) | st.just(0.25))
    | st.builds(lambda yes: {"refusal": yes}, st.booleans())
    | st.builds(lambda low: {"length": {"min_words": low, "max_words": low + 2}}, st.integers(1, 5))
    | st.builds(lambda parts: {"all": parts}, st.lists(ALIKE, min_size=1, max_size=2))
    | st.builds(
        lambda parts: {"weighted": {"evaluators": parts, "threshold": 0.5}}, st.lists(ALIKE, min_size=1, max_size=2)
    )
)
EXPECTED = st.builds(lambda word: {"expected": word, "evaluators": ["exact"]}, WORDS) | st.builds(
    lambda data: {"expected": data, "evaluators": ["exact"]}, DATA
)
CASES = st.builds(
    lambda word, base, checks, tags, metadata: {
        "inputs": {"word": word},
        **base,
        "evaluators": [*base.get("evaluators", []), *checks],
        **({"tags": tags} if tags else {}),
        **({"metadata": metadata} if metadata else {}),
    },
    WORDS | DATA,
    EXPECTED | st.just({}),
    st.lists(CHECKS, min_size=1, max_size=3),
    st.lists(st.sampled_from(["lang:en", "x"]), max_size=2, unique=True),
    st.dictionaries(st.sampled_from(["k", "area"]), WORDS, max_size=2),
)


def plain(case) -> dict:
    """Give what a case means: a bare `exact` and one with the same settings are the same."""
    specs = [(spec.name, spec.settings or None, spec.transform) for spec in checks_of(case)]
    return {
        "id": case.id,
        "inputs": case.inputs,
        "expected": case.expected,
        "tags": case.tags,
        "metadata": case.metadata,
        "evaluators": specs,
    }


def numbered(cases: list[dict]) -> dict:
    return {"cases": [{"id": f"case {number}", **case} for number, case in enumerate(cases)]}


@given(cases=st.lists(CASES, min_size=1, max_size=3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_dataset_is_the_same_after_promptfoo(tmp_path_factory, cases) -> None:
    folder = tmp_path_factory.mktemp("round")
    write(folder, numbered(cases))
    ours = read_ours(folder, folder / "x.golden.yaml")
    text, count = to_promptfoo(ours)
    assert (count, ours.listing.left) == (len(cases), {})
    (folder / "back.yaml").write_text(text, encoding="utf-8")
    back = read_back(folder, read_promptfoo)
    assert [plain(case) for case in back] == [plain(case) for case in ours.dataset.cases]


SIMPLE = st.builds(
    lambda word, base: {"inputs": {"word": word}, **base},
    WORDS | DATA,
    st.builds(lambda word: {"expected": word, "evaluators": [{"exact": {"strip": False}}]}, WORDS)
    | st.builds(lambda data: {"expected": data, "evaluators": ["json"]}, DATA)
    | st.builds(lambda word: {"evaluators": [{"contains": word}, {"latency": 2}]}, WORDS)
    | st.builds(lambda word: {"evaluators": [{"contains": {"value": word, "ignore_case": True}}]}, WORDS),
)


@given(cases=st.lists(SIMPLE, min_size=1, max_size=3), as_json=st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_dataset_is_the_same_after_pydantic_evals(tmp_path_factory, cases, as_json) -> None:
    folder = tmp_path_factory.mktemp("round")
    write(folder, {"provider": "echo", **numbered(cases)}, None)
    ours = read_ours(folder, folder / "x.golden.yaml")
    text, count = to_pydantic_evals(ours, as_json=as_json)
    assert (count, ours.listing.left) == (len(cases), {})
    (folder / ("back.json" if as_json else "back.yaml")).write_text(text, encoding="utf-8")
    back = read_back(folder, read_pydantic_evals)
    assert [plain(case) for case in back] == [plain(case) for case in ours.dataset.cases]


def read_back(folder: Path, read):
    """Import what was exported, and read it as a run would."""
    [path] = folder.glob("back.*")
    found = read(Place(folder, path), Wishes(Registry().evaluator))
    assert found.listing.left == {}
    [golden] = found.sets
    finish(golden, (), found.listing)
    into = folder / "again"
    into.mkdir()
    files = golden.files()
    for name, text in files.items():
        (into / name).write_text(text, encoding="utf-8")
    return read_dataset(into, into / next(name for name in files if ".golden." in name)).cases


@pytest.mark.parametrize("what", ["promptfoo", "pydantic-evals"])
def test_a_case_of_which_time_alone_can_be_carried_is_left(desk, what) -> None:
    timed = {"inputs": {"word": "a"}, "id": "timed", "evaluators": [{"latency": 2}]}
    both = {"inputs": {"word": "b"}, "id": "both", "evaluators": [{"latency": 2}, {"python": "m:f"}]}
    done, other = exported(desk, {"cases": [timed, both]}, what)
    assert ("timed" in str(other), "both" in str(other)) == (True, False)
    assert "the case both: no check of it could be carried" in done.out
