"""The page of a run as text: what its data holds, what it leaves out, and that nothing in it is markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.model.waiver import Waiver
from pytest_goldenprompt.reports.page.assemble import html_page
from pytest_goldenprompt.reports.page.content import Subject, content
from pytest_goldenprompt.reports.page.encoding import encoded, size
from pytest_goldenprompt.reports.page.pool import LONGEST, Pool
from pytest_goldenprompt.reports.page.sentences import headline, month_name, then_name
from unit.reports.test_inert import ANY, HOSTILE
from unit.reports.views import case, of_then, record, view

THEN = of_then(case("a", "yes"), case("b", "yes"), case("c", "no"))
SAME = record(case("a", "yes"), case("b", "yes"), case("c", "no"))
WORSE = record(case("a", "yes"), case("b", "no"), case("c", "no"))
SCRIPT_LIMIT = 60_000


def data_of(subject, room=None):
    text = content(subject) if room is None else content(subject, room)
    return json.loads(text)


def subject_of(*arguments, questions=None, **more):
    return Subject(view(*arguments, **more), questions or {})


def texts(found, *numbers):
    return [found["texts"][number] for number in numbers]


@given(st.lists(ANY | st.dictionaries(ANY, ANY, max_size=3), max_size=4))
def test_any_data_comes_back_and_ends_no_element(value):
    text = encoded(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029\x7f\x85")
    assert len(text.encode("utf-8")) == size(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_page_of_hostile_names_holds_no_markup_of_theirs(text):
    odd = f"<script>{text}</script><!--"
    found = html_page(
        subject_of(record(case(odd, odd, prompt=odd, reason=odd)), of_then(case(odd, "yes", prompt=odd)), odd)
    )
    assert found.count("<script") == 2
    assert "<!--" not in found
    found.encode("utf-8")


def test_a_text_is_held_once_and_one_that_is_cut_says_by_how_much():
    pool = Pool()
    assert [pool.add(text) for text in ("one", "two", "one")] == [0, 1, 0]
    assert pool.add("x" * (LONGEST + 7)) == 2
    assert pool.add("one", 2) == 3
    held = json.loads(pool.text())
    assert held == ["one", "two", ["x" * LONGEST, 7], ["on", 1]]
    assert pool.bytes == size(pool.text()) - 1


def test_what_was_added_since_a_mark_is_forgotten():
    pool = Pool()
    pool.add("one")
    mark, text = pool.mark(), pool.text()
    pool.add("two")
    pool.add("one")
    pool.back(mark)
    assert (pool.mark(), pool.text(), pool.add("three")) == (mark, text, 1)


def test_a_case_has_its_row_and_its_details():
    now = record(case("a", "yes"), case("b", "no", tags=("lang:de",), must_pass=True), case("c", "no"))
    asked = Case(
        "b",
        {"text": "late", "data": {"n": [1]}},
        expected=["yes"],
        evaluators=(EvaluatorSpec("exact"), EvaluatorSpec("json", {"x": 1}, transform=(TransformSpec("json"),))),
        messages=(Message("user", "hello"),),
        metadata={"ticket": 4711},
    )
    found = data_of(subject_of(now, THEN, questions={("p", "b"): asked}))
    assert found["outcomes"][found["rows"][1][2]] == "regressed"
    assert found["rows"][1][:2] + found["rows"][1][3:9] == [0, "b", 1, 1, 0, 1, 3, [0]]
    assert found["tags"] == ["lang:de"]
    detail = found["details"]["1"]
    [then], [late] = detail["then"], detail["now"]
    assert (then["passed"], late["passed"]) == (1, 0)
    assert texts(found, then["output"], late["output"], *late["why"]) == ["yes", "no", "exact: not what was expected"]
    told = detail["asked"]
    assert [[name, *texts(found, number)] for name, number in told["inputs"]] == [
        ["text", "late"],
        ["data", '{\n  "n": [\n    1\n  ]\n}'],
    ]
    assert [[role, *texts(found, number)] for role, number in told["turns"]] == [["user", "hello"]]
    assert [[name, *texts(found, number)] for name, number in told["noted"]] == [["ticket", "4711"]]
    assert texts(found, told["expected"], *told["checks"]) == ['[\n  "yes"\n]', "exact", 'json {"x":1} after json']


def test_the_prompts_text_then_is_there_where_it_was_another():
    def told(then, now):
        before = of_then(case("a", "yes"), prompts={"p": {"digest": "d1"}})
        shown = view(record(case("a", "yes"), prompts={"p": {"digest": now}}), before)
        shown.texts = {"d1": then, "d2": "new", **shown.texts}
        shown.texts_then = lambda: shown.texts
        found = data_of(Subject(shown, {}))
        return {
            name: found["texts"][found["prompts"][0][name]]
            for name in ("text", "textThen")
            if name in found["prompts"][0]
        }

    assert told("old", "d2") == {"text": "new", "textThen": "old"}
    assert told("old", "d1") == {"text": "old"}


def many(number, words=40):
    """Give a run of many cases with answers of their own: every tenth got worse, and every tenth fails as before."""

    def answer(index, when):
        return f"{index} {when} " + "word " * words

    def cases(when):
        for index in range(number):
            bad = index % 10 == 0 and when == "now"
            good = not bad and index % 10 != 1
            yield case(f"c{index:04}", "yes" if good and when == "now" and index % 2 else answer(index, when))

    then = of_then(*cases("then"))
    told = replace(then, cases=tuple(_graded(one, lambda index: index % 10 != 1) for one in then.cases))
    now = record(*cases("now"))
    graded = replace(now, cases=tuple(_graded(one, lambda index: index % 10 > 1) for one in now.cases))
    answers = [answer(index, when) for index in range(number) for when in ("then", "now")]
    questions = {
        ("p", f"c{index:04}"): Case(f"c{index:04}", {"text": f"question {index} " * 9}) for index in range(number)
    }
    return subject_of(graded, told, *answers, questions=questions)


def _graded(one, passes):
    good = passes(int(one.case_id[1:]))
    return replace(one, repeats=tuple(replace(repeat, passed=good, score=float(good)) for repeat in one.repeats))


def test_everything_is_told_where_there_is_room():
    subject = many(60)
    found = data_of(subject)
    assert (len(found["rows"]), len(found["details"]), found["leftOut"]) == (60, 60, [])
    assert not any("depth" in detail for detail in found["details"].values())


@pytest.mark.parametrize("room", [16_000, 30_000, 45_000, 60_000, 90_000])
def test_a_page_keeps_within_its_room_and_drops_what_weighs_least_first(room):
    subject = many(200)
    text = content(subject, room)
    found = json.loads(text)
    assert size(text) <= room + 1_000
    assert len(found["rows"]) == 200
    assert found["leftOut"]
    depth = {int(row): detail.get("depth", 0) for row, detail in found["details"].items()}
    worst, failing, good = (
        [depth.get(row, 9) for row in range(200) if row % 10 in of] for of in ((0,), (1,), range(2, 10))
    )
    assert max(worst) <= min(failing) <= max(failing) <= min(good)
    assert content(many(200), room) == text


def test_what_is_left_out_is_said():
    assert data_of(many(200), 90_000)["leftOut"] == [
        "160 cases passing as before: what was asked, no answer, texts up to 800 characters"
    ]
    assert data_of(many(200), 16_000)["leftOut"] == [
        "13 cases named by the gate: one answer of each run, texts up to 800 characters",
        "7 cases named by the gate: no texts",
        "20 cases failing as before: no texts",
        "160 cases passing as before: no texts",
    ]


def test_the_same_run_gives_the_same_bytes():
    assert html_page(many(30)) == html_page(many(30))


def test_the_policy_names_the_script_and_the_style_and_nothing_else():
    page = html_page(subject_of(WORSE, THEN))
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    [style], [script] = (
        re.findall(pattern, page, re.DOTALL) for pattern in (r"<style>(.*?)</style>", r"<script>(.*?)</script>")
    )
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert len(script.encode()) < SCRIPT_LIMIT
    assert max(map(len, script.splitlines())) <= 140  # it is written to be read
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|fetch\(|XMLHttp|import\(", script
    )
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", style + script)


def test_a_secret_is_masked_wherever_it_stands():
    key = "sk-" + "a1B2c3" * 5
    now = record(case("a", f"my {key}", reason=f"found {key}", tags=(key,)), case("b", error=f"401 for {key}"))
    shown = subject_of(now, THEN, f"my {key}", questions={("p", "a"): Case("a", {key: key}, key)})
    page = html_page(shown)
    assert key not in page
    assert "[masked: an API key]" in page


def test_a_run_that_is_not_stored_has_no_commands():
    found = data_of(subject_of(WORSE, THEN, name=""))["head"]
    assert (found["show"], found["accept"]) == ("", "")


def test_a_waiver_is_proposed_until_a_month_after_the_run():
    def until(finished):
        return data_of(subject_of(replace(WORSE, finished=finished), THEN))["head"]["until"]

    assert until("2026-11-12T06:14:09Z") == "2026-12-12"
    assert until("") == ""


@pytest.mark.parametrize(
    ("month", "name"),
    [
        ("2026-10", "October"),
        ("2025-12", "December"),
        ("2025-11", "November 2025"),
        ("2024-01", "January 2024"),
        ("odd", "odd"),
    ],
)
def test_a_month_is_named_as_people_do(month, name):
    assert month_name(month, "2026-11") == name


def test_a_stored_run_of_this_month_is_not_named_by_it():
    assert then_name(view(SAME, THEN)) == "October"
    assert then_name(view(replace(SAME, month="2026-10"), THEN)) == "the stored run"
    assert then_name(view(SAME)) == "the stored run"


def two(now, then, other="yes"):
    """Give two prompts, of which the second answers `other` now."""
    return view(record(*now.cases, case("z", other, prompt="q")), of_then(*then.cases, case("z", "yes", prompt="q")))


BAR = {"p": {"min_pass_rate": 0.9}}
LUCKY = of_then(*(case(f"c{n}", *["yes"] * 4, *["no"]) for n in range(8)), sure=False)
UNLUCKY = record(*(case(f"c{n}", "yes" if n else "no") for n in range(8)), sure=False)
DOWN = record(case("a", "yes"), case("b", error="HTTP 500"), case("c", "no"))
SENTENCES = {
    "Nothing got worse: 1 prompt does as well as in October.": view(SAME, THEN),
    "Nothing got worse: 2 prompts do as well as in October.": two(SAME, THEN),
    "p got worse: 33.3 % of its answers pass, 66.7 % did in October.": view(WORSE, THEN),
    "p got worse: 1 of 2 cases that passed last time fails now.": view(
        record(case("a", "yes"), case("b", "no"), case("c", "yes")), THEN
    ),
    "2 of 2 prompts got worse: q and p.": two(WORSE, THEN, "no"),
    "First results of 1 prompt: from now on, later runs are compared with them.": view(SAME, first=True),
    "There is nothing to compare with yet: no results of an earlier run are stored.": view(SAME),
    "Nothing is shown to be worse, but luck still hides the answer for p.": view(UNLUCKY, LUCKY),
    "Not every case has a result: p.": view(DOWN, THEN),
    "p got worse: 0 % of its answers pass, 100 % did in October. The run is not complete, so there may be more.": view(
        record(case("a", "no"), case("b", error="HTTP 500")), of_then(case("a", "yes"), case("b", "yes"))
    ),
    "p cannot be read, so there is no verdict.": view(record(prompts={"p": {"error": "p.yaml:1: no"}}), THEN),
    "Cases that used to pass are gone: p.": view(record(case("a", "yes"), case("c", "no")), THEN),
    "Cases that used to pass were edited, and fail now: p.": view(
        record(case("a", "yes"), case("b", "no", digest="e"), case("c", "no")), THEN
    ),
    "The run ended early: the budget is used up.": view(
        record(case("a", "yes"), case("b", missing="not run"), case("c", "no"), stopped=("the budget is used up",)),
        THEN,
    ),
    "No golden case was run.": view(record(case("a", missing="not run"), prompts={"p": {}}), THEN),
    "Only a part of the library was run, and nothing in it got worse.": view(
        record(case("a", "yes"), case("b", missing="deselected"), case("c", "no"), narrowed=("-k a",)), THEN
    ),
    "Not every case has a result: q.": view(
        record(
            case("a", "yes"), case("b", missing="deselected"), case("z", error="503", prompt="q"), narrowed=("-k a",)
        ),
        of_then(case("a", "yes"), case("b", "yes"), case("z", "yes", prompt="q")),
    ),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_happened_is_one_sentence(sentence):
    assert headline(SENTENCES[sentence]) == sentence


def test_a_new_prompt_under_its_bar_is_said_to_be():
    now = record(case("n", "no", prompt="new"), *SAME.cases, prompts={"new": {"min_pass_rate": 0.9}})
    assert headline(view(now, THEN)) == "new is new and does not reach its bar: 0 % of its answers pass."


def test_many_prompts_are_counted():
    then = of_then(*(case("a", "yes", prompt=f"p{n}") for n in range(5)))
    now = record(*(case("a", "no", prompt=f"p{n}") for n in range(5)))
    assert headline(view(now, then)) == "5 of 5 prompts got worse: p0, p1, p2 and 2 more."


def test_a_slide_is_told_against_the_approved_run():
    shown = view(WORSE, THEN)
    [prompt] = shown.verdict.prompts
    drifted = replace(prompt, state=State.DRIFTED)
    shown.verdict = replace(shown.verdict, state=State.DRIFTED, prompts=(drifted,))
    assert headline(shown) == "p got worse: 33.3 % of its answers pass, 66.7 % did in the approved run."


def test_a_run_that_only_a_lapsed_waiver_fails_says_so():
    waiver = Waiver("gone", "jane", "known", "2026-11-01", kind="mean", most_drop=0.1)
    shown = view(SAME, THEN)
    shown.verdict = decide(References(THEN), SAME, Policy(waivers=(waiver,)), today="2026-11-12")
    assert shown.verdict.state is State.REGRESSED
    assert headline(shown).startswith("The waiver of jane for gone, mean only lapsed on 2026-11-01")
