"""The commands around the run, on stored runs of a small library; the day is an argument."""

from __future__ import annotations

import json
import re

import pytest

from pytest_goldenprompt.cli import main

DATASET = """\
owner: desk
evaluators: [exact]
cases:
  - {id: a, inputs: {text: one}, expected: "yes", tags: [t]}
  - {id: b, inputs: {text: two}, expected: "yes"}
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A folder with two prompts."""
    for name in ("GIT_AUTHOR_NAME", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "goldenprompt.toml").write_text("")
    for name in ("shop", "desk"):
        (tmp_path / f"{name}.golden.yaml").write_text(DATASET)
        (tmp_path / f"{name}.prompt.md").write_text("Say {{text}}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(library, capsys):
    """Run a command in the library; give its exit code and what it printed."""

    def run(*words):
        code = main([str(word) for word in words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def month(library, call):
    """Store a month of one repeat a case, or more, `yes` where nothing is said; give the run's id."""

    def run(name, prompts=("shop", "desk"), repeats=1, **answers):
        path = library / "out.jsonl"
        said = {"a": "yes", "b": "yes", **answers}
        lines = [{"case_id": case, "output": text, "repeat": n} for case, text in said.items() for n in range(repeats)]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        words = [f"{prompt}.golden.yaml={path}" for prompt in prompts]
        code, out, err = call("import", "outputs", *words, "--month", name)
        assert (code, err) == (0, ""), err
        return re.match(r"run (\S+): ", out)[1]

    return run


# due


def test_a_library_that_ran_in_time_is_fine_until_its_day_is_over(call, month):
    month("2026-02")
    code, out, _ = call("due", "--day", "2026-03-28")
    assert code == 0
    assert out.endswith("FINE: the last run, of 2026-02-28, had 2 of 2 active prompts; the next run is due in 0 days\n")
    code, out, _ = call("due", "--day", "2026-03-29")
    assert code == 1
    assert "DUE: 2 of 2 prompts are overdue, by 1 day at most (desk, shop); the last run, " in out
    assert re.search(r"^shop +2026-02-28 +2026-03-28 +-1 +1 day overdue +desk$", out, re.MULTILINE)
    assert out.endswith("next    pytest --golden --golden-record\n")


def test_a_prompt_that_the_last_run_did_not_have_is_told_and_fails(call, month, library):
    month("2026-02")
    month("2026-03", ["shop"])
    (library / "new.golden.yaml").write_text(DATASET)
    (library / "late.golden.yaml").write_text(f"status: draft\n{DATASET}")
    (library / "bad.golden.yaml").write_text("owner: [\n")
    code, out, _ = call("due", "--day", "2026-03-31")
    assert code == 1
    assert "1 of 4 prompts is not in the last run (desk); 1 of 4 prompts is never run (new)" in out
    assert "1 of 4 prompts is unreadable (bad)" in out
    assert re.search(r"^bad\.golden\.yaml:\d+: ", out, re.MULTILINE)
    code, out, _ = call("due", "--day", "2026-03-31", "shop.golden.yaml")
    assert code == 0


def test_what_is_due_is_told_to_programs(call, month):
    run = month("2026-02", ["shop"])
    code, out, _ = call("due", "--day", "2026-04-01", "--json")
    assert code == 1
    told = json.loads(out)
    assert told["schema"] == "goldenprompt.due/1"
    assert told["counts"] == {"active": 2, "covered": 1, "left_out": 1, "overdue": 1}
    assert told["prompts"] == [
        {
            "id": "desk",
            "coverage": "never",
            "owner": "desk",
            "run": None,
            "last": None,
            "due": None,
            "days_left": None,
            "error": None,
        },
        {
            "id": "shop",
            "coverage": "covered",
            "owner": "desk",
            "run": run,
            "last": "2026-02-28",
            "due": "2026-03-28",
            "days_left": -4,
            "error": None,
        },
    ]


def test_the_cadence_of_the_policy_holds(call, month, library):
    month("2026-02")
    (library / "goldenprompt.toml").write_text('[cadence]\nrun = "quarterly"\n[cadence.prompts]\nshop = "weekly"\n')
    code, out, _ = call("due", "--day", "2026-03-20")
    assert code == 1
    assert "1 of 2 prompts is overdue, by 13 days at most (shop)" in out
    (library / "goldenprompt.toml").write_text('[cadence]\nrun = "sometimes"\n')
    code, out, err = call("due")
    assert (code, out) == (2, "")
    assert err.startswith("goldenprompt: goldenprompt.toml:2: wrong `run` in [cadence], found 'sometimes'; ")


def test_an_empty_library_is_not_fine(call, library):
    for path in library.glob("*.golden.yaml"):
        path.unlink()
    assert call("due")[:2] == (1, "NOTHING TO RUN: no active prompt with a golden dataset was found\n")


def test_a_library_without_a_run_says_so(call):
    code, out, _ = call("due")
    assert code == 1
    assert "2 of 2 prompts are never run (desk, shop); no run is stored, which would have had 0 of 2 active" in out


@pytest.mark.parametrize("words", [("--day", "2026-2-3"), ("--day", "soon"), ("elsewhere",), ("..",)])
def test_a_day_or_a_path_that_is_none_is_refused(call, words):
    code, out, err = call("due", *words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_a_run_that_cannot_be_read_is_no_reason_to_be_calm(call, month, library):
    run = month("2026-02")
    path = library / ".goldenprompt" / "runs" / run / "run.json"
    path.write_text(path.read_text().replace("shop", "shopp"))
    code, out, err = call("due")
    assert (code, out) == (6, "")
    assert "changed since it was written" in err
