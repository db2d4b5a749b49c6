from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pytest_goldenprompt.authoring.schemas import NAMES
from pytest_goldenprompt.cli import COMMANDS, main
from pytest_goldenprompt.store.codec import sealed
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import case, record, save

DATASET = """\
evaluators: [exact]
cases:
  - {id: a, inputs: {text: one}, expected: "yes", tags: [t]}
  - {id: b, inputs: {text: two}, expected: "yes"}
  - {id: c, inputs: {text: three}, expected: "no"}
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A folder with two prompts; the one's name begins the other's."""
    for name in ("GIT_AUTHOR_NAME", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "goldenprompt.toml").write_text("")
    for name in ("shop", "shop/triage"):
        path = tmp_path / f"{name}.golden.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(DATASET)
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


def outputs(path, **answers):
    """Write outputs by case, `yes` for those not named and nothing for None."""
    said = {"a": "yes", "b": "yes", "c": "yes", **answers}
    lines = [
        {"case_id": case_id, **(text if isinstance(text, dict) else {"output": text})}
        for case_id, text in said.items()
        if text is not None
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def imported(library, call):
    """Import outputs for a month, and give the run's id."""

    def run(month, *more, **answers):
        path = outputs(library / "out.jsonl", **answers)
        names = more or ("shop",)
        code, out, err = call("import", "outputs", *(f"{name}.golden.yaml={path}" for name in names), "--month", month)
        assert (code, err) == (0, ""), err
        return re.match(r"run (\S+): ", out)[1], out

    return run


def one_error(shown, code):
    """Check that a command failed with one line and nothing else."""
    assert shown[0] == code
    assert shown[1] == ""
    assert shown[2].startswith("goldenprompt: ")
    assert shown[2].count("\n") == 1
    return shown[2]


# list


def test_an_empty_store_says_so(call):
    code, out, _ = call("list")
    assert code == 0
    assert out.startswith("no runs are stored in ")


def test_runs_are_listed_with_month_verdict_and_pointers(call, imported):
    first, _ = imported("2026-09")
    second, _ = imported("2026-10", a="no")
    code, out, _ = call("list")
    assert code == 0
    head, _, *rows = out.splitlines()
    assert head.split() == ["run", "month", "kind", "verdict", "size", "pointers"]
    told = {row.split()[0]: re.split(r"  +", row) for row in rows}
    assert told[first][1:] == [
        "2026-09",
        "import",
        "new",
        "1 prompt, 3 cases",
        "baseline 2026-09, anchor (not yet approved)",
    ]
    assert told[second][1:] == ["2026-10", "import", "inconclusive", "1 prompt, 3 cases", "baseline 2026-10"]


def test_a_damaged_run_hides_no_other(call, library, imported):
    good, _ = imported("2026-09")
    bad, _ = imported("2026-10")
    path = library / ".goldenprompt" / "runs" / bad / "cases.jsonl"
    path.write_text(path.read_text().replace("true", "false"))
    code, out, err = call("list")
    assert code == 6
    assert good in out
    assert "unreadable" in out
    assert "cases.jsonl: changed since it was stored" in err
    assert err.count("\n") == 1


# show


def test_a_run_a_prompt_and_a_case_are_shown(call, imported):
    run, _ = imported("2026-09", "shop", "shop/triage", b="\x1b[31mno\n::error::x")
    code, out, _ = call("show", run)
    assert code == 0
    assert out.startswith("prompt ")
    assert "VERDICT NEW: " in out
    _, out, _ = call("show", f"{run}/shop")
    assert "NEW shop\n" in out
    assert re.search(r"^b +new +- +0/1$", out, re.MULTILINE)
    _, out, _ = call("show", "last/shop/b")
    assert out.startswith("shop b: new\n")
    assert "    | \\u001b[31mno\n    | ::error::x\n" in out
    assert "now 1: failed" in out


def test_a_prompt_whose_name_begins_with_anothers_is_found(call, imported):
    imported("2026-09", "shop", "shop/triage")
    assert "NEW shop/triage\n" in call("show", "last/shop/triage")[1]
    assert call("show", "last/shop/triage/a")[1].startswith("shop/triage a: new\n")
    assert call("show", "last/shop/a")[1].startswith("shop a: new\n")


def test_a_later_run_is_shown_against_the_one_it_was_judged_by(call, imported):
    imported("2026-09")
    run, _ = imported("2026-10")
    _, out, _ = call("show", run)
    assert "no baseline" not in out
    assert re.search(r"^shop .* 66\.7 % .* 66\.7 %", out, re.MULTILINE)
    assert "then 1: passed, score 1\n    | yes\n" in call("show", f"{run}/shop/a")[1]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("2019", "no run with an id that begins with '2019'"),
        ("", "no run with an id that begins with ''"),
        ("last/shp", "no such prompt in run"),
        ("last/shop/z", "no such case in shop, found 'z'"),
        ("last/shop/triage/z", "no such case in shop"),
        ("../x/shop", "no run with an id"),
        ("\x1b[31m", "no run with an id that begins with '\\x1b[31m'"),
    ],
)
def test_a_place_that_is_not_there_is_one_line(call, imported, place, told):
    imported("2026-09")
    assert told in one_error(call("show", place), 2)


def test_a_mistyped_prompt_is_told_the_nearest(call, imported):
    imported("2026-09")
    assert "did you mean `shop`?" in call("show", "last/shp")[2]


@pytest.mark.parametrize("name", ["run.json", "cases.jsonl", "texts.jsonl", "verdict.json"])
def test_a_damaged_run_is_refused_with_the_files_name(call, library, imported, name):
    run, _ = imported("2026-09")
    path = library / ".goldenprompt" / "runs" / run / name
    path.write_text(path.read_text().replace("shop", "shap").replace("yes", "yas"))
    assert name in one_error(call("show", "last"), 6)


def test_a_run_whose_baseline_is_gone_says_so(call, library, imported):
    first, _ = imported("2026-09")
    imported("2026-10")
    (library / ".goldenprompt" / "runs" / first / "run.json").unlink()
    assert "the run it was compared with cannot be read" in one_error(call("show", "last"), 6)


@pytest.mark.parametrize("verdict", ['{"baseline": 3}', '{"baseline": {}}', "[]", '{"verdict": "fine"}', "{}"])
def test_a_verdict_of_another_shape_is_one_line(call, library, imported, verdict):
    run, _ = imported("2026-09")
    home = library / ".goldenprompt" / "runs" / run
    plain = json.loads((home / "run.json").read_text())
    del plain["files"]["verdict.json"], plain["seal"]
    (home / "run.json").write_text(json.dumps(sealed(plain)))
    (home / "verdict.json").write_text(verdict)
    for words in (("show", "last"), ("accept", "last", "--reason", "r"), ("list",)):
        code, _, err = call(*words)
        assert code in {0, 6}
        assert (code == 6) == (err.count("\n") == 1)


# accept and anchor


def test_a_refused_run_is_accepted_by_name_and_the_log_keeps_the_reason(call, library, imported, monkeypatch):
    first, _ = imported("2026-09")
    second, out = imported("2026-10", a={"error": "HTTP 500"})
    assert "stored, not accepted: some of its calls or files failed" in out
    word = "errored"
    assert "--even errored if" in one_error(call("accept", second, "--reason", "the label moved"), 2)
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada")
    code, out, _ = call("accept", "last", "--reason", "the label moved", "--even", word)
    assert (code, out) == (0, f"run {second} is now the baseline of 2026-10\n")
    entry = json.loads((library / ".goldenprompt" / "log.jsonl").read_text().splitlines()[-1])
    assert (entry["who"], entry["reason"], entry["run"], entry["action"]) == (
        "Ada",
        "the label moved",
        second,
        "accept",
    )
    code, out, _ = call("anchor", second, "--reason", "agreed", "--even", word)
    assert (code, out) == (0, f"run {second} is now the anchor, instead of {first}\n")
    assert "anchor" in next(line for line in call("list")[1].splitlines() if line.startswith(second))


def test_a_word_that_overrides_nothing_is_refused(call, imported):
    imported("2026-09")
    told = one_error(call("accept", "last", "--reason", "r", "--even", "dirty, regresed"), 2)
    assert "--even: no such word, found 'regresed', did you mean `regressed`?; accepted are partial, errored" in told


def test_the_log_is_a_table_of_who_moved_what_when_why_and_over_which_objection(call, imported, monkeypatch):
    assert call("log")[1].startswith("nothing was accepted yet in ")
    first, _ = imported("2026-09")
    second, _ = imported("2026-10", a={"error": "HTTP 500"})
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada\x1b[31m")
    assert call("accept", second, "--reason", "::error::the\nlabel moved", "--even", "errored, dirty")[0] == 0
    code, out, _ = call("log")
    head, _, *rows = out.splitlines()
    assert (code, head.split()) == (0, ["time", "action", "run", "month", "who", "reason", "overridden"])
    cells = [re.split(r"  +", row.strip()) for row in rows]
    assert cells[0][1:] == ["accept", first, "2026-09", "the recording run", "new"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", cells[1][0])
    reason = "\\u003a:error::the\\nlabel moved"
    assert cells[1][1:] == ["accept", second, "2026-10", "Ada\\u001b[31m", reason, "errored"]


def test_accepting_again_names_the_run_that_it_replaces(call, imported):
    first, _ = imported("2026-09")
    assert call("accept", first, "--reason", "r") == (
        0,
        f"run {first} is now the baseline of 2026-09, instead of {first}\n",
        "",
    )


@pytest.mark.parametrize("command", ["accept", "anchor"])
def test_a_move_needs_a_run_and_a_reason(call, imported, capsys, command):
    assert "no run is stored yet (" in one_error(call(command, "last", "--reason", "r"), 2)
    imported("2026-09")
    assert "a reason is needed" in one_error(call(command, "last", "--reason", "  "), 2)
    assert "no run with an id" in one_error(call(command, "", "--reason", "r"), 2)
    with pytest.raises(SystemExit) as ended:
        main([command, "last"])
    assert ended.value.code == 2


def test_a_store_that_cannot_be_written_is_told(call, library, imported):
    run, _ = imported("2026-09")
    (library / ".goldenprompt" / "log.jsonl").unlink()
    (library / ".goldenprompt" / "log.jsonl").mkdir()
    assert "log.jsonl: cannot be read" in one_error(call("accept", run, "--reason", "r"), 6)


def test_pointers_that_were_tampered_with_are_refused(call, library, imported):
    run, _ = imported("2026-09")
    path = library / ".goldenprompt" / "baselines.json"
    path.write_text(path.read_text().replace("2026-09", "2026-08"))
    for words in (("list",), ("accept", run, "--reason", "r"), ("anchor", run, "--reason", "r")):
        assert "baselines.json: changed since it was written" in one_error(call(*words), 6)


# prune


def test_pruning_says_what_goes_why_and_what_is_needed_and_a_dry_run_removes_nothing(call, library, imported):
    months = [imported(f"2026-{month:02}")[0] for month in range(1, 6)]
    waited, _ = imported("2026-04", a=None)
    found = {one["id"] for one in json.loads(call("triage", "list", "--json")[1])["findings"]}
    call("triage", "close", *found, "--false-positive", "it was cut off")
    code, dry, _ = call("prune", "--keep", "2", "--dry-run")
    assert (code, len(call("list")[1].splitlines())) == (0, 8)
    assert dry.endswith("2 runs would be removed; nothing was, as this is a dry run\n")
    code, out, _ = call("prune", "--keep", "2")
    rows = [re.split(r"  +", row.strip()) for row in out.splitlines()[2:-1]]
    assert rows == [
        ["removed", months[1], "2026-02", "older than 2026-04, the first month that is kept"],
        ["removed", waited, "2026-04", "never accepted, while 2026-05 is"],
        ["kept", months[2], "2026-03", f"run {months[3]} was compared with it"],
    ]
    assert (code, out.splitlines()[:-1]) == (0, dry.splitlines()[:-1])
    assert out.endswith("2 runs removed; commit the store, whose history in git still has them\n")
    assert set(call("list")[1].split()) >= {months[0], *months[2:]}
    assert waited not in call("list")[1]
    log = [row for row in call("log")[1].splitlines() if " prune " in row]
    assert [months[1] in log[0], waited in log[1]] == [True, True]
    assert call("prune", "--keep", "2")[1].endswith("nothing to remove\n")
    told = one_error(call("show", months[2]), 6)
    assert f"cannot be read: run {months[1]} was pruned on 20" in told
    assert "older than 2026-04, the first month that is kept" in told


def test_a_store_without_old_runs_is_left_alone(call, imported):
    assert call("prune") == (0, "nothing to remove\n", "")
    imported("2026-09")
    assert call("prune", "--keep", "1") == (0, "nothing to remove\n", "")


@pytest.mark.parametrize("months", ["0", "-1", "2.5", "two", "9999", ""])
def test_a_number_of_months_that_is_none_is_refused(call, months):
    assert "--keep: a whole number from 1 to 1,200 is accepted, found" in one_error(
        call("prune", f"--keep={months}"), 2
    )


# import


def test_the_first_import_is_accepted_and_its_texts_are_kept(call, imported):
    run, out = imported("2026-09", a="no")
    assert out == f"run {run}: 3 cases of 1 prompt stored and accepted as the baseline of 2026-09\n"
    assert "    | no\n" in call("show", "last/shop/a")[1]


def test_a_case_without_an_output_is_missing_and_the_run_waits(imported):
    _, out = imported("2026-09", b=None)
    assert out.endswith("stored, not accepted: not every case of it was run; it is incomplete\n")


def test_an_error_of_the_other_tool_is_no_grade(call, imported):
    _, out = imported("2026-09", b={"error": "HTTP 500"})
    assert "some of its calls or files failed" in out
    assert "    error | HTTP 500" in call("show", "last/shop/b")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["shop.golden.yaml"], "DATASET=OUTPUTS"),
        (["../x.golden.yaml=out.jsonl"], "DATASET=OUTPUTS"),
        (["none.golden.yaml=out.jsonl"], "none.golden.yaml"),
        (["shop.golden.yaml=none.jsonl"], "none.jsonl"),
        (["shop.golden.yaml=strange.jsonl"], "strange.jsonl:1: output for a case that the dataset does not have"),
        (["shop.golden.yaml=out.jsonl", "shop.golden.yaml=out.jsonl"], "found twice: shop"),
        (["shop.golden.yaml=out.jsonl", "--month", "2026-13"], "a month as YYYY-MM"),
        (["shop.golden.yaml=out.jsonl", "--month", "2999-01"], "not after"),
        (["shop.golden.yaml=."], ": "),
    ],
)
def test_what_cannot_be_imported_is_one_line_and_stores_nothing(call, library, words, told):
    outputs(library / "out.jsonl")
    (library / "strange.jsonl").write_text('{"case_id": "zz", "output": "x"}\n')
    assert told in one_error(call("import", "outputs", *words), 2)
    assert not (library / ".goldenprompt").exists()


def test_outputs_that_a_cache_gave_several_times_count_once(call, library):
    (library / "shop.prompt.md").write_text("---\ntemperature: 0.8\n---\nSay {{text}}\n")
    said = {case: f"yes {case} " + "and so on " * 25 for case in "abc"}
    lines = [{"case_id": case, "output": text} for case, text in said.items() for _ in range(4)]
    (library / "out.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert call("import", "outputs", "shop.golden.yaml=out.jsonl")[0] == 0
    out = call("show", "last")[1]
    assert "copies  shop: the provider returned the same text for every repeat at temperature 0.8: a cache" in out
    assert re.search(r"^a +new +- +0/1$", call("show", "last/shop")[1], re.MULTILINE)


# compare


def scores(path, *passes, prompt="p", seed=None, **more):
    """Write a score file: for each case a list of passes, one a repeat."""
    lines = [
        {
            "prompt_id": prompt,
            "case_id": f"c{number:03}",
            "repeat": repeat,
            "score": float(ok),
            "passed": bool(ok),
            **more,
        }
        for number, repeats in enumerate(passes)
        for repeat, ok in enumerate(repeats)
    ]
    if seed is not None:
        random.Random(seed).shuffle(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


GOOD = [[1] * 5] * 60 + [[1, 1, 1, 0, 1], [0] * 5]
BAD = [[0] * 5] * 8 + GOOD[8:]
CLOSE = [[1], [1], [1, 0]]


@pytest.mark.parametrize(
    ("base", "current", "end"),
    [
        (GOOD, GOOD, (0, "PASS")),
        (GOOD, BAD, (1, "REGRESSED")),
        (CLOSE, CLOSE, (3, "INCONCLUSIVE")),
        (GOOD, GOOD[:-10], (4, "INCOMPLETE")),
    ],
)
def test_the_exit_code_tells_the_verdict(call, library, base, current, end):
    scores(library / "base.jsonl", *base)
    scores(library / "current.jsonl", *current)
    found, out, err = call("compare", "base.jsonl", "current.jsonl")
    assert (found, err) == (end[0], "")
    assert f"VERDICT {end[1]}: " in out
    assert "goldenprompt show" not in out
    assert "--even" not in out


def test_cases_that_cannot_be_compared_are_no_baseline(call, imported, library):
    first, _ = imported("2026-09")
    path = library / "shop.golden.yaml"
    path.write_text(DATASET.replace("evaluators: [exact]", "evaluators: [contains]"))
    second, _ = imported("2026-10")
    code, out, _ = call("compare", first, second)
    assert code == 5
    assert "VERDICT NO-BASELINE: " in out


def test_stored_runs_are_compared_by_id_beginning_last_and_folder(call, library, imported):
    first, _ = imported("2026-09")
    second, _ = imported("2026-10")
    folder = Path(".goldenprompt") / "runs"
    for names in ((first, second), (first, "last"), (folder / first, folder / second)):
        code, out, _ = call("compare", *names)
        assert code in {0, 3}
        assert f"goldenprompt show {second}" in out


@pytest.mark.parametrize("part", [{"shard": (1, 2)}, {"cases": (case("a", carried="r0"), case("b"))}])
def test_a_shard_and_a_run_that_took_results_over_are_no_base(call, library, part):
    store = FolderStore(library / ".goldenprompt")
    save(store, record("r1"))
    save(store, replace(record("r2"), **part))
    assert "r2: run r2 can be no baseline: " in one_error(call("compare", "r2", "r1"), 2)
    assert call("compare", "r1", "r2")[0] != 2


def test_the_report_is_the_same_bytes_however_the_lines_are_shuffled(call, library):
    texts = set()
    for seed in (None, 1, 2):
        scores(library / "base.jsonl", *GOOD, seed=seed, tags=["b", "a"] if seed == 1 else ["a", "b"])
        scores(library / "current.jsonl", *BAD, seed=seed, tags=["a", "b"])
        code, out, _ = call("compare", "base.jsonl", "current.jsonl", "--report", "json=report/verdict.json")
        assert code == 1
        texts.add((out, (library / "report" / "verdict.json").read_bytes()))
    assert len(texts) == 1
    ((_, text),) = texts
    schema = json.loads(call("schema", "verdict")[1])
    assert list(Draft202012Validator(schema).iter_errors(json.loads(text))) == []


def test_a_policy_that_cannot_be_read_is_one_line(call, library):
    path = scores(library / "s.jsonl", *GOOD)
    (library / "goldenprompt.toml").write_text("[gate]\nalpa = 0.1\n")
    assert "goldenprompt.toml:2: " in one_error(call("compare", path, path), 2)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["none.jsonl", "s.jsonl"], 2, "neither a score file nor a stored run, found 'none.jsonl'"),
        (["s.jsonl", "bad.jsonl"], 2, "bad.jsonl:1: "),
        (["s.jsonl", "empty.jsonl"], 2, "no scores"),
        (["s.jsonl", "s.jsonl", "--report", "html=x"], 2, "json=PATH is accepted"),
        (["s.jsonl", "s.jsonl", "--report", "json="], 2, "json=PATH is accepted"),
        (["s.jsonl", "s.jsonl", "--report", "json=s.jsonl/x"], 6, "cannot be written"),
        (["s.jsonl", "run"], 6, "run.json: damaged"),
    ],
)
def test_what_cannot_be_compared_is_one_line(call, library, words, code, told):
    scores(library / "s.jsonl", *GOOD)
    (library / "bad.jsonl").write_text('{"prompt_id": "p"}\n')
    (library / "empty.jsonl").write_text("")
    (library / "run").mkdir()
    (library / "run" / "run.json").write_text("{")
    assert told in one_error(call("compare", *words), code)


def test_hostile_names_of_another_tool_start_no_line(call, library):
    path = scores(library / "s.jsonl", [1], [0], prompt="::error file=x::boo")
    _, out, _ = call("compare", path, path)
    assert "error file=x" in out
    assert not re.search(r"^\s*::", out, re.MULTILINE)


# the rest


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_printed_as_they_are(call, name):
    code, out, _ = call("schema", name)
    assert code == 0
    schema = json.loads(out)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"goldenprompt.{name}/1"


def test_schemas_are_written_where_the_comments_of_the_first_library_point_to(tmp_path, capsys):
    assert main(["-C", str(tmp_path), "init"]) == 0
    pointers = {
        "prompts/support/triage.golden.yaml": "# yaml-language-server: $schema=",
        "goldenprompt.toml": "#:schema ",
    }
    for name, mark in pointers.items():
        first = (tmp_path / name).read_text().splitlines()[0]
        schema = (tmp_path / name).parent / first.removeprefix(mark)
        assert json.loads(schema.read_text())["$id"] in {"goldenprompt.dataset/1", "goldenprompt.policy/1"}
        schema.write_text("old")
        assert main(["-C", str(tmp_path), "schema", "--write"]) == 0
        assert json.loads(schema.read_text())
    assert ".goldenprompt/schemas/case.schema.json" in capsys.readouterr().out
    assert [main(["schema"]), main(["schema", "case", "--write"])] == [2, 2]


@pytest.mark.parametrize("words", [[], ["lst"], ["schema", "policies"], ["show"], ["--store"], ["compare", "a"]])
def test_wrong_words_are_a_usage_error(library, capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: goldenprompt" in capsys.readouterr().err


def test_each_command_is_told_on_one_line_of_a_terminal_of_80_columns(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["--help"])
    lines = {line.strip() for line in capsys.readouterr().out.splitlines()}
    for name, told in COMMANDS.items():
        assert any(line.removeprefix(name).strip() == told for line in lines), name


@pytest.mark.parametrize("words", [["-h"], ["--help"], *([name, "-h"] for name in COMMANDS)])
def test_every_command_has_help(library, capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    assert "usage: goldenprompt" in capsys.readouterr().out


def test_a_library_may_be_named_from_elsewhere(call, library, imported, tmp_path, monkeypatch):
    run, _ = imported("2026-09")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir("/")
    assert run in call("-C", library, "list")[1]
    assert run in call("-C", library / "shop", "list")[1]
    assert run in call("-C", library, "--store", "dir:.goldenprompt", "list")[1]
    assert "no such folder" in one_error(call("-C", library / "nowhere", "list"), 2)
    assert "no such store" in one_error(call("--store", "ftp://x", "list"), 2)


def test_a_reader_that_goes_away_and_a_terminal_of_another_encoding_are_no_tracebacks(library, call, imported):
    imported("2026-09", a="漢字 🎉")
    code = "import sys; from pytest_goldenprompt.cli import main; sys.exit(main())"
    command = [sys.executable, "-X", "utf8=0", "-c", code, "show", "last/shop/a"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    shown = subprocess.run(command, cwd=library, env=environment, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "\\u6f22\\u5b57 \\U0001f389" in shown.stdout
    piped = subprocess.Popen(command, cwd=library, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    piped.stdout.close()
    assert piped.stderr.read() == b""
    piped.stderr.close()
    assert piped.wait() == 1
