"""`--golden-report html=PATH` and `goldenprompt open`: the same page of the same run, whatever the answers hold."""

from __future__ import annotations

import json
import re

import pytest

CASES = {"a": "yes", "b": "yes", "c": "yes", "d": "no"}


@pytest.fixture
def stored(library):
    """A library whose stored run passed three of four cases."""
    library.dataset("prompts/triage", CASES)
    assert library.run("--golden-record").code == 0
    return library


def data_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


@pytest.mark.parametrize("way", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_the_page_of_a_run_holds_what_was_asked_and_what_came_then_and_now(stored, way):
    stored.answers({"b": "no <b>bold</b> \ud800"})
    run = stored.run(*way, "--golden-report", "html=out/page.html")
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert "report  out/page.html" in run.out
    found = data_of(stored.folder / "out" / "page.html")
    detail = found["details"]["1"]
    told = [found["texts"][number] for number in (detail["asked"]["inputs"][0][1], detail["asked"]["expected"])]
    assert told == ["b text", "yes"]
    assert [found["texts"][detail[when][0]["output"]] for when in ("then", "now")] == ["yes", "no <b>bold</b> \ud800"]
    assert found["head"]["sentence"].startswith("prompts/triage got worse: 50 % of its answers pass, 75 % did in ")
    assert all("seconds" in repeat for when in ("then", "now") for repeat in detail[when])
    kept = stored.command("open", "last", "--to", "kept.html")
    assert (kept.code, kept.out) == (0, "kept.html\n")
    assert (stored.folder / "kept.html").read_bytes() == (stored.folder / "out" / "page.html").read_bytes()


def test_a_page_that_is_there_is_written_anew_and_no_other_file_is(stored):
    assert stored.run("--golden-report", "html=page.html").code == 0
    first = (stored.folder / "page.html").read_text()
    assert stored.run("--golden-report", "html=page.html").code == 0
    second = (stored.folder / "page.html").read_text()
    assert first != second
    assert without_times(first) == without_times(second)
    mine = stored.write("mine.html", "<!doctype html><title>mine</title>")
    run = stored.run("--golden-report", "html=mine.html")
    assert run.code == 4
    assert "a file that is no report of ours is there" in run.out
    assert mine.read_text().endswith("mine</title>")


def without_times(page):
    return re.sub(r'\d{8}T\d{9}Z-\w{6}|\d{4}-\d\d-\d\dT[\d:]+Z|"seconds":[\d.]+', "?", page)


def test_a_stored_run_is_written_into_the_stores_cache(stored):
    stored.write(
        "prompts/triage.golden.yaml", "evaluators: [exact]\ncases:\n  - {id: a, inputs: {text: x}, expected: y}\n"
    )
    kept = stored.command("open", "last")
    assert re.fullmatch(r"\.goldenprompt/cache/pages/\S+\.html\n", kept.out)
    found = data_of(stored.folder / kept.out.strip())
    assert "asked" not in found["details"]["0"]  # the dataset is not the one that the run was made with
    assert stored.command("open", "2020").code == 2
