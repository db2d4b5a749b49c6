"""Several accepted months as one baseline: live, in workers, from another revision, and when a run is shown again."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from golden_library import GoldenLibrary

MONTHS = ("2026-01", "2026-02", "2026-03")
CASES = {**dict.fromkeys(("one", "two", "three", "four", "five"), "yes"), "flaky": "no"}
PROMPT = "prompts/triage"
GIT = ("git", "-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Three months of a small prompt, three repeats each, whose policy joins them."""
    library = GoldenLibrary(tmp_path_factory.mktemp("recorded"))
    library.model(deterministic=False)
    library.dataset(PROMPT, CASES)
    library.write("goldenprompt.toml", "[gate]\npool_months = 3\nbaseline_repeats = 3\nconfirm_repeats = 3\n")
    library.write(".gitignore", "__pycache__/\ncalls.log\nverdict.json\n")
    library.answers({"flaky": ["no", "maybe", "no"]})
    states = [library.run("--golden-record", f"--golden-month={month}").state for month in MONTHS]
    assert states == ["new", "inconclusive", "inconclusive"]
    return library.folder


@pytest.fixture
def broken(recorded, tmp_path):
    """The same, with an answer that broke since."""
    shutil.copytree(recorded, tmp_path, dirs_exist_ok=True)
    library = GoldenLibrary(tmp_path)
    library.model(deterministic=False)
    library.answers({"flaky": ["no", "maybe", "no"], "one": "no"})
    return library


def commit(library):
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "months")):
        subprocess.run([*GIT, *words], cwd=library.folder, check=True, capture_output=True)


@pytest.mark.parametrize("way", [(), ("-n", "2"), ("--golden-baseline=git:main",)], ids=["plain", "xdist", "revision"])
def test_three_months_make_one_baseline_everywhere_and_show_says_the_same(broken, way):
    commit(broken)
    run = broken.run(*way)
    prompt = run.prompt(PROMPT)
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert [(case["id"], case["then"]) for case in prompt["cases"]] == [("one", {"passed": 9, "repeats": 9})]
    assert len(run.verdict["baseline"]["pooled"]) == 2
    assert run.verdict["anchor"]["pooled"] == []
    assert "joined with 2 earlier months" in run.out
    shown = broken.command("show", "last").out
    assert f"VERDICT {run.out.rpartition('VERDICT ')[2].splitlines()[0]}\n" in shown
    assert "then (2026-03) 9 of 9 passed, now 0 of 3 passed" in shown
    detail = broken.command("show", f"last/{PROMPT}/flaky").out
    assert detail.count("then ") == 9
    assert "(not kept)" not in detail


def test_one_month_alone_leaves_it_open(broken):
    broken.write("goldenprompt.toml", "[gate]\nbaseline_repeats = 3\nconfirm_repeats = 3\n")
    run = broken.run()
    assert run.state == "inconclusive", run.out
    assert run.verdict["baseline"]["pooled"] == []
    assert [one["what"] for one in run.verdict["loosened"]] == ["pool_months"]


def test_pooled_months_are_not_pruned_while_a_verdict_needs_them(broken):
    broken.run()
    pruned = broken.command("prune", "--keep", "1")
    assert "nothing to remove" in pruned.out
    assert pruned.out.count("was compared with it") == 1


def test_a_changed_prompt_is_compared_with_the_month_alone(broken):
    path = broken.folder / f"{PROMPT}.prompt.md"
    path.write_text(path.read_text() + "Be brief.\n")
    broken.run("--golden-record", "--golden-month=2026-04")
    broken.command("accept", "last", "--reason", "r", "--even", "regressed,dirty")
    assert broken.run().verdict["baseline"]["pooled"] == []
