"""`calibrate` and `plan`: what the stored repeats of a library tell of its gate."""

from __future__ import annotations

import json

import pytest

from pytest_goldenprompt.cli import main
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.store import FolderStore

FLAKY = (10,) * 20 + (9, 8, 7, 5, 0) * 2


def run_of(run_id, passes, *, k=10, month="2026-10", **more):
    """Make a recording run of one prompt, with so many passes of each case's repeats."""
    cases = tuple(
        CaseResult(
            "shop",
            f"c{number:02}",
            "d",
            tuple(Repeat(float(repeat < x), passed=repeat < x) for repeat in range(k)),
            must_pass=number in more.get("musts", ()),
        )
        for number, x in enumerate(passes)
    )
    return RunRecord(run_id, RunKind.RECORDING, month, prompts=(PromptFacts("shop", "shop.golden.yaml"),), cases=cases)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "goldenprompt.toml").write_text("")
    return FolderStore(tmp_path / ".goldenprompt")


@pytest.fixture
def keep(store):
    """Store a run, and accept it where that is wanted."""

    def keep(record, *, accepted=True):
        store.save(record, {}, '{"verdict": "new"}\n', keep=True)
        if accepted:
            accept(store, record, State.NEW, who="Ada", time="t", reason="r")

    return keep


@pytest.fixture
def call(store, capsys):
    def call(*words):
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return call


def test_the_newest_accepted_run_is_measured_and_the_same_again(call, keep):
    keep(run_of("20261001", FLAKY))
    keep(run_of("20261101", FLAKY, month="2026-11"), accepted=False)
    once, again = (call("calibrate", "--splits", 12) for _ in range(2))
    assert once == again
    code, out, err = once
    assert (code, err) == (0, "")
    assert out.startswith("Of 12 comparisons of this library with itself, ")
    assert "the repeats of run 20261001, " in out
    assert "run 20261101, " in call("calibrate", "last", "--splits", 1)[1]
    assert "run 20261101, " in call("calibrate", "202611", "--splits", 1)[1]


def test_the_certificate_is_json_for_programs(call, keep):
    keep(run_of("20261001", FLAKY))
    code, out, _ = call("calibrate", "--splits", 4, "--json")
    plain = json.loads(out)
    assert (code, plain["run"], plain["alarms"]["tries"]) == (0, "20261001", 4)
    assert len(plain["digest"]) == 64


def test_the_policy_of_the_library_is_the_one_that_is_measured(call, keep, tmp_path):
    keep(run_of("20261001", FLAKY))
    (tmp_path / "goldenprompt.toml").write_text("[gate]\nalpha = 0.2\nrepeats = 4\nbaseline_repeats = 6\n")
    plain = json.loads(call("calibrate", "--splits", 1, "--json")[1])
    assert plain["alpha"] == 0.2
    assert plain["policy"] == {"then": 6, "look": 4, "now": 10}
    assert plain["divided"] == [{"then": 4, "look": 4, "now": 6, "cases": 30}]
    assert json.loads(call("plan", "--drop", 10, "--json")[1])["present"]["repeats"] == 4


def test_a_library_that_is_flagged_too_often_ends_with_1(call, keep):
    keep(run_of("20261001", FLAKY, musts={23}))
    code, out, _ = call("calibrate", "--splits", 12)
    assert code == 1
    assert "more than the 5 % that the gate aims at" in out
    assert "must always pass failed, as it does at times: shop/c23" in out


@pytest.mark.parametrize("words", [("calibrate",), ("plan", "--drop", 5)])
def test_a_library_without_repeats_ends_with_3(call, keep, words):
    keep(run_of("20261001", (1, 0, 1), k=1))
    code, out, err = call(*words)
    assert (code, err) == (3, "")
    assert "left out shop: no case of it has two independent repeats" in out


def test_a_plan_says_what_a_drop_takes(call, keep):
    keep(run_of("20261001", FLAKY))
    code, out, err = call("plan", "--drop", 5)
    assert (code, err) == (0, "")
    assert out.startswith("A drop of 5 points in every case of a prompt is found in 90 % of checks in none of 1 prompt")
    easy, hard = (
        json.loads(call("plan", "last", "--drop", 60, "--power", power, "--json")[1]) for power in (0.5, 0.99)
    )
    assert (easy["drop"], easy["power"], hard["power"]) == (0.6, 0.5, 0.99)
    assert easy["prompts"][0]["already"] is True


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["calibrate"], "no run was accepted yet (`pytest --golden --golden-record` stores one)"),
        (["plan", "--drop", "5"], "no run was accepted yet"),
        (["calibrate", "2019"], "no run with an id that begins with '2019'"),
        (["calibrate", "--splits", "0"], "--splits: 1 to 100,000 splits are accepted, found 0"),
        (["plan", "--drop", "0.05"], "--drop: 0.5 to 100 points are accepted (5 is from 90 % to 85 %), found 0.05"),
        (["plan", "--drop", "nan"], "--drop: 0.5 to 100 points are accepted"),
        (["plan", "--drop", "5", "--power", "1"], "--power: 0.5 to 0.999 is accepted, found 1"),
    ],
)
def test_wrong_words_are_one_line(call, words, told):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert err.startswith("goldenprompt: ")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [("calibrate",), ("plan", "--drop", 5)])
def test_a_damaged_run_is_refused(call, keep, store, words):
    keep(run_of("20261001", FLAKY))
    path = store.folder / "runs" / "20261001" / "cases.jsonl"
    path.write_text(path.read_text().replace("true", "false"))
    code, out, err = call(*words)
    assert (code, out) == (6, "")
    assert "cases.jsonl: changed since it was stored" in err
