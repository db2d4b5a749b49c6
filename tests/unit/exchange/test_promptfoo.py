from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.render import render
from unit.exchange.carrying import passes

CONFIG = "promptfooconfig.yaml"
WILD = Path(os.environ.get("GOLDENPROMPT_CORPUS", "/nowhere")) / "wild"


def config(tests: str, prompts: str = "['Say {{word}}']", **more: str) -> str:
    rest = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f"prompts: {prompts}\n{rest}tests:\n{tests}"


def asserted(desk, *assertions: str):
    """Import one test with these assertions, and give what became of it."""
    listed = "".join(f"      - {assertion}\n" for assertion in assertions)
    desk.write(CONFIG, config(f"  - vars: {{word: hello, other: more}}\n    assert:\n{listed}"))
    done = desk.take("promptfoo", CONFIG, "--force")
    assert done.code == 0, done.err
    [case] = done.only().cases
    return done, case


JUDGED = [
    ("{type: equals, value: '{{word}}'}", "hello", "hello "),
    ("{type: equals, value: {a: [1]}}", '{"a": [1.0]}', '{"a": [2]}'),
    ("{type: equals, value: 4}", "4", "4.0"),
    ("{type: not-equals, value: x}", "y", "x"),
    ("{type: equals, value: x, transform: output.trim()}", " x\n", "X"),
    ("{type: contains, value: '{{ other }}'}", "give more", "give MORE"),
    ("{type: icontains, value: MORE}", "give more", "less"),
    ("{type: not-contains, value: bad}", "good", "bad"),
    ("{type: contains-all, value: [a, b]}", "b a", "a"),
    ("{type: contains-any, value: 'a, b'}", "xb", "c"),
    ("{type: not-contains-all, value: [a, b]}", "a", "ab"),
    ("{type: not-icontains-any, value: [a, b]}", "c", "A"),
    ("{type: icontains-all, value: [A, 1]}", "a1", "a"),
    ("{type: starts-with, value: Dear}", "Dear you", "Oh dear"),
    ("{type: ends-with, value: '?'}", "Why?", "So."),
    ("{type: regex, value: '^\\d+$'}", "123", "12a"),
    ("{type: not-regex, value: 'x+'}", "y", "xx"),
    ("{type: is-json}", '{"a": 1}', "Here: {}"),
    ("{type: not-is-json}", "text", "{}"),
    ("{type: contains-json}", 'Here: {"a": 1}', "none"),
    ("{type: is-refusal}", "I'm sorry, I cannot help with that.", "Sure."),
    ("{type: not-is-refusal}", "Sure.", "I cannot help with that."),
    ("{type: word-count, value: {min: 2, max: 3}}", "a b", "a"),
    ("{type: word-count, value: 1}", "a", "a b"),
    ("{type: assert-set, threshold: 0.5, assert: [{type: equals, value: a}, {type: contains, value: b}]}", "ab", "c"),
    ("{type: assert-set, assert: [{type: contains, value: a}, {type: contains, value: b}]}", "ab", "a"),
    ("{type: contains, value: X, transform: output.toLowerCase()}", "nothing else", "X"),
]


@pytest.mark.parametrize(("assertion", "good", "bad"), JUDGED[:-1], ids=[row[0] for row in JUDGED[:-1]])
def test_an_assertion_judges_here_as_it_does_there(desk, assertion, good, bad) -> None:
    done, case = asserted(desk, assertion)
    assert "not carried" not in done.out
    assert passes(case, good)
    assert not passes(case, bad)


EXTRAS = [
    ("levenshtein, value: kitten, threshold: 3", "rapidfuzz", "sitting", "something else"),
    ("levenshtein, value: kitten", "rapidfuzz", "sitting", "something else"),
    ("rouge-n, value: a b c d", "rouge_score", "a b c d", "x"),
    ("bleu, value: [the cat sat on the mat]", "sacrebleu", "the cat sat on the mat", "a dog"),
    ("is-json, value: {type: object, required: [a]}", "jsonschema", '{"a": 1}', "{}"),
    ("is-json, value: 'required: [a]'", "jsonschema", '{"a": 1}', "{}"),
    ("contains-json, value: {required: [a]}", "jsonschema", 'It is {"a": 1}.', "It is {}."),
]


@pytest.mark.parametrize(("assertion", "package", "good", "bad"), EXTRAS, ids=[row[0] for row in EXTRAS])
def test_an_assertion_that_needs_a_package(desk, assertion, package, good, bad) -> None:
    done, case = asserted(desk, f"{{type: {assertion}}}")
    assert "not carried" not in done.out
    if find_spec(package) is None:
        assert "pip install" in done.out
        return
    assert passes(case, good)
    assert not passes(case, bad)


def test_limits_of_time_and_money_keep_their_size(desk) -> None:
    _, case = asserted(desk, "{type: latency, threshold: 1500}", "{type: cost, threshold: 0.002}")
    assert [(spec.name, spec.settings) for spec in case.evaluators] == [("latency", 1.5), ("cost", 0.002)]


def test_tools_by_name_are_asked_for(desk) -> None:
    _, case = asserted(desk, "{type: tool-call-f1, value: [search, book]}")
    calls = [{"name": "book", "arguments": {}}, {"name": "search", "arguments": {"q": 1}}]
    assert passes(case, "", tool_calls=tuple(calls))
    assert not passes(case, "", tool_calls=tuple(calls[:1]))


LEFT = {
    "{type: llm-rubric, value: be nice}": "a model grades it",
    "{type: not-factuality, value: x}": "a model grades it",
    "{type: g-eval, value: x}": "a model grades it",
    "{type: javascript, value: output.length}": "code, which is never run here",
    "{type: python, value: 'file://x.py'}": "code, which is never run here",
    "{type: equals, value: 'file://x.py'}": "code, which is never run here",
    "{type: similar, value: x, threshold: 0.9}": "compares meaning by embeddings",
    "{type: is-valid-openai-tools-call}": "no such evaluator",
    "{type: is-xml}": "no such evaluator",
    "{type: brand:new, value: 1}": "not known here",
    "{type: contains, value: '{{word | upper}}'}": "a template that only promptfoo fills",
    "{type: contains, value: '{{absent}}'}": "which the test does not set",
    "{type: contains, value: ''}": "no text to look for",
    "{type: contains-any, value: []}": "no list of texts",
    "{type: contains-any, value: 'a,,b'}": "an empty text",
    "{type: regex, value: '(unclosed'}": "cannot be used here",
    "{type: regex, value: '(?<name>x)'}": "cannot be used here",
    "{type: cost}": "no threshold",
    "{type: equals, value: x, weight: 0}": "counts for nothing",
    "{type: tool-call-f1, value: [a], threshold: 0.5}": "a share of the tools",
    "{type: is-json, value: 'a: b: c'}": "its schema cannot be read",
    "{type: word-count, value: many}": "no number",
    "{type: assert-set, assert: [{type: pi, value: x}]}": "nothing in it could be carried",
}


@pytest.mark.parametrize(("assertion", "why"), LEFT.items(), ids=LEFT)
def test_what_has_no_counterpart_is_told_with_its_line_and_kept_with_the_case(desk, assertion, why) -> None:
    done, case = asserted(desk, "{type: contains, value: kept}", assertion)
    [told] = [line for line in done.out.splitlines() if line.startswith(f"  {CONFIG}:6: the assertion") and why in line]
    assert told
    assert [spec.name for spec in case.evaluators] == ["contains"]
    [left] = case.metadata["not_carried"]
    assert left["type"] in assertion


def test_strict_writes_nothing_where_something_is_left(desk) -> None:
    tests = "  - vars: {word: a}\n    assert: [{type: equals, value: a}, {type: llm-rubric, value: nice}]\n"
    desk.write(CONFIG, config(tests))
    done = desk.take("promptfoo", ".", "--strict")
    assert (done.code, done.into.exists()) == (1, False)
    assert "nothing is written: 1 things cannot be carried" in done.out
    assert f"{CONFIG}:4: the assertion llm-rubric" in done.out
    desk.write(CONFIG, config("  - vars: {word: a}\n    assert: [{type: equals, value: a}]\n"))
    assert desk.take("promptfoo", ".", "--strict").code == 0


REFUSED = {
    "prompts: [x]\ntests: []\n": ":2: wrong `tests` in the configuration, found a list of 0",
    "prompts: [x]\n": ": wrong `tests` in the configuration, found nothing",
    "prompts: [x]\ntest: []\n": ":2: unknown key in the configuration, found 'test'",
    config("  - vars: {word: a}\n    expeced: a\n"): ":4: unknown key in the test, found 'expeced'",
    config("  - vars: {word: a}\n    expected: a\n"): "did you mean `assert`?",
    config("  - vars: {word: a}\n    asserts: []\n"): ":4: unknown key in the test, found 'asserts'",
    config("  - vars: {word: a}\n    assert: [{type: contians, value: a}]\n"): "found 'contians'; types of promptfoo",
    config("  - vars: {word: a}\n    assert: [{tpe: contains}]\n"): "did you mean `type`?",
    config("  - vars: {word: a}\n    assert: [{value: a}]\n"): "no such assertion, found nothing",
    config("  - vars: {word: a}\n    assert: [contains]\n"): ":4: wrong assertion, found 'contains'",
    config("  - vars: [a]\n"): ":3: wrong `vars` in the test, found a list of 1",
    config("  - vars: {word: a}\n    threshold: 2\n"): ":4: wrong `threshold`",
    config("  - no.such.csv\n"): ":3: no format",
    config("  - none.csv\n"): ":3: the file none.csv that is named here",
    config("  - tests/*.csv\n"): ":3: no file that matches",
    config("  - 7\n"): ":3: wrong test, found 7",
    config("  - {assert: [{$ref: '#/assertionTemplates/no'}]}\n"): ":3: a reference to nothing",
    config("  - {vars: {word: a}, assert: [{type: is-xml}]}\n"): "nothing that can be carried; not carried: 2",
    config("  - {vars: {word: a}}\n"): "would pass whatever the answer is",
    config("  - {}\n", prompts="[7]"): ":1: wrong prompt, found 7",
    config("  - {}\n", providers="[[]]"): ":2: wrong provider, found a list of 0",
    config("  - {}\n", providers="[{id: echo, config: {temperature: 9}}]"): ":2: wrong `temperature`",
    "[]": ":1: no configuration, found a list of 0",
}


@pytest.mark.parametrize(("text", "told"), REFUSED.items(), ids=REFUSED.values())
def test_a_configuration_that_would_pass_or_be_misread_is_refused_with_its_line(desk, text, told) -> None:
    (desk.folder / "no.such.csv").mkdir() if "no.such" in text else None
    desk.write("no.such", "")
    if "no.such" in text:
        text, told = text.replace("no.such.csv", "no.such"), "no format that is read, found"
    desk.write(CONFIG, text)
    done = desk.take("promptfoo")
    assert (done.code, done.into.exists(), done.out) == (2, False, "")
    assert told in done.err
    assert done.err.count("\n") == 1


def test_a_table_of_tests_is_read_with_its_columns(desk) -> None:
    desk.write(CONFIG, "prompts: ['Say {{word}}']\ntests: tests.csv\n")
    header = "word,label,__expected1,__expected2,__description,__threshold,__metadata:area,__metadata:tags[]"
    rows = ['a,L,equals:a,,first,,math,"x, y"', "b,L,contains-any:b,not-contains:bad,second,0.5,,", "c,L,plain,,,,,"]
    desk.write("tests.csv", "\n".join([header, *rows, "d,L,rouge-n(0.9):d,,,,,", "e,L,latency(200),,,,,"]) + "\n")
    done = desk.take("promptfoo")
    assert done.code == 0, done.err
    first, second, third, *_ = cases = done.only().cases
    assert [case.id for case in cases[:2]] == ["first", "second"]
    assert (first.inputs, first.expected) == ({"word": "a"}, "a")
    assert (first.tags, first.metadata) == (("x", "y"), {"area": "math", "vars": {"label": "L"}})
    assert passes(second, "b")
    assert passes(second, "bad")
    assert passes(third, "plain")
    assert not passes(third, "plain ")
    assert [case.evaluators[0].settings for case in cases[3:]] == [
        {"value": "d", "threshold": 0.9, "kind": "rouge1"},
        0.2,
    ]


COLUMNS = {
    "word,_expected\na,a\n": "tests.csv:1: wrong column, found '_expected'",
    "word,__expeced\na,a\n": "did you mean `__expected`?",
    "word,__expected\na,contians:a\n": "tests.csv:2: no such assertion, found 'contians'",
    "word,__threshold\na,high\n": "tests.csv:2: wrong __threshold, found 'high'",
    "word,__expected\n": "tests.csv:1: no tests, found an empty file",
    "word,__expected\na\n": "tests.csv:2: ragged row",
}


@pytest.mark.parametrize(("text", "told"), COLUMNS.items(), ids=COLUMNS.values())
def test_a_faulty_table_is_one_line_with_its_place(desk, text, told) -> None:
    desk.write(CONFIG, "prompts: ['Say {{word}}']\ntests: [file://tests.csv]\n")
    desk.write("tests.csv", text)
    done = desk.take("promptfoo")
    assert done.code == 2
    assert told in done.err


def test_cells_that_look_like_an_assertion_and_are_none_are_texts(desk) -> None:
    cells = ["https://x.y/z", "note: this", "10:30", "fn:return true", "grade:nice", "is-json", "file://check.js"]
    desk.write(CONFIG, "prompts: ['Say {{word}}']\ntests: tests.csv\n")
    desk.write("tests.csv", "word,__expected\n" + "".join(f"w{n},{cell}\n" for n, cell in enumerate(cells)))
    done = desk.take("promptfoo")
    assert [case.expected for case in done.only().cases] == ["https://x.y/z", "note: this", "10:30", None]
    assert passes(done.only().cases[-1], "{}")
    assert "tests.csv:5, 8: the assertion javascript" in done.out
    assert "tests.csv:5, 6, 8: the case here" in done.out


def test_tests_lie_in_files_of_every_kind_and_lists_of_texts_are_cases(desk) -> None:
    desk.write(
        CONFIG,
        "prompts: ['{{word}} {{lang}}']\ntests: ['more/*.yaml', rows.jsonl, {path: one.json}, run.py, 'https://x.y']\n",
    )
    desk.write(
        "more/a.yaml",
        "- {vars: {word: [a, b], lang: [de, en]}, assert: [{type: contains, value: '{{word}}{{lang}}'}]}\n",
    )
    desk.write("more/b.yaml", "vars: {word: c, lang: file://lang.txt}\nassert: [{type: equals, value: c}]\n")
    desk.write("lang.txt", "from a file")
    desk.write("rows.jsonl", '{"vars": {"word": "d", "lang": [1, 2]}, "assert": [{"type": "equals", "value": "d"}]}\n')
    desk.write("one.json", '[{"vars": {"word": "e"}, "assert": [{"type": "equals", "value": "e"}]}]')
    done = desk.take("promptfoo")
    assert done.code == 0, done.err
    inputs = [case.inputs for case in done.only().cases]
    assert inputs[:4] == [{"word": word, "lang": lang} for word in "ab" for lang in ("de", "en")]
    assert inputs[4:] == [
        {"word": "c", "lang": "from a file"},
        {"word": "d", "lang": [1, 2]},
        {"word": "e", "lang": ""},
    ]
    assert "the tests 'run.py': it is code" in done.out
    assert "the tests 'https://x.y': it lies on another machine" in done.out
    assert "one.json:1: the variable lang: the test does not set it" in done.out


def test_defaults_are_below_what_a_test_says(desk) -> None:
    default = (
        "{vars: {word: a, extra: x}, threshold: 0.5, assert: [{type: contains, value: '{{word}}'}], metadata: {k: 1}}"
    )
    tests = (
        "  - {assert: [{$ref: '#/assertionTemplates/short'}]}\n"
        "  - {vars: {word: b}, threshold: 1, metadata: {k: 2}}\n"
        "  - {vars: {word: c}, options: {disableDefaultAsserts: true}, assert: [{type: equals, value: z}]}\n"
    )
    desk.write(
        CONFIG, config(tests, defaultTest=default, assertionTemplates="{short: {type: word-count, value: {max: 2}}}")
    )
    done = desk.take("promptfoo")
    first, second, third = done.only().cases
    assert (first.inputs, first.metadata) == ({"word": "a"}, {"k": 1, "vars": {"extra": "x"}})
    assert passes(first, "a x y z")
    assert passes(first, "x")
    assert not passes(first, "x y z")
    assert (passes(second, "b"), passes(second, "x"), second.metadata["k"]) == (True, False, 2)
    assert (passes(third, "z"), passes(third, "c")) == (True, False)


def test_a_default_transform_that_is_code_is_told_once_where_it_stands(desk) -> None:
    tests = "".join(f"  - {{vars: {{word: w{n}}}, assert: [{{type: equals, value: w}}]}}\n" for n in range(30))
    desk.write(CONFIG, config(tests, defaultTest="{options: {transform: file://t.py}}"))
    assert f"not carried: 1\n  {CONFIG}:2: the option transform: it is code" in desk.take("promptfoo").out
    desk.write(CONFIG, config(tests, defaultTest="{options: {transform: output.trim().toLowerCase(), prefix: x}}"))
    done = desk.take("promptfoo", ".", "--force")
    assert f"not carried: 1\n  {CONFIG}:2: the option prefix" in done.out
    assert passes(done.only().cases[0], " W\n")


def test_every_prompt_has_a_file_and_a_dataset_of_its_own(desk) -> None:
    prompts = (
        '[\'Say {{word}}\', file://p/two.txt, {label: Chat me, raw: \'[{"role": "system", "content": "Be {{mood}}"},'
        ' {"role": "user", "content": "{{word}}"}]\'}, \'p/loop.j2\', run.py:f]'
    )
    providers = "[{openai:chat:gpt-5-mini: {config: {temperature: 0, max_tokens: 9, apiHost: x}}}, 'vertex:gemini']"
    tests = "  - {vars: {word: a, mood: kind, words: [1, 2]}, assert: [{type: equals, value: a}]}\n"
    desk.write(CONFIG, config(tests, prompts, providers=providers))
    desk.write("p/two.txt", "First {{word}}\n---\nuser:\nis a line of {{ word }}\n")
    desk.write("p/loop.j2", "{% for one in words %}{{ one }}{% endfor %}")
    done = desk.take("promptfoo")
    assert done.code == 0, done.err
    names = {path.name for path in done.into.iterdir()}
    stem = desk.folder.name.replace("_", "_").lower()
    prompts = {"two-1.prompt.md", "two-2.prompt.yml", "chat-me.prompt.yml", "loop.prompt.j2"}
    assert prompts < names
    [plain] = (
        names - prompts - {f"{name.split('.prompt')[0]}.golden.yaml" for name in prompts} - {f"{stem}-1.golden.yaml"}
    )
    read = {name: read_prompt(done.into, done.into / name) for name in (*prompts, plain)}
    assert {(prompt.provider, prompt.parameters["max_tokens"]) for prompt in read.values()} == {
        ("openai:gpt-5-mini", 9)
    }
    [case] = done.dataset("two-2.golden.yaml").cases
    assert [turn.content for turn in render(read["two-2.prompt.yml"], case)] == ["user:\nis a line of a"]
    [case] = done.dataset("chat-me.golden.yaml").cases
    assert [(turn.role, turn.content) for turn in render(read["chat-me.prompt.yml"], case)] == [
        ("system", "Be kind"),
        ("user", "a"),
    ]
    for told in ("the prompt 'run.py:f'", "the provider 'vertex:gemini'", "the provider's apiHost"):
        assert told in done.out


def test_files_that_are_there_are_never_written_over_by_themselves(desk) -> None:
    desk.write(
        CONFIG,
        config("  - {vars: {word: a}, assert: [{type: equals, value: a}]}\n", "[{label: x, raw: 'Say {{word}}'}]"),
    )
    mine = desk.write("ours/x.golden.yaml", "mine")
    done = desk.take("promptfoo")
    assert (done.code, mine.read_text(), len([*done.into.iterdir()])) == (2, "mine", 1)
    assert "these files are there already: x.golden.yaml" in done.err
    assert desk.take("promptfoo", ".", "--force").code == 0
    assert mine.read_text() != "mine"
    assert sorted(path.name for path in done.into.iterdir()) == ["x.golden.yaml", "x.prompt.md"]


def test_the_same_test_twice_is_taken_once_and_others_get_names_of_their_own(desk) -> None:
    tests = [
        "{vars: {word: a}, assert: [{type: equals, value: a}]}",
        "{vars: {word: a}, assert: [{type: equals, value: a}]}",
        "{vars: {word: a}, assert: [{type: equals, value: b}]}",
        "{description: same, vars: {word: b}, assert: [{type: equals, value: b}]}",
        "{description: same, vars: {word: c}, assert: [{type: equals, value: c}]}",
        "{description: 'a::b', vars: {word: d}, assert: [{type: equals, value: d}]}",
    ]
    desk.write(CONFIG, config("".join(f"  - {test}\n" for test in tests)))
    done = desk.take("promptfoo")
    cases = done.only().cases
    assert len(cases) == len({case.id for case in cases}) == 5
    assert [case.id for case in cases[2:4]] == ["same", "same-2"]
    assert cases[1].id.endswith("-2")
    assert cases[4].metadata["description"] == "a::b"
    assert f"{CONFIG}:4: the case {cases[0].id}: it is there twice" in done.out


def test_a_large_set_is_written_as_json_lines(desk) -> None:
    rows = "".join(f"w{number},equals:w{number}\n" for number in range(300))
    desk.write(CONFIG, "prompts: ['{{word}}']\ntests: t.csv\n")
    desk.write("t.csv", f"word,__expected\n{rows}")
    done = desk.take("promptfoo", CONFIG, "--evaluator", "length: {max_words: 1}")
    [path] = done.into.glob("*.golden.jsonl")
    assert json.loads(path.read_text().splitlines()[0]) == {
        "evaluators": [{"length": {"max_words": 1}}, {"exact": {"strip": False}}]
    }
    assert len(done.only().cases) == 300


def test_no_file_outside_of_the_folder_is_read_and_nothing_is_run(desk, tmp_path_factory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("secret")
    for name in (str(outside), os.path.relpath(outside, desk.folder)):
        desk.write(CONFIG, config(f"  - {{vars: {{word: 'file://{name}'}}, assert: [{{type: equals, value: a}}]}}\n"))
        done = desk.take("promptfoo")
        assert done.code == 2
        assert "outside of the root directory" in done.err
    desk.write("evil.py", "raise SystemExit('run')")
    desk.write(CONFIG, config("  - file://evil.py:tests\n  - {vars: {word: a}, assert: [{type: equals, value: a}]}\n"))
    assert desk.take("promptfoo").code == 0
    desk.write("promptfooconfig.js", "module.exports = {}")
    done = desk.take("promptfoo", "promptfooconfig.js")
    assert "a configuration that is code" in done.err


@pytest.mark.skipif(not WILD.is_dir(), reason="no GOLDENPROMPT_CORPUS")
def test_the_configuration_of_a_cookbook_is_carried(desk) -> None:
    path = WILD / "anthropics__anthropic-cookbook" / "skills" / "classification" / "evaluation"
    done = desk.take("promptfoo", str(path), "--provider", "python:answers:classify")
    dataset = done.only()
    assert (len(dataset.cases), dataset.provider) == (68, "python:answers:classify")
    assert dataset.cases[0].inputs["label"] == "Billing Inquiries"
    assert passes(dataset.cases[0], "It is Billing Inquiries")
    assert not passes(dataset.cases[0], "It is Quotes and Proposals")
    assert f"{CONFIG}:40: the option transform: it is code" in done.out
    assert "not carried: 9\n" in done.out


def test_half_a_character_is_told_and_ends_no_import(desk) -> None:
    test = {"vars": {"word": "\ud800"}, "assert": [{"type": "contains", "value": "a"}]}
    files = (
        {"prompts": ["Say {{word}}", "\ud800 {{word}}"], "tests": [test]},
        {"prompts": ["x"], "tests": "file://\ud800"},
    )
    desk.write("whole.json", json.dumps(files[0]))
    done = desk.take("promptfoo", "whole.json")
    assert done.code == 0, done.err
    assert "it holds half of a character" in done.out
    assert done.dataset("whole.golden.jsonl").cases[0].inputs == {"word": "\ud800"}
    desk.write("name.json", json.dumps(files[1]))
    assert "name.json:1: no name of a file" in desk.take("promptfoo", "name.json").err


def test_a_name_that_another_test_has_is_not_given_to_a_third(desk) -> None:
    tests = [
        f"{{description: {name}, vars: {{word: {word}}}, assert: [{{type: equals, value: {word}}}]}}"
        for name, word in (("same", "a"), ("same", "b"), ("same-2", "c"))
    ]
    desk.write(CONFIG, 'prompts: ["{{word}}"]\ntests:\n' + "".join(f"  - {test}\n" for test in tests))
    done = desk.take("promptfoo")
    assert [case.id for case in done.only().cases] == ["same", "same-3", "same-2"], done.err


def test_a_threshold_of_nought_makes_no_case_that_passes_whatever_is_said(desk) -> None:
    checks = "assert: [{type: equals, value: a}]"
    tests = [
        f"{{vars: {{word: a}}, threshold: 0, {checks}}}",
        f"{{vars: {{word: b}}, assert: [{{type: assert-set, threshold: 0, {checks}}}]}}",
        f"{{vars: {{word: c}}, {checks}}}",
    ]
    desk.write(CONFIG, 'prompts: ["{{word}}"]\ntests:\n' + "".join(f"  - {test}\n" for test in tests))
    done = desk.take("promptfoo")
    [case] = done.only().cases
    assert not passes(case, "b")
    assert f"{CONFIG}:3: the threshold: from 0 on every answer passes" in done.out
    assert f"{CONFIG}:4: the assertion assert-set: from 0 on every answer passes" in done.out
    assert f"{CONFIG}:3, 4: the case here: it has no check that could be carried" in done.out


def test_white_space_around_a_value_in_a_table_is_taken_off(desk) -> None:
    desk.write(CONFIG, "prompts: ['{{word}}']\ntests: tests.csv\n")
    desk.write("tests.csv", "word,__expected\na,not-contains: foo\nb,equals: b \n")
    absent, equal = desk.take("promptfoo").only().cases
    assert not passes(absent, "foo first")
    assert passes(equal, "b")


def test_a_test_of_which_time_alone_can_be_carried_is_left(desk) -> None:
    graded = "{type: llm-rubric, value: nice}"
    tests = [
        f"{{vars: {{word: a}}, assert: [{{type: latency, threshold: 9}}, {graded}]}}",
        f"{{vars: {{word: b}}, threshold: 0.5, assert: [{{type: cost, threshold: 9}}, {graded}]}}",
        "{vars: {word: c}, assert: [{type: latency, threshold: 9}]}",
    ]
    desk.write(CONFIG, 'prompts: ["{{word}}"]\ntests:\n' + "".join(f"  - {test}\n" for test in tests))
    done = desk.take("promptfoo")
    assert [case.inputs["word"] for case in done.only().cases] == ["c"]
    assert f"{CONFIG}:3, 4: the case here: it has no check that could be carried" in done.out
