from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import PromptVerdict
from pytest_goldenprompt.reports.detail import case_detail, prompt_detail
from pytest_goldenprompt.reports.inert import inert, one_line, prefixed, quoted
from pytest_goldenprompt.reports.runs_table import runs_table
from pytest_goldenprompt.reports.terminal import summary
from unit.reports.views import case, of_then, plain, record, view

HOSTILE = {
    "ansi": "\x1b[2J\x1b[31mred",
    "osc": "\x1b]0;title\x07\x1b]8;;http://x\x1b\\link",
    "c1": "\x9b31m\x9d0;title\x9c",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200f\u061c",
    "hidden": "a\u200bb\u00adc\ufeffd\u2060e\U000e0041",
    "surrogates": "\ud800 and \udc00",
    "command": "::error file=x::boo",
    "command later": "fine\n::error::boo\n  ::add-mask::x",
    "old command": "##[error]boo ##vso[task.setvariable variable=x]y ##teamcity[x]",
    "return": "fine\r::error::boo\r\n::error::boo",
    "separators": "a\u2028::error::b\u2029::error::c\x85::error::d\x0b::error::e\x0c::error::f\x1c::error::g",
    "nul and backspace": "a\0b\b\b\b::error::",
    "delete": "\x7f",
}
RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
ANY = st.text(st.characters(codec=None, categories=None) | st.sampled_from("\n\r\t:#[\x1b\u202e\u2028"), max_size=60)


def harmless(lines):
    """Check lines as they reach a terminal or a log, whatever that takes for the end of a line."""
    for line in "\n".join(lines).splitlines():
        assert not RAW.search(line)
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##[a-z]*\[", line)
    assert all("\n" not in line for line in lines)
    "\n".join(lines).encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_neither_raw_nor_first_in_a_line(text):
    harmless([quoted(f"x{text}"), one_line(text), *prefixed(text, "| "), *prefixed(text, "    | ", 5)])


@settings(deadline=None)
@given(ANY)
def test_any_text_is_neither_raw_nor_first_in_a_line(text):
    harmless([one_line(text), *prefixed(text, "| ")])
    harmless([f"why {quoted(text)}"])


@pytest.mark.parametrize(
    "text", ["plain", "a: b", "x::y", "#heading", "## [link]", "ümlaut 漢字 🎉", "\\u001b", "a\tb\nc"]
)
def test_harmless_text_stays_as_it_is(text):
    assert inert(text) == text


def test_what_is_escaped_can_be_read():
    assert inert("\x1b[0m \ud800 \U000e0041 ##[x]") == "\\u001b[0m \\ud800 \\U000e0041 \\u0023#[x]"
    assert quoted("a\tb\nc") == "a b\\nc"
    assert one_line(" ::error::x") == " \\u003a:error::x"


def test_a_cut_says_how_much_is_left_out():
    assert inert("abcdef", 4) == "abcd [... 2 more characters]"
    assert inert("abcd", 4) == "abcd"
    assert quoted("a" * 200) == "a" * 160 + " [... 40 more characters]"
    assert prefixed("ab\ncd", "| ", 3) == ["| ab", "|  [... 2 more characters]"]


def everything(shown):
    """Give all lines of a run's summary, of each prompt and of each case."""
    lines = plain(summary(shown))
    for prompt in shown.verdict.prompts:
        lines += plain(prompt_detail(shown, prompt))
        for outcome in prompt.outcomes:
            lines += plain(case_detail(shown.case(prompt.id, outcome)))
    return lines


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_report_lets_model_text_through(text):
    now = record(
        case("a", text, reason=text),
        case("b", "yes", error=text),
        case("c", missing=text),
        prompts={"q": {"error": f"cannot be read: {text}"}},
    )
    shown = view(now, of_then(case("a", "yes"), case("b", "yes"), case("c", "yes")), text)
    lines = everything(shown)
    harmless(lines)
    assert sum("|" in line for line in lines) > 5


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_report_lets_a_name_or_a_sentence_through(text):
    shown = view(
        record(case(text, "no", prompt=text, tags=(text,)), run_id=text), of_then(case(text, "yes", prompt=text))
    )
    (prompt,) = shown.verdict.prompts
    told = replace(prompt, owner=text, reasons=(text, *prompt.reasons), cause=(text,), needs=text)
    shown.verdict = replace(shown.verdict, prompts=(told,), reasons=(text, *shown.verdict.reasons))
    shown.reference = replace(shown.reference, month=text)
    harmless(everything(shown))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_table_of_runs_lets_nothing_through(text):
    table = runs_table([(text, "2026-10", "check", "pass", "1 prompts", text), ("r2", text, "", "", "", "")])
    harmless(table.split("\n"))
    assert len(table.split("\n")) == 4


def test_five_megabytes_on_one_line_are_cut_and_shown_at_once():
    long = "\x1b[31mx" * 800_000
    shown = view(
        record(case("a", long), case("b", "yes", error=long)), of_then(case("a", "yes"), case("b", "yes")), long
    )
    lines = everything(shown)
    harmless(lines)
    assert max(map(len, lines)) < 200_000
    assert sum(map(len, plain(summary(shown)))) < 10_000
    assert any("more characters]" in line for line in lines)


def test_a_prompt_of_another_tool_may_have_any_name():
    prompt = PromptVerdict("::error::x\ny", "d", judge(None, record(case("a", "yes")), Policy()).state)
    shown = view(record(case("a", "yes")))
    shown.verdict = replace(shown.verdict, prompts=(prompt,))
    harmless(plain(summary(shown)))
