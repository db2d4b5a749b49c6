"""A pull request in a real git repository that tries to get a broken case past the gate."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from golden_library import GoldenLibrary

SOLID = ("one", "two", "three", "four", "five", "seven", "eight", "nine", "ten", "eleven", "twelve")
CASES = {**dict.fromkeys(SOLID, "yes"), "six": "no"}
FLAKY = {"six": ["no", "maybe", "no", "no"]}
"""One case is flaky, so that repeats are no copies and the gate's levels have a say."""
PROMPT = "prompts/triage"
MAIN = "--golden-baseline=git:main"
WAIVER = f"""
[[waivers]]
prompt = "{PROMPT}"
case = "one"
owner = "mallory"
reason = "it is fine"
until = 2099-12-31
"""


def git(library, *words):
    names = ("-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", library.folder, *names, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(library, why):
    git(library, "add", "-A")
    git(library, "commit", "-qm", why, "--allow-empty")


@pytest.fixture(scope="module")
def main(tmp_path_factory):
    """A repository whose main branch holds a recorded month in which a dozen cases pass, one of them at times."""
    library = GoldenLibrary(tmp_path_factory.mktemp("main"))
    library.dataset(PROMPT, CASES, extra=", must_pass: false")
    library.model(deterministic=False)
    library.answers(FLAKY)
    library.write(".gitignore", "__pycache__/\ncalls.log\nverdict.json\n")
    git(library, "init", "-q", "-b", "main")
    first = library.run("--golden-record")
    assert first.code == 0, first.out
    commit(library, "the month")
    return library.folder


@pytest.fixture
def branch(main, tmp_path):
    """A branch of it on which the model's answer to one case broke."""
    shutil.copytree(main, tmp_path, dirs_exist_ok=True)
    library = GoldenLibrary(tmp_path)
    library.model(deterministic=False)
    git(library, "switch", "-q", "-c", "change")
    library.answers({**FLAKY, "one": "no"})
    commit(library, "a change that breaks case one")
    return library


def accept_a_worse_run(library):
    library.run("--golden-record", "--golden-month=2026-10")
    library.command("accept", "last", "--reason", "mine", "--even", "regressed,dirty")


def edit_the_pointers(library):
    """Put the broken run in the place of the stored one, by hand, with a seal that fits."""
    recorded = library.run("--golden-record")
    path = library.folder / ".goldenprompt" / "baselines.json"
    plain = json.loads(path.read_text())
    [month] = plain["months"]
    library.command("accept", recorded.verdict["run"]["id"], "--reason", "mine", "--even", "regressed,dirty")
    assert json.loads(path.read_text())["months"][month] != plain["months"][month]


def loosen_the_policy(library):
    library.write("goldenprompt.toml", "[gate]\nalpha = 0.000001\nmargin = 1.0\ninconclusive = 'warn'\n")


def add_a_waiver(library):
    library.write("goldenprompt.toml", WAIVER)


def delete_the_case(library):
    library.dataset(PROMPT, {name: text for name, text in CASES.items() if name != "one"}, extra=", must_pass: false")


def rename_the_case(library):
    path = library.folder / f"{PROMPT}.golden.yaml"
    path.write_text(path.read_text().replace("id: one,", "id: uno,"))


def loosen_the_check(library):
    path = library.folder / f"{PROMPT}.golden.yaml"
    text = path.read_text().replace("text: one text}, expected: yes", "text: one text}, expected: no")
    path.write_text(text)


def make_it_a_draft(library):
    path = library.folder / f"{PROMPT}.golden.yaml"
    path.write_text(f"status: draft\n{path.read_text()}")


def delete_the_dataset(library):
    (library.folder / f"{PROMPT}.golden.yaml").unlink()
    library.dataset("prompts/other", {"a": "yes"})


def delete_the_store(library):
    shutil.rmtree(library.folder / ".goldenprompt")


GETS_THROUGH = [edit_the_pointers, loosen_the_policy, add_a_waiver]
"""What would be green if the gate read baseline, policy and waivers from the branch."""


@pytest.mark.parametrize("attempt", GETS_THROUGH)
def test_the_branch_has_no_say_in_what_it_is_measured_by(branch, attempt):
    attempt(branch)
    commit(branch, "an attempt")
    naive = branch.run()
    assert naive.code == 0, naive.out
    gated = branch.run(MAIN)
    assert (gated.code, gated.state) == (1, "regressed"), gated.out
    assert [case["id"] for case in gated.prompt(PROMPT)["cases"]] == ["one"]
    assert gated.verdict["loosened"], gated.out
    assert "looser  " in gated.out


@pytest.mark.parametrize(
    ("attempt", "state"),
    [
        (delete_the_case, "incomplete"),
        (rename_the_case, "incomplete"),
        (make_it_a_draft, "regressed"),
        (delete_the_dataset, "incomplete"),
        (delete_the_store, "regressed"),
        (accept_a_worse_run, "regressed"),
    ],
)
def test_no_other_way_turns_the_gate_green(branch, attempt, state):
    attempt(branch)
    commit(branch, "an attempt")
    gated = branch.run(MAIN)
    assert (gated.code, gated.state) == (1, state), gated.out


def test_a_check_that_expects_the_broken_answer_is_named_in_the_verdict(branch):
    """The expectation may be changed on purpose: the case is not compared then, which is said."""
    loosen_the_check(branch)
    commit(branch, "an attempt")
    gated = branch.run(MAIN)
    told = f"{PROMPT}: 1 case with another definition (one)"
    assert {"what": told, "then": "compared", "now": "not compared"} in gated.verdict["loosened"]
    assert f"looser  {told}" in gated.out
    assert gated.verdict["counts"]["changed"] == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("golden_store", "golden_store = dir:staging\n"),
        ("golden_provider", "golden_provider = replay:good.jsonl\n"),
        ("golden_strict", "golden_strict = false\n"),
        ("addopts", "addopts = -p no:terminal\n"),
    ],
)
def test_a_setting_of_the_configuration_file_that_changed_is_named(branch, name, text):
    plain = "[pytest]\ngolden_provider = python:model:answer\npythonpath = .\n"
    kept = plain if name != "golden_provider" else "[pytest]\npythonpath = .\n"
    branch.write("pytest.ini", kept + text)
    commit(branch, "an attempt")
    gated = branch.run(MAIN)
    loosened = gated.verdict["loosened"] if gated.verdict else []
    assert gated.code != 0
    assert not gated.verdict or f"pytest.ini: {name}" in {one["what"] for one in loosened}


@pytest.mark.parametrize("listing", ["--collect-only", "--markers", "--fixtures"])
def test_a_configuration_file_cannot_turn_the_gate_into_a_listing(branch, listing):
    branch.ini(f"addopts = {listing}\n")
    commit(branch, "an attempt")
    assert branch.run(MAIN).code != 0
    assert branch.run(listing, MAIN).code == 0


def test_what_main_made_stricter_since_is_named(branch):
    git(branch, "switch", "-q", "main")
    branch.write("goldenprompt.toml", "[gate]\nmargin = 0.01\n")
    commit(branch, "stricter")
    git(branch, "switch", "-q", "change")
    gated = branch.run(MAIN)
    told = "margin (stricter on main since this branch left it)"
    assert {"what": told, "then": "0.01", "now": "0.05"} in gated.verdict["loosened"]


def test_a_branch_without_the_stored_run_is_judged_by_mains(branch):
    shutil.rmtree(branch.folder / ".goldenprompt" / "runs")
    branch.answers(FLAKY)
    commit(branch, "an attempt")
    plain, shared = branch.run(MAIN), branch.run(MAIN, "-n", "2")
    assert (plain.code, shared.code) == (0, 0), shared.out
    assert shared.verdict["prompts"] == plain.verdict["prompts"]


def test_a_stored_run_that_was_edited_is_not_shown_as_what_was_compared_with(branch):
    gated = branch.run(MAIN)
    [record] = (branch.folder / ".goldenprompt" / "runs").glob("*/run.json")
    plain = json.loads(record.read_text())
    del plain["seal"]
    record.write_text(json.dumps({**plain, "tool": "0.0"}))
    shown = branch.command("show", gated.verdict["run"]["id"])
    assert shown.code == 6
    assert "changed since the comparison" in shown.out


def test_workers_judge_by_the_same_revision(branch):
    add_a_waiver(branch)
    commit(branch, "an attempt")
    plain, shared = branch.run(MAIN), branch.run(MAIN, "-n", "2")
    assert (shared.code, shared.state) == (1, "regressed"), shared.out
    assert shared.verdict["prompts"] == plain.verdict["prompts"]
    assert shared.verdict["baseline"]["revision"].startswith("git:main at ")
    assert "FAILED prompts/triage.golden.yaml::gate" in shared.out


def test_a_branch_that_breaks_nothing_passes(branch):
    branch.answers(FLAKY)
    commit(branch, "mended")
    gated = branch.run(MAIN)
    assert (gated.code, gated.state, gated.verdict["loosened"]) == (0, "pass", []), gated.out
    assert "with policy and waivers from git:main at " in gated.out


def test_a_waiver_that_is_merged_holds_and_is_shown(branch):
    git(branch, "switch", "-q", "main")
    add_a_waiver(branch)
    commit(branch, "a waiver, reviewed")
    git(branch, "switch", "-q", "change")
    git(branch, "-c", "user.name=n", "-c", "user.email=e@x", "merge", "-q", "--no-edit", "main")
    gated = branch.run(MAIN)
    assert (gated.code, gated.state) in {(0, "pass"), (0, "inconclusive")}, gated.out
    assert [one["state"] for one in gated.verdict["waived"]] == ["used"]
    assert "waived until 2099-12-31 by mallory: it is fine" in gated.out


@pytest.mark.parametrize(
    ("revision", "what"),
    [("git:nowhere", "no such revision in this checkout, found 'nowhere'"), ("git:--all", "no such revision")],
)
def test_a_revision_that_is_not_there_is_one_line(branch, revision, what):
    gated = branch.run(f"--golden-baseline={revision}")
    assert gated.code == 4
    assert what in gated.out
    assert "Traceback" not in gated.out


def test_a_revision_without_a_common_commit_is_refused(branch):
    git(branch, "switch", "-q", "--orphan", "alone")
    git(branch, "checkout", "-q", "change", "--", ".")
    commit(branch, "no parent")
    gated = branch.run(MAIN)
    assert gated.code == 4
    assert "have no commit in common here" in gated.out


def test_a_revision_before_the_first_month_has_no_baseline(branch):
    git(branch, "switch", "-q", "--orphan", "empty")
    commit(branch, "nothing yet")
    git(branch, "branch", "-q", "start")
    git(branch, "checkout", "-q", "change", "--", ".")
    commit(branch, "all of it")
    gated = branch.run("--golden-baseline=git:start")
    assert (gated.code, gated.state) == (1, "no-baseline"), gated.out


def test_a_store_that_is_a_link_there_is_refused(branch):
    git(branch, "switch", "-q", "main")
    shutil.move(branch.folder / ".goldenprompt", branch.folder / "elsewhere")
    (branch.folder / ".goldenprompt").symlink_to("elsewhere")
    commit(branch, "a link")
    git(branch, "switch", "-q", "-c", "other")
    gated = branch.run(MAIN)
    assert gated.code == 4
    assert "found a link or a submodule" in gated.out


def test_files_are_read_as_committed_whatever_attributes_say(branch):
    branch.write(
        ".gitattributes", "*.json export-ignore\n.goldenprompt/** export-ignore ident filter=x text eol=crlf\n"
    )
    commit(branch, "attributes")
    gated = branch.run(MAIN)
    assert (gated.code, gated.state) == (1, "regressed"), gated.out
