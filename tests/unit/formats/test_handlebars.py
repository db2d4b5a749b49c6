from __future__ import annotations

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats import handlebars
from pytest_goldenprompt.formats.render import render, unused_inputs, variables
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.prompt import Message, Prompt, Template


def prompt_with(body: str, language: str = "handlebars", **settings) -> Prompt:
    return Prompt("p", "p.prompt", (), "", template=Template(language, body, blank="", **settings))


def filled(body: str, language: str = "handlebars", optional: tuple[str, ...] = (), **inputs) -> str:
    [message] = render(prompt_with(body, language, optional=optional), Case("c", inputs))
    return message.content


@pytest.mark.parametrize(
    ("body", "inputs", "text"),
    [
        ("Hi {{ name }}{{{name}}}{{&name}}!", {"name": "<Eve>"}, "Hi <Eve><Eve><Eve>!"),
        ("{{a}}{{b}}", {"a": "{{b}}", "b": "{{a}}"}, "{{b}}{{a}}"),
        ("{{a}} {{b}} {{c}} {{d}} {{e}}.", {"a": 1, "b": 2.0, "c": 0.5, "d": True, "e": None}, "1 2 0.5 true ."),
        ("{{a.b}} {{a/b}} {{this.a.b}} {{a.c.1}}", {"a": {"b": "x", "c": [1, 2]}}, "x x x 2"),
        ("\\{{a}} {{a}}", {"a": 1}, "{{a}} 1"),
        ('{"a": {"b": {{a}}}} }', {"a": 1}, '{"a": {"b": 1}} }'),
        ("{{!-- {{a}} --}}x{{! b }}", {}, "x"),
        ("a  {{~ a ~}}  b", {"a": 1}, "a1b"),
        ("{{json a}} {{json a indent=2}}", {"a": {"x": ["é"]}}, '{"x":["é"]} {\n  "x": [\n    "é"\n  ]\n}'),
        ("{{json this}}", {"a": 1, "b": None}, '{"a":1,"b":null}'),
        ("{{#if a}}yes{{else}}no{{/if}}", {"a": []}, "no"),
        ("{{#if a}}yes{{else}}no{{/if}}", {"a": {}}, "yes"),
        ("{{#unless a}}yes{{^}}no{{/unless}}", {"a": 0}, "yes"),
        ("{{#if a}}1{{else if b}}2{{else if c}}3{{else}}4{{/if}}", {"a": 0, "b": "", "c": 1}, "3"),
        ("{{#if a}}1{{else if b}}2{{else}}4{{/if}}!", {"a": 0, "b": ""}, "4!"),
        ("{{#if age >= 18}}adult{{else}}minor{{/if}}", {"age": 17}, "minor"),
        ("{{#if a == 'x'}}1{{/if}}{{#unless a != \"x\"}}2{{/unless}}", {"a": "x"}, "12"),
        ("{{#ifEquals a 1}}1{{else}}2{{/ifEquals}}{{#unlessEquals a b}}3{{/unlessEquals}}", {"a": 1, "b": 2}, "13"),
        ("{{#each a}}{{@index}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}", {"a": ["x", "y"]}, "0x, 1y"),
        ("{{#each a as |x i|}}{{i}}{{x.n}}{{../b}}{{@root.b}};{{/each}}", {"a": [{"n": 1}], "b": 2}, "0122;"),
        ("{{#each a}}{{@key}}={{.}} {{/each}}", {"a": {"x": 1, "y": 2}}, "x=1 y=2 "),
        ("{{#each a}}{{#if note}}{{note}}{{else}}-{{/if}}{{/each}}", {"a": [{}, {"note": "n"}]}, "-n"),
        ("{{#each a}}x{{else}}none{{/each}}", {"a": []}, "none"),
        ("{{#with a}}{{b}}{{/with}}", {"a": {"b": 1}}, "1"),
        ("{{#a}}[{{b}}]{{/a}}{{^c}}none{{/c}}", {"a": [{"b": 1}, {"b": 2}], "c": []}, "[1][2]none"),
        ("{{#on}}{{b}}{{/on}}", {"on": True, "b": 1}, "1"),
        ("A\n{{#if a}}\nB\n{{else}}\nC\n{{/if}}\n  {{! x }}  \nD\n", {"a": 1}, "A\nB\nD\n"),
    ],
)
def test_the_subset_gives_what_handlebars_gives(body, inputs, text) -> None:
    assert filled(body, **inputs) == text


def test_mustache_escapes_and_looks_around() -> None:
    text = filled("{{a}}{{{a}}}{{&a}}{{#b}}{{.}}{{a}};{{/b}}", "mustache", a='<"&">', b=[1])
    assert text == '&lt;&quot;&amp;&quot;&gt;<"&"><"&">1&lt;&quot;&amp;&quot;&gt;;'


@pytest.mark.parametrize(
    ("body", "line", "why"),
    [
        ("a\n{{b}}", 2, "unknown name in the template, found 'b'"),
        ("a\n{{a.b}}", 2, "unknown name in the template, found 'a.b'"),
        ("{{#if b}}{{/if}}", 1, "unknown name in the template, found 'b'"),
        ("{{#each a}}{{x.y}}{{/each}}", 1, "unknown name in the template, found 'x.y'"),
        ("\n\n{{#if a}}\n{{#each a}}\n{{/if}}", 5, "does not close each of line 4"),
        ("\n{{#if a}}", 2, "a block without an end"),
        ("{{/if}}", 1, "closes no block"),
        ("{{else}}", 1, "without a block"),
        ("{{#if a}}{{else}}{{else}}{{/if}}", 1, "without a block"),
        ("x\n}} y", 2, "braces that close no tag"),
        ("x\n{{ y", 2, "braces that open no tag"),
        ("{{upper a}}", 1, "not filled here, found '{{upper a}}'"),
        ("{{#repeat a 3}}{{/repeat}}", 1, "not filled here"),
        ("{{json (lookup a 0)}}", 1, "not filled here"),
        ("{{#if a >=}}{{/if}}", 1, "if with 2 words"),
        ("{{json a b}}", 1, "json with 2 words"),
        ("{{a}}", 1, "data where text is needed, found a list of 1 as a; .*{{json a}}"),
        ("{{#each c}}{{/each}}", 1, "`each` of what is no list, found 1"),
        ("{{#if a > 1}}{{/if}}", 1, "cannot be compared, found a list of 1 > 1"),
        ("{{media url=a}}", 1, "{{media}} is no text"),
        ('a\n{{role "narrator"}}', 2, "no role, found 'narrator'"),
        ("{{section 'thought'}}", 1, "{{section}} is no text"),
        ("{{#if a}}" * 70 + "{{/if}}" * 70, 1, "nested too deep"),
    ],
)
def test_what_cannot_be_filled_is_told_with_its_line(body, line, why) -> None:
    with pytest.raises(InputError, match=why) as caught:
        filled(body, a=["x"], c=1)
    assert (caught.value.where, caught.value.line) == ("p.prompt", line)


def test_an_input_that_may_be_absent_is_nothing() -> None:
    assert filled("{{#if b}}x{{else}}y{{b}}{{/if}}", optional=("b",)) == "y"


def test_loops_and_texts_have_an_end(monkeypatch) -> None:
    monkeypatch.setattr(handlebars, "MOST_STEPS", 5_000)
    each = "{{#each a}}" * 5 + "x" + "{{/each}}" * 5
    with pytest.raises(InputError, match="more than 5,000 steps"):
        filled(each.replace("#each a", "#each @root.a"), a=[1] * 50)
    with pytest.raises(InputError, match="more than 8,388,608 characters"):
        filled("{{#each a}}{{@root.b}}{{/each}}", a=[1] * 100, b="x" * 100_000)


def test_roles_and_history_make_messages() -> None:
    body = '{{role "system"}}\nSort.\n{{#role "user"}}Hi{{/role}}\n{{history}}{{role "model"}}Yes{{role \'user\'}}{{a}}'
    more = (Message("user", "{{a}}"), Message("assistant", "no"))
    prompt = prompt_with(body, threads=("history",))
    found = [(one.role, one.content) for one in render(prompt, Case("c", {"a": "system:"}, messages=more))]
    assert found == [
        ("system", "\nSort.\n"),
        ("user", "Hi"),
        ("user", "{{a}}"),
        ("assistant", "no"),
        ("assistant", "Yes"),
        ("user", "system:"),
    ]


def test_partials_are_filled_where_they_stand() -> None:
    parts = {"rule": "{{word}}{{#each a}}{{> item mark='!'}}{{/each}}", "item": "{{n}}{{mark}}"}
    [message] = render(prompt_with("{{>rule}}", parts=parts), Case("c", {"word": "W", "a": [{"n": 1}, {"n": 2}]}))
    assert message.content == "W1!2!"
    with pytest.raises(InputError, match=r"^p\.prompt:2: in the partial 'rule', line 1: unknown name"):
        render(prompt_with("\n{{>rule}}", parts=parts), Case("c", {}))
    with pytest.raises(InputError, match="partials nested too deep"):
        render(prompt_with("{{>a}}", parts={"a": "{{>a}}"}), Case("c", {}))


def test_names_are_those_of_the_inputs() -> None:
    body = "{{a.b}}{{#each list}}{{this}}{{@index}}{{../c}}{{@root.d}}{{/each}}{{#if e > 1}}{{>p x=f}}{{/if}}"
    prompt = prompt_with(body, parts={"p": "{{this.g}}"}, inputs=("h",))
    assert variables(prompt) == {"a", "list", "c", "d", "e", "f", "g", "h"}
    with pytest.raises(InputError, match="found 'z'"):
        unused_inputs(prompt, Dataset("d", (Case("c", {"z": 1}),), ""))
    assert variables(prompt_with("{{json this}}")) is None
    unused_inputs(prompt_with("{{json this}}"), Dataset("d", (Case("c", {"z": 1}),), ""))
