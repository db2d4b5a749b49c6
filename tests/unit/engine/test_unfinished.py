from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.unfinished import FRESH, Purpose, Unfinished
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.record import RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

NOW = datetime(2026, 3, 31, 23, 59, 58, tzinfo=UTC)
CHECK = Purpose("check", "2026-03", "1.0")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "journal"


def record(*repeats, narrowed=(), stopped=()):
    case = CaseResult("p", "a", "d", repeats or (Repeat(1.0, passed=True),))
    return RunRecord(
        "r", RunKind.CHECK, "2026-03", "", "", None, None, "1.0", "", cases=(case,), narrowed=narrowed, stopped=stopped
    )


def cut_off(home, name="r1", now=NOW, processes=("main",), answers=1):
    unfinished = Unfinished.begin(home, name, CHECK, now)
    for process in processes:
        journal = unfinished.journal(process)
        for number in range(answers):
            journal.keep("openai", Request(name, process, number, ()), Answer(Output("yes")))
        journal.close()
    return unfinished


def test_all_processes_of_all_runs_that_were_cut_off_are_gone_on_with(home):
    cut_off(home, "r1", processes=("gw0", "gw1"), answers=3)
    cut_off(home, "r2", now=NOW + timedelta(seconds=1))
    third = Unfinished.begin(home, "r3", CHECK, NOW + timedelta(hours=1))
    assert third.earlier == ("r1", "r2")
    assert len(third.journal("main")) == 7
    assert third.since() == NOW


@pytest.mark.parametrize(
    "other",
    [Purpose("recording", "2026-03", "1.0"), Purpose("check", "2026-04", "1.0"), Purpose("check", "2026-03", "2")],
)
def test_a_run_for_another_purpose_is_left_to_its_like(home, other):
    cut_off(home)
    second = Unfinished.begin(home, "r2", other, NOW)
    assert (second.earlier, second.since()) == ((), None)
    second.end(record())
    assert Unfinished.begin(home, "r3", CHECK, NOW).earlier == ("r1",)


@pytest.mark.parametrize("later", [FRESH + timedelta(seconds=1), -timedelta(seconds=1)])
def test_what_is_too_old_or_from_the_future_is_removed(home, later):
    cut_off(home)
    assert Unfinished.begin(home, "r2", CHECK, NOW + later).earlier == ()
    assert [path.name for path in home.iterdir()] == ["r2"]


def test_a_day_later_it_is_still_gone_on_with(home):
    cut_off(home)
    assert Unfinished.begin(home, "r2", CHECK, NOW + FRESH).earlier == ("r1",)


NO_ZONE = '{"kind": "check", "month": "2026-03", "tool": "1.0", "started": "2026-03-31T23:59:58"}'


@pytest.mark.parametrize(
    "about", [None, NO_ZONE, "", "[]", "{}", '{"kind": "check", "month": "2026-03", "tool": "1.0"}']
)
def test_a_run_that_was_killed_before_it_said_what_it_is_for_is_removed(home, about):
    cut_off(home)
    path = home / "r1" / "about.json"
    path.unlink() if about is None else path.write_text(about)
    assert Unfinished.begin(home, "r2", CHECK, NOW).earlier == ()
    assert not path.parent.exists()


def test_a_run_that_came_to_its_end_leaves_nothing(home):
    cut_off(home)
    second = cut_off(home, "r2")
    assert not second.end(record())
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "left",
    [record(stopped=("it was interrupted",)), record(Repeat(1.0, passed=True), Repeat(error="not called", attempts=0))],
)
def test_one_that_did_not_leaves_its_answers_and_those_it_had(home, left):
    cut_off(home)
    second = cut_off(home, "r2")
    assert second.end(left)
    assert Unfinished.begin(home, "r3", CHECK, NOW).earlier == ("r1", "r2")


def test_an_error_that_was_called_for_is_an_end(home):
    assert not cut_off(home).end(record(Repeat(error="refused: HTTP 400", attempts=1)))


def test_one_that_called_nothing_leaves_nothing(home):
    unfinished = Unfinished.begin(home, "r1", CHECK, NOW)
    assert not unfinished.end(record(stopped=("it was interrupted",)))
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("part", [{"narrowed": ("9 of 10 cases were not chosen",)}, {"shard": (1, 2)}])
def test_a_run_of_some_cases_leaves_the_others_answers(home, part):
    cut_off(home)
    look = cut_off(home, "r2")
    assert not look.end(replace(record(), **part))
    assert Unfinished.begin(home, "r3", CHECK, NOW).earlier == ("r1",)
