from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.triage import LEDGER, decision_from, file_of, lacking, read_ledger
from pytest_goldenprompt.model.triage import KINDS, Choice, Decision, Subject

WHOLE = """\
prompt = "support/triage"
kind = "case"
part = "late-parcel"
seen = 2026-10-31
decision = "action"
owner = "desk"
reason = "the label moved"
link = "https://tracker.example/7"
due = 2026-12-05
who = "ada"
time = "2026-11-24T10:15:00Z"
"""
names = st.text(min_size=1, max_size=20).filter(is_name)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
decisions = st.builds(
    Decision,
    st.builds(Subject, names, st.sampled_from(KINDS), names | st.just("")),
    st.sampled_from(Choice),
    who=names,
    time=st.sampled_from(["2026-11-24T10:15:00Z", "2026-11-24T10:15:00.123Z"]),
    seen=days | st.none(),
    owner=names | st.none(),
    reason=names | st.none(),
    link=names | st.none(),
    due=days | st.none(),
).filter(lambda made: not lacking(made))


def test_a_decision_is_read():
    assert decision_from(WHOLE, "x.toml") == Decision(
        Subject("support/triage", "case", "late-parcel"),
        Choice.ACTION,
        who="ada",
        time="2026-11-24T10:15:00Z",
        seen=date(2026, 10, 31),
        owner="desk",
        reason="the label moved",
        link="https://tracker.example/7",
        due=date(2026, 12, 5),
    )


@given(decisions)
def test_what_is_written_is_read_again(made):
    path, text = file_of(made)
    assert decision_from(text, path.as_posix()) == made
    assert path.name.startswith(f"{made.subject.id}-20261124T101500")


def test_days_may_be_texts():
    assert decision_from(WHOLE.replace("2026-12-05", '"2026-12-05"'), "x.toml").due == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "what"),
    [
        ('kind = "case"', 'kind = "cases"', 2, "wrong `kind` in the decision, found 'cases'; one of mean, slice, "),
        ('prompt = "support/triage"', "prompt = 3", 1, "wrong `prompt` in the decision, found 3; text"),
        ('prompt = "support/triage"', "", 1, "wrong `prompt` in the decision, found nothing; text on one line; a deci"),
        ('decision = "action"', 'decision = "later"', 5, "wrong `decision` in the decision, found 'later'; one of ass"),
        ("due = 2026-12-05", "", 5, "a decision without its last day and a link or a reason, which an action needs, f"),
        ("due = 2026-12-05", 'due = "soon"', 9, "wrong `due` in the decision, found 'soon'; a day as YYYY-MM-DD"),
        ("due = 2026-12-05", "due = 2026-12-05T10:00:00Z", 9, "wrong `due` in the decision, found "),
        ("due = 2026-12-05", "due = 12", 9, "wrong `due` in the decision, found 12; a day as YYYY-MM-DD is accepted"),
        ("2026-11-24T10:15:00Z", "yesterday", 11, "wrong `time` in the decision, found 'yesterday'; a time in UTC as"),
        ("2026-11-24T10:15:00Z", "2026-13-24T10:15:00Z", 11, "wrong `time` in the decision, found '2026-13-24T10:15"),
        ('who = "ada"', 'who = "ada"\nby = "x"', 11, "unknown key in the decision, found 'by'; prompt, kind, part, "),
        ('who = "ada"', "<<<<<<< HEAD", 10, "not valid TOML: "),
    ],
)
def test_what_is_refused_has_its_line(right, wrong, line, what):
    with pytest.raises(InputError) as caught:
        decision_from(WHOLE.replace(right, wrong), "x.toml")
    assert str(caught.value).startswith(f"x.toml:{line}: {what}")


@pytest.mark.parametrize(
    ("choice", "more", "lack"),
    [
        ("action", {"due": date(2026, 12, 5), "link": "x"}, ""),
        ("action", {"due": date(2026, 12, 5), "reason": "x"}, ""),
        ("action", {"due": date(2026, 12, 5)}, "its last day and a link or a reason, which an action needs"),
        ("assigned", {"owner": "x"}, ""),
        ("assigned", {"reason": "x"}, "an owner"),
        ("false-positive", {"reason": "x"}, ""),
        ("false-positive", {"link": "x"}, "a reason"),
        ("reopened", {}, "a reason"),
    ],
)
def test_each_decision_needs_its_own(choice, more, lack):
    assert lacking(Decision(Subject("p", "mean"), Choice(choice), "ada", "", **more)) == lack


def test_one_bad_file_hides_no_other(tmp_path):
    assert read_ledger(tmp_path) == ((), ())
    folder = tmp_path / LEDGER
    folder.mkdir(parents=True)
    (folder / "b.toml").write_text(WHOLE)
    (folder / "a.toml").write_text("who = \n")
    (folder / ".draft.toml").write_text("who = \n")
    (folder / "notes.md").write_text("who = \n")
    (folder / "c.toml").write_text(WHOLE.replace("ada", "a" * 70_000))
    found, faults = read_ledger(tmp_path)
    assert [one.who for one in found] == ["ada"]
    assert [fault.where for fault in faults] == [".goldenprompt/triage/a.toml", ".goldenprompt/triage/c.toml"]
    assert faults[0].line == 1
