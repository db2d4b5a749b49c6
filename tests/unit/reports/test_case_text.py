from __future__ import annotations

import pytest

from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome
from pytest_goldenprompt.reports.case_text import CaseView, case_lines, history, look_closer, passes
from unit.reports.views import case, name_of, of_then, record, view


def shown(then, now, *texts, reason="exact: wrong"):
    made = CaseView(
        "p",
        CaseOutcome("a", Outcome.REGRESSED, 1, 1, 0, 1),
        case("a", *now, reason=reason),
        case("a", *then) if then is not None else None,
        {name_of(text): text for text in ("yes", *texts)},
        "2026-10",
    )
    return case_lines(made, "")


def test_short_answers_stand_below_each_other_with_the_reason():
    assert shown(["yes"], ["no"], "no") == ["then    | yes", "now     | no", "why     exact: wrong"]


def test_a_case_without_history_shows_what_it_is_now():
    assert shown(None, ["no"], "no") == ["now     | no", "why     exact: wrong"]


def test_a_case_whose_texts_are_not_kept_shows_why():
    assert shown(["other"], ["no"]) == ["why     exact: wrong"]


@pytest.mark.parametrize("longer", ["word " * 40 + "end", "two\nlines", "\n"])
def test_long_answers_are_a_diff_behind_a_bar(longer):
    lines = shown(["yes"], [longer], longer)
    assert any(line.startswith("| - ") for line in lines)
    assert any(line.startswith("| + ") for line in lines)
    assert all(line.startswith(("| ", "why     ")) for line in lines)


def test_a_long_answer_that_failed_then_and_now_alike_is_shown_and_not_compared():
    long = "word " * 40
    lines = shown([long], [long], long)
    assert lines[:2] == [
        f"then    | {long[:160]} [... 40 more characters]",
        f"now     | {long[:160]} [... 40 more characters]",
    ]


def test_the_answer_that_tells_most_is_shown():
    lines = shown(["no", "yes"], ["yes", "no", "worse"], "no", "worse")
    assert lines[:2] == ["then    | yes", "now     | no"]


def test_an_error_then_does_not_hide_the_answer_that_passed():
    then = CaseResult("p", "a", "d", (*case("a", error="HTTP 500").repeats, *case("a", "yes").repeats))
    made = CaseView("p", CaseOutcome("a", Outcome.REGRESSED), case("a", "no"), then, {name_of("yes"): "yes"})
    assert case_lines(made, "") == ["then    | yes", "why     exact: not what was expected"]


def test_an_error_now_is_shown_where_no_answer_failed_and_behind_a_bar():
    made = CaseView("p", CaseOutcome("a", Outcome.MISSING), case("a", error="HTTP 500\n::error::x"), None, {})
    assert case_lines(made, "  ") == ["  error   | HTTP 500", "  error   | ::error::x"]
    both = CaseView("p", CaseOutcome("a", Outcome.MISSING), case("a", "no", error="HTTP 500"), None, {})
    assert case_lines(both, "") == ["why     exact: not what was expected"]


def test_a_case_without_repeats_has_no_lines():
    assert case_lines(CaseView("p", CaseOutcome("a", Outcome.MISSING), case("a"), None, {}), "") == []


def test_every_reason_is_told_cut_and_on_one_line():
    repeat = Repeat(reasons=("json: a\nb", "x" * 300))
    made = CaseView("p", CaseOutcome("a", Outcome.FAILING), CaseResult("p", "a", "d", (repeat,)), None, {})
    assert case_lines(made, "") == ["why     json: a\\nb", f"why     {'x' * 200} [... 100 more characters]"]


@pytest.mark.parametrize(
    ("x", "k", "text"),
    [(1, 1, "now passed"), (0, 1, "now failed"), (3, 10, "now 3 of 10 passed"), (0, 2, "now 0 of 2 passed")],
)
def test_passes_are_counted_unless_there_was_one_call(x, k, text):
    assert passes(x, k, "now") == text


def test_history_leaves_out_what_there_is_not():
    now, then = record(case("a", "no"), case("n", "yes")), of_then(case("a", "yes", "no"))
    found = view(now, then)
    told = [history(found.case("p", outcome)) for outcome in found.verdict.prompts[0].outcomes]
    assert told == ["then (2026-10) 1 of 2 passed, now failed", "now passed"]


def test_the_command_to_look_closer_quotes_what_a_shell_would_take_apart():
    def command(case_id):
        return look_closer(CaseView("a/b", CaseOutcome(case_id, Outcome.NEW), case("a"), None, {}))

    assert command("c1") == "goldenprompt show last/a/b/c1"
    assert command("my case; rm x") == "goldenprompt show last'/a/b/my case; rm x'"
