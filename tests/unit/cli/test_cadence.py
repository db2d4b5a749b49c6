"""The commands around the run, on stored runs of a small library; the day is an argument."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace

import pytest

from pytest_goldenprompt.cli import main
from pytest_goldenprompt.model.record import RunKind
from pytest_goldenprompt.store.place import open_store

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
        told = {case: [text] * repeats if isinstance(text, str) else text for case, text in said.items()}
        lines = [{"case_id": case, "output": text, "repeat": n} for case in told for n, text in enumerate(told[case])]
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
    assert "1 of 4 prompts is not in the last run (desk); 1 of 4 prompts is not run yet (new)" in out
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
    assert "2 of 2 prompts are not run yet (desk, shop)\nnext    pytest --golden --golden-record\n" in out


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


# triage


@pytest.fixture
def worse(month):
    """Two months, of which the second lost case `a` in both prompts; give the second run's id."""
    month("2026-02", repeats=10)
    return month("2026-03", repeats=10, a="no")


def ids(call):
    """Give the findings by prompt and part."""
    told = json.loads(call("triage", "list", "--json")[1])
    return {(one["prompt"], one["part"]): one["id"] for one in told["findings"] if one["kind"] == "case"}


def git(folder, *words):
    settings = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings, *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_a_run_found_is_open_with_its_age_until_somebody_decides(call, worse):
    code, out, _ = call("triage", "list", "--day", "2026-04-10")
    assert code == 1
    assert re.search(r"^\w{10} +10 days +desk +case a +1 +desk +open$", out, re.MULTILINE)
    assert out.endswith("findings are open, the oldest for 10 days\n")
    told = json.loads(call("triage", "list", "--json", "--day", "2026-04-10")[1])
    assert {one["runs"][0] for one in told["findings"]} == {worse}
    assert told["counts"]["open"] == len(told["findings"])


def test_findings_are_assigned_closed_and_opened_again(call, worse):
    one, other = ids(call)["desk", "a"], ids(call)["shop", "a"]
    assert call("triage", "assign", "desk", "--owner", "ben", "--due", "2026-04-01")[0] == 0
    assert re.search(rf"^{one} .* ben +assigned until 2026-04-01$", call("triage", "list")[1], re.MULTILINE)
    code, out, _ = call("triage", "close", other[:6], "--false-positive", "the label moved")
    assert (code, out) == (0, f"{other} false-positive: shop, case a\n")
    assert other not in call("triage", "list")[1]
    assert re.search(r" desk +pass rate +1 ", call("triage", "list")[1])
    assert re.search(rf"^{other} .*false positive: the label moved$", call("triage", "list", "--all")[1], re.MULTILINE)
    assert call("triage", "close", one, "--link", "https://t.example/7", "--due", "2099-01-01")[0] == 0
    assert "in work until 2099-01-01: https://t.example/7" in call("triage", "list", "--all")[1]
    assert call("triage", "list", "--all", "--owner", "ben")[1].count(one) == 1
    assert call("triage", "reopen", one, "--reason", "it is back")[0] == 0
    assert re.search(rf"^{one} .* ben +reopened: it is back$", call("triage", "list")[1], re.MULTILINE)


def test_all_findings_closed_is_exit_0(call, worse):
    assert call("triage", "close", "desk", "shop", "--false-positive", "the label moved")[0] == 0
    code, out, _ = call("triage", "list")
    assert code == 0
    assert out.startswith("no finding is open, ")


def test_a_false_positive_that_is_seen_again_is_open_again(call, month, worse, monkeypatch):
    one = ids(call)["desk", "a"]
    monkeypatch.setattr("pytest_goldenprompt.cli.triage_command.moment", lambda: "2026-04-01T00:00:00Z")
    call("triage", "close", one, "--false-positive", "luck")
    month("2026-04", repeats=10, a="no")
    code, out, _ = call("triage", "list")
    assert code == 1
    assert re.search(rf"^{one} .*seen again after it was closed as a false positive: luck$", out, re.MULTILINE)


def test_pruning_keeps_a_run_whose_finding_nobody_has_decided_about(call, month, worse):
    before = ids(call)
    month("2026-04", repeats=10)
    assert ids(call) == before
    code, out, _ = call("prune")
    assert re.search(rf"^kept +{worse} +2026-03 +nobody decided about its finding \w{{10}}: .*$", out, re.MULTILINE)
    assert (code, out.splitlines()[-1], ids(call)) == (0, "nothing to remove", before)
    call("triage", "close", "desk", "shop", "--false-positive", "the label moved")
    assert re.search(rf"^removed +{worse} ", call("prune")[1], re.MULTILINE)
    assert set(ids(call)) == set(before)


def test_a_library_without_findings_says_so(call, month):
    assert call("triage", "list")[:2] == (0, "no stored run found anything\n")
    month("2026-02")
    assert call("triage", "list")[:2] == (0, "no stored run found anything\n")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("assign", "deks", "--owner", "ben"), "no finding of that name, found 'deks', did you mean `desk`?; an id or"),
        (("assign", "", "--owner", "ben"), "findings of that name, found ''; an id or"),
        (("assign", "desk", "--owner", " "), "--owner: text on one line, not blank, is accepted, found ' '"),
        (("close", "desk"), "triage close: a decision without its last day and a link or a reason, which an action"),
        (("close", "desk", "--link", "x"), "triage close: a decision without its last day"),
        (("close", "desk", "--link", "x", "--due", "soon"), "--due: a day as YYYY-MM-DD is accepted, found 'soon'"),
        (("close", "desk", "--false-positive", "x", "--link", "y"), "triage close: a false positive and an action, fo"),
        (("reopen", "desk"), "triage reopen: a decision without a reason (pass --reason)"),
        (("reopen", "desk", "--reason", "x"), "no finding of that name, found 'desk'"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(call, worse, library, words, what):
    code, out, err = call("triage", *words)
    assert (code, out) == (2, "")
    assert what in err
    assert not list(library.glob(".goldenprompt/triage/*"))


def test_a_bad_ledger_has_its_line_and_stops_every_decision(call, worse, library):
    one = ids(call)["desk", "a"]
    call("triage", "assign", one, "--owner", "ben")
    [path] = (library / ".goldenprompt" / "triage").iterdir()
    path.write_text(path.read_text().replace("assigned", "asigned"))
    code, out, err = call("triage", "list")
    assert code == 4
    assert one in out
    assert re.match(r"goldenprompt: \.goldenprompt/triage/\S+\.toml:\d: wrong `decision` in the decision, found ", err)
    code, out, err = call("triage", "close", one, "--false-positive", "luck")
    assert (code, out) == (4, "")
    assert err.count("\n") == 1


def test_two_people_who_decide_at_once_merge_cleanly(call, worse, library, monkeypatch):
    """Both decide about the same finding, and each about one more, on branches of their own."""
    git(library, "init", "--quiet", "--initial-branch=main")
    git(library, "add", "-A")
    git(library, "commit", "--quiet", "-m", "The library")
    one, other = ids(call)["desk", "a"], ids(call)["shop", "a"]
    said = {
        "ada": (("assign", one, "--owner", "ada"), ("assign", other, "--owner", "ada")),
        "ben": (("close", one, "--false-positive", "luck"), ("close", other, "--link", "x", "--due", "2099-01-01")),
    }
    for name, decisions in said.items():
        git(library, "switch", "--quiet", "-c", name, "main")
        monkeypatch.setenv("GIT_AUTHOR_NAME", name)
        for words in decisions:
            assert call("triage", *words)[0] == 0
        git(library, "add", "-A")
        git(library, "commit", "--quiet", "-m", f"What {name} decided")
    git(library, "switch", "--quiet", "main")
    for name in said:
        git(library, "merge", "--quiet", "--no-edit", name)
    told = json.loads(call("triage", "list", "--json")[1])
    decided = {one["id"]: {made["who"]: made["decision"] for made in one["decisions"]} for one in told["findings"]}
    assert decided[one] == {"ada": "assigned", "ben": "false-positive"}
    assert decided[other] == {"ada": "assigned", "ben": "action"}
    assert {found["owner"] for found in told["findings"] if found["id"] in {one, other}} == {"ada"}


# trend


@pytest.fixture
def slide(month):
    """Six months in which both prompts lose a repeat of case `b` a month."""
    for gone in range(6):
        month(f"2026-0{gone + 1}", repeats=10, b=["no"] * gone + ["yes"] * (10 - gone))


def test_a_slide_is_found_and_told_to_its_owner(call, slide):
    code, out, _ = call("trend", "--day", "2026-06-30")
    assert code == 1
    assert re.search(r"^shop +pass rate +100 % +75 % +-25\.0 points +█▇▅▄▂▁ +0\.1 % +worse$", out, re.MULTILINE)
    assert out.endswith("2 of 2 series got worse, 0 better\n")
    code, out, _ = call("trend", "--markdown", "--day", "2026-06-30")
    assert code == 1
    assert out.startswith(
        "# Trends over the last 12 months\n\n## To look into\n\n- [ ] desk: pass rate fell from 100 % (2026-01)"
    )
    assert "(2026-06), 6 points, by luck 0.1 %; owner desk\n" in out


def test_few_points_are_said_as_such(call, month):
    for name in ("2026-01", "2026-02", "2026-03"):
        month(name)
    code, out, _ = call("trend")
    assert (code, out) == (0, "0 of 2 series got worse, 0 better; too few points to tell in 2\n")
    assert re.search(r"^shop +pass rate .* +- +too few points \(3\)$", call("trend", "shop")[1], re.MULTILINE)
    assert call("trend", "--all")[1].count("too few points (3)") == 2


@pytest.mark.parametrize(("dirty", "last"), [(True, "100 %"), (False, "75 %"), (None, "75 %")])
def test_a_check_of_an_edit_that_was_never_committed_is_no_point_of_a_trend(call, month, library, dirty, last):
    kept = month("2026-01")
    bad = month("2026-02", b="no")
    store = open_store(library, "dir:.goldenprompt")
    record = replace(store.load(bad), id="20260131T120000000Z-aaaaaa", kind=RunKind.CHECK, month="2026-01", dirty=dirty)
    store.save(record, {}, json.dumps(store.verdict(bad)), keep=False)
    assert {kept, bad, record.id} == set(store.runs())
    assert re.search(rf"^shop +pass rate +{last} +50 % ", call("trend", "shop")[1], re.MULTILINE)


def test_signals_are_told_beside_the_runs_by_week(call, month, library):
    month("2026-01")
    rows = [{"date": f"2026-03-{day:02}", "prompt": "shop", "name": "cor*rected", "value": day} for day in range(1, 29)]
    (library / "signals.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    code, out, _ = call("trend", "--window", "7d", "--day", "2026-03-28", "--json")
    told = json.loads(out)["trends"]
    assert code == 1
    found = next(one for one in told if one["measure"] == "cor*rected")
    assert [point["window"] for point in found["points"]] == ["2026-03-07", "2026-03-14", "2026-03-21", "2026-03-28"]
    assert [point["value"] for point in found["points"]] == [4, 11, 18, 25]
    assert (found["trend"], found["better"]) == ("worse", "less")
    (library / "signals.jsonl").write_text("\n{}\n")
    code, out, err = call("trend")
    assert (code, out) == (4, "")
    assert err.startswith("goldenprompt: signals.jsonl:2: wrong `name` in the signal, found nothing; ")


def test_a_name_cannot_write_markdown(call, library):
    rows = [{"date": f"2026-0{n}-01", "prompt": "shop", "name": "a[b](c)", "value": n} for n in range(1, 9)]
    (library / "signals.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert r"shop: a\[b\](c) rose from 1 (2026-01) to 8 (2026-08)" in call("trend", "--markdown")[1]


def test_latency_and_withheld_answers_are_read_where_they_are_asked_for(call, month, library):
    run = month("2026-01")
    path = library / ".goldenprompt" / "runs" / run / "volatile.jsonl"
    names = ["desk", "shop"]
    lines = [
        {
            "case_id": '"latency":99.0',
            "prompt_id": name,
            "repeats": [{"latency": at + half, "origin": {"finish_reason": end}} for half, end in ends.items()],
        }
        for at, name in enumerate(names)
        for ends in ({0.0: "stop", 1.0: "content_filter"},)
    ]
    path.write_text("".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines))
    assert "latency" not in call("trend", "--all")[1]
    told = json.loads(call("trend", "--answers", "--json")[1])["trends"]
    found = {(one["prompt"], one["measure"]): one["points"][0]["value"] for one in told}
    assert found["desk", "latency"] == 0.5
    assert found["shop", "latency"] == 1.5
    assert found["shop", "withheld answers"] == 0.5
    path.write_text("{}\n")
    code, _, err = call("trend", "--answers")
    assert code == 6
    assert "volatile.jsonl:1: damaged: no `prompt_id`" in err


@pytest.mark.parametrize("words", [("--windows", "0"), ("shopp",), ("--signals", "nowhere.jsonl")])
def test_a_trend_of_nothing_is_refused(call, month, words):
    month("2026-01")
    code, out, err = call("trend", *words)
    assert (code, out) == (4 if "--signals" in words else 2, "")
    assert err.count("\n") == 1


def test_a_library_without_runs_has_no_figures(call):
    assert call("trend") == (0, "no stored run has figures yet\n", "")


# audit


def rules(call, *words):
    code, out, err = call("audit", "--json", *words)
    assert err == ""
    return code, {(one["rule"], one["prompt"]): one for one in json.loads(out)["remarks"]}


def test_an_audit_reads_files_and_runs_together(call, month, library):
    month("2026-01", repeats=2, a="no")
    month("2026-02", repeats=2, a="no")
    (library / "shop.golden.yaml").write_text(
        DATASET.replace("  - {id: b", "  - {id: c").replace("tags: [t]", "tags: [u]")
    )
    (library / "lonely.prompt.md").write_text("Hello {{text}}\n")
    (library / "bad.golden.yaml").write_text("owner: [\n")
    (library / "desk.golden.yaml").unlink()
    (library / "goldenprompt.toml").write_text('[taxonomy]\ntags = ["lang:*"]\n')
    code, found = rules(call, "--day", "2026-03-01")
    assert code == 1
    assert {rule for rule, prompt in found if prompt == "shop"} == {"lost", "review", "tags", "slice", "always-fails"}
    assert found["lost", "shop"]["what"] == "1 case of the stored runs went: b"
    assert found["always-fails", "shop"]["what"] == "1 case failed in every repeat of the last runs: a"
    assert found["always-fails", "shop"]["owner"] == "desk"
    assert found["lost", "desk"]["what"].startswith("the last run had it, and the library has no golden dataset")
    assert found["dataset", "lonely"]["severity"] == "warning"
    assert found["unreadable", "bad"]["what"].startswith("cannot be read: bad.golden.yaml:")


def test_warnings_fail_where_that_is_asked_for(call, month, library):
    month("2026-01")
    (library / "lonely.prompt.md").write_text("Hello {{text}}\n")
    code, out, _ = call("audit", "--day", "2026-03-01")
    assert code == 0
    assert re.search(r"^warning +dataset +lonely +a prompt without a golden dataset +-$", out, re.MULTILINE)
    assert re.search(r"^\d warnings?, \d notes in 2 prompts$", out, re.MULTILINE)
    assert call("audit", "--strict", "--day", "2026-03-01")[0] == 1


def test_a_prompt_that_a_dataset_names_is_not_alone(call, library):
    (library / "texts").mkdir()
    (library / "texts" / "greeting.prompt.md").write_text("Hello {{text}}\n")
    (library / "hello.golden.yaml").write_text(f"prompt: texts/greeting.prompt.md\n{DATASET}")
    assert not [prompt for rule, prompt in rules(call)[1] if rule == "dataset"]


def test_a_dataset_whose_cases_cannot_be_read_is_told_once_it_changed(call, month, library):
    month("2026-01")
    (library / "shop.golden.yaml").write_text(DATASET.replace("id: b", "id: a"))
    code, found = rules(call)
    assert code == 1
    assert "duplicate" in found["unreadable", "shop"]["what"]


def test_an_audit_in_markdown_has_boxes_and_owners(call, month, library):
    month("2026-01")
    (library / "desk.golden.yaml").write_text(DATASET.replace("owner: desk", "owner: '@desk'\nreviewed: 2025-01-01"))
    code, out, _ = call("audit", "--markdown", "--day", "2026-03-01")
    assert code == 0
    assert out.startswith("# Audit of the prompt library\n\n")
    assert (
        "## Warnings\n\n- [ ] desk (\\@desk): its cases were last looked through on 2025-01-01; look through them"
        in out
    )
    assert "## Notes\n\n- " in out


def test_of_one_rule_ten_rows_are_shown_unless_all_are_asked_for(call, library):
    for number in range(12):
        (library / f"lonely{number:02}.prompt.md").write_text("Hello {{text}}\n")
    out = call("audit")[1]
    assert out.count("a prompt without a golden dataset") == 10
    assert "and 2 more prompts (--all)" in out
    assert call("audit", "--all")[1].count("a prompt without a golden dataset") == 12


def test_a_library_that_is_looked_after_has_nothing_to_remark(call, month, library):
    for name in ("shop", "desk"):
        kept = DATASET.replace("owner: desk", f"owner: {name}\nreviewed: 2026-02-01").replace(", tags: [t]", "")
        (library / f"{name}.golden.yaml").write_text(kept)
        (library / f"{name}.prompt.md").write_text(f"Say in the {name}: {{{{text}}}}\n")
    month("2026-01")
    assert call("audit", "--day", "2026-03-01") == (0, "nothing to remark in 2 prompts\n", "")
