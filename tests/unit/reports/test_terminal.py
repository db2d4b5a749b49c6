from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_goldenprompt.model.verdict import Change, Outcome, SliceOutcome, State
from pytest_goldenprompt.reports.detail import case_detail, prompt_detail
from pytest_goldenprompt.reports.next_steps import next_commands
from pytest_goldenprompt.reports.shares import percent
from pytest_goldenprompt.reports.terminal import summary
from unit.reports.views import case, of_then, plain, record, view

THEN = of_then(case("a", "yes"), case("b", "yes"), case("c", "no"))
SAME = record(case("a", "yes"), case("b", "yes"), case("c", "no"))
WORSE = record(case("a", "yes"), case("b", "no"), case("c", "yes"))


def shown(*arguments, **more):
    return plain(summary(view(*arguments, **more)))


def verdict_of(lines):
    return next(line for line in lines if line.startswith("VERDICT"))


def test_a_run_that_is_not_worse_is_one_row_and_one_sentence():
    assert shown(SAME, THEN) == [
        "prompt    state    cases    then    now     what",
        "--------  -------  -------  ------  ------  -------------------",
        "p         pass     3        66.7 %  66.7 %  1 failing as before",
        "",
        "VERDICT PASS: 1 prompt not worse",
        "next    goldenprompt show last",
    ]


def test_a_regressed_run_shows_what_got_worse_with_then_now_and_why():
    lines = shown(WORSE, THEN, even=("regressed",))
    assert lines[2] == "p         regressed  3        66.7 %  66.7 %  worse: b"
    at = lines.index("REGRESSED p")
    assert lines[at + 1].startswith("  what    got worse: 1 of 2 cases that passed last time fails now")
    assert lines[at + 2 : at + 6] == [
        "  case    b: then (2026-10) passed, now failed",
        "          then    | yes",
        "          now     | no",
        "          why     exact: not what was expected",
    ]
    assert lines[-3].startswith("VERDICT REGRESSED: p: got worse: 1 of 2 cases")
    assert lines[-2:] == [
        "next    goldenprompt show last/p     (look closer)",
        '        goldenprompt accept now --reason "..." --even regressed     (if it is meant to be so)',
    ]


def test_colours_say_good_open_and_bad():
    def colours(*arguments):
        return {
            line.text.split()[1]: line.colour for line in summary(view(*arguments)) if line.text.startswith("VERDICT")
        }

    assert colours(SAME, THEN) == {"PASS:": "green"}
    assert colours(WORSE, THEN) == {"REGRESSED:": "red"}
    assert colours(SAME) == {"NO-BASELINE:": "red"}


def test_a_run_without_a_stored_one_says_how_to_record_it():
    lines = shown(SAME)
    assert verdict_of(lines).startswith(
        "VERDICT NO-BASELINE: p: no baseline: there is no stored result to compare with"
    )
    assert lines[-1] == (
        "next    pytest --golden --golden-record     (stores the results that later runs are compared with)"
    )
    assert "no-baseline" in lines[2]


def test_the_first_recording_is_new():
    lines = shown(SAME, first=True)
    assert lines[2].split() == ["p", "new", "3", "-", "66.7", "%", "1", "new", "and", "failing"]
    assert verdict_of(lines).startswith("VERDICT NEW: p: new: 66.7 % of 3 cases pass")


def test_an_outage_is_incomplete_and_no_regression():
    lines = shown(record(case("a", "yes"), case("b", error="HTTP 500: down"), case("c", "no")), THEN)
    assert "INCOMPLETE p" in lines
    assert (
        verdict_of(lines)
        == "VERDICT INCOMPLETE: p: incomplete: 1 of 3 cases without a whole result: b (HTTP 500: down)"
    )
    assert "regressed" not in "\n".join(lines).lower()


def test_an_inconclusive_run_says_what_would_settle_it():
    then = of_then(*(case(f"c{n}", *["yes"] * 4, *["no"]) for n in range(8)), sure=False)
    now = record(*(case(f"c{n}", "yes" if n else "no") for n in range(8)), sure=False)
    found = view(now, then)
    assert found.verdict.state is State.INCONCLUSIVE
    line = verdict_of(plain(summary(found)))
    assert line.startswith("VERDICT INCONCLUSIVE: p: inconclusive: neither worse nor shown to be as good; ")
    assert found.verdict.prompts[0].needs in line


def test_a_dataset_that_cannot_be_read_is_named_with_its_line():
    lines = shown(record(case("a", "yes"), prompts={"q": {"error": "q.golden.yaml:3: wrong key"}}), THEN)
    assert "ERROR q" in lines
    assert verdict_of(lines).startswith("VERDICT ERROR: ")
    assert any("q.golden.yaml:3: wrong key" in line for line in lines)
    assert lines[-1] == "next    goldenprompt show last"


def test_removed_cases_say_how_to_accept_the_removal():
    lines = shown(record(case("a", "yes"), case("c", "no")), THEN)
    assert verdict_of(lines).startswith("VERDICT INCOMPLETE: p: incomplete: 1 case that used to pass removed (b)")
    assert lines[-1] == 'next    goldenprompt accept now --reason "..."     (if the cases were removed on purpose)'


@pytest.mark.parametrize(
    ("cases", "headline"),
    [
        ((case("a", "yes"), case("b", missing="deselected"), case("c", "no")), "PARTIAL"),
        ((case("a", "no"), case("b", missing="deselected"), case("c", "no")), "REGRESSED (partial)"),
        ((case("a", error="HTTP 500"), case("b", missing="deselected"), case("c", "no")), "PARTIAL"),
    ],
)
def test_a_look_says_so_and_tells_a_regression_from_an_outage(cases, headline):
    now = record(*cases, narrowed=("1 of 3 cases were not chosen",))
    assert verdict_of(shown(now, THEN)).startswith(f"VERDICT {headline}: ")


def test_a_look_at_what_cannot_be_read_is_an_error():
    now = record(case("a", "yes"), prompts={"q": {"error": "q.golden.yaml:3: wrong"}}, narrowed=("1 of 3",))
    assert verdict_of(shown(now, THEN)).startswith("VERDICT ERROR (partial): ")


def test_a_draft_is_listed_as_a_draft_and_does_not_lead():
    then = of_then(case("a", "yes"), case("x", "yes", prompt="d"), prompts={"d": {"draft": True}})
    now = record(case("a", "yes"), case("x", "no", prompt="d"), prompts={"d": {"draft": True}})
    lines = shown(now, then)
    assert lines[2].split()[:3] == ["d", "draft", "1"]
    assert verdict_of(lines).startswith("VERDICT PASS: ")
    assert lines[-1] == "next    goldenprompt show last"


def test_a_run_that_is_not_stored_has_no_command_to_look_at_it():
    found = view(WORSE, THEN, name="")
    assert next_commands(found) == []
    assert plain(summary(found))[-1].startswith("VERDICT REGRESSED")


def test_the_commands_can_be_pasted_into_a_shell():
    now = record(case("it's b", "no", prompt="my prompts/a"))
    found = view(
        now, of_then(case("it's b", "yes", prompt="my prompts/a")), name="20261101-x", command="goldenprompt -C lib"
    )
    assert next_commands(found)[0] == "goldenprompt -C lib show 20261101-x'/my prompts/a'     (look closer)"


def test_owner_cause_form_slices_and_the_rest_of_the_cases_are_told():
    then = of_then(*(case(f"c{n:02}", "yes") for n in range(9)))
    found = view(record(*(case(f"c{n:02}", "no") for n in range(9))), then)
    (prompt,) = found.verdict.prompts
    told = replace(
        prompt,
        owner="the shop team",
        cause=("the prompt's text changed",),
        format_compliance=Change(1.0, 0.5),
        slices=(SliceOutcome("lang:en", 7, Change(0.9, 0.25), 0.001),),
    )
    found.verdict = replace(found.verdict, prompts=(told,))
    lines = plain(summary(found))
    for line in (
        "  owner   the shop team",
        "  cause   the prompt's text changed",
        "  form    100 % then, 50 % now of the answers have the form asked for",
        "  slice   lang:en: 90 % then, 25 % now of 7 cases pass",
        "  more    c05, c06, c07, c08",
    ):
        assert line in lines
    assert sum(line.startswith("  case    ") for line in lines) == 5
    assert "worse: c00, c01, c02 and 6 more" in lines[2]


def test_a_run_without_prompts_has_no_table():
    assert shown(record())[0] == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "0 %"),
        (1.0, "100 %"),
        (0.5, "50 %"),
        (2 / 3, "66.7 %"),
        (0.99999, "99.9 %"),
        (0.00001, "0.1 %"),
        (0.999, "99.9 %"),
    ],
)
def test_only_all_is_a_hundred_percent_and_only_none_is_none(value, text):
    assert percent(value) == text


def test_a_prompt_in_full_lists_every_case_the_worst_first_and_ids_as_they_are():
    then = of_then(case("007", "yes"), case("1e5", "yes"), case("b", "no"), case("c", "no"))
    now = record(case("007", "yes"), case("1e5", "no"), case("b", "no"), case("c", "yes"), case("new", "yes"))
    found = view(now, then)
    lines = plain(prompt_detail(found, found.verdict.prompts[0]))
    at = lines.index("case    outcome    then    now")
    assert [line.split() for line in lines[at + 2 : at + 7]] == [
        ["1e5", "regressed", "1/1", "0/1"],
        ["b", "failing", "0/1", "0/1"],
        ["new", "new", "-", "1/1"],
        ["c", "fixed", "0/1", "1/1"],
        ["007", "passed", "1/1", "1/1"],
    ]
    assert lines[-1] == "pass rate 50 % then, 50 % now"


def test_every_outcome_has_its_place_in_the_order():
    from pytest_goldenprompt.reports.detail import WORSE_FIRST

    assert sorted(WORSE_FIRST) == sorted(outcome.value for outcome in Outcome)


def test_a_case_in_full_shows_every_repeat_then_and_now():
    found = view(
        record(case("b", "no", "yes", error="HTTP 500", tags=("lang:en", "x"))), of_then(case("b", "yes", "gone"))
    )
    outcome = found.verdict.prompts[0].outcomes[0]
    assert plain(case_detail(found.case("p", outcome))) == [
        f"p b: {outcome.outcome.value}",
        "tags: lang:en, x",
        "then 1: passed, score 1",
        "    | yes",
        "then 2: failed, score 0",
        "    why   | exact: not what was expected",
        "    | (not kept)",
        "now 1: failed, score 0",
        "    why   | exact: not what was expected",
        "    | no",
        "now 2: passed, score 1",
        "    | yes",
        "now 3: no answer",
        "    error | HTTP 500",
    ]


def test_a_case_without_a_result_says_why():
    found = view(record(case("a", "yes"), case("b", missing="not run"), case("c", "no")), THEN)
    outcome = next(one for one in found.verdict.prompts[0].outcomes if one.case_id == "b")
    assert plain(case_detail(found.case("p", outcome)))[-1] == "now: not run"


def test_a_finding_names_the_fields_that_are_wrong_in_more_cases():
    good = [case(f"c{number}", "yes") for number in range(8)]
    places = tuple(f"missing $.f{number}" for number in range(7))
    worse = [replace(one, repeats=(replace(one.repeats[0], score=0.0, passed=False, faults=places),)) for one in good]
    lines = plain(summary(view(record(*worse), of_then(*good))))
    fields = [line for line in lines if line.startswith("  field ")]
    assert (
        fields[0] == "  field   $.f0 missing in 100 % more cases: 0 % then, 100 % now (c0, c1, c2, c3, c4 and 3 more)"
    )
    assert (len(fields), fields[5]) == (6, "  field   and 2 more fields")


def test_a_form_that_got_worse_is_told_of_a_prompt_that_passes():
    good = [case(f"c{number}", "yes", "yes") for number in range(8)]
    kept, broken = (
        [replace(one, repeats=tuple(replace(repeat, format_ok=ok) for repeat in one.repeats)) for one in good]
        for ok in (True, False)
    )
    lines = plain(summary(view(record(*broken), of_then(*kept))))
    assert any(line.startswith("p         pass") and line.endswith("form worse") for line in lines)
    assert any("the form got worse (100.0 % then, 0.0 % now kept it)" in line for line in lines)


def test_a_field_that_is_missing_in_one_case_of_a_hundred_is_named_though_it_may_be_luck():
    good = [case(f"c{number:03}", "yes") for number in range(100)]
    lost = replace(good[17].repeats[0], score=0.0, passed=False, output="other", faults=("missing $.due",))
    now = [*good[:17], replace(good[17], repeats=(lost,)), *good[18:]]
    lines = plain(summary(view(record(*now, sure=False), of_then(*good, sure=False))))
    assert "field   p: $.due missing in 1 % more cases: 0 % then, 1 % now (c017)" in lines
