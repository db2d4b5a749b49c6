"""Reports for other tools, of real runs: what a model says is inert in them, and pytest's own are well-formed."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from golden_library import GoldenLibrary
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.plugin.reporting import pipeline_url
from unit.reports.enemies import ENEMIES, SECRETS, complaints

KINDS = ("json", "markdown", "summary", "ctrf", "attestation", "openmetrics", "otel")
ENDS = {kind: f"report.{kind}" for kind in KINDS}
UNLIKE = re.compile(
    r"\d{8}T\d{9}Z-[0-9a-f]{6}|\d{4}-\d{2}-\d{2}T[\d:.+]+Z?|\b17\d{8,11}\b|\b18\d{8,11}\b|\b[0-9a-f]{64}\b|"
    r'"duration": \d+|time="[\d.]+"|UnixNano":"\d+"'
)
"""Ids, times, and digests of what holds them."""

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"skipped", "failure", "error", "system-out", "system-err"},
}
"""What may stand in what, in the schema of xunit2, as far as pytest writes it."""

ATTRIBUTES = {
    "testsuites": {"name"},
    "testsuite": {"name", "tests", "errors", "failures", "skipped", "time", "timestamp", "hostname"},
    "testcase": {"name", "classname", "time"},
    "skipped": {"type", "message"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
}


def write_reports(library, *words):
    reports = [f"--golden-report={kind}={name}" for kind, name in ENDS.items()]
    run = library.run("-p", "no:cacheprovider", "--junitxml=junit.xml", *reports, *words)
    found = {name: (library.folder / name).read_bytes().decode() for name in (*ENDS.values(), "junit.xml")}
    return run, found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A library whose model says something hostile in every case, where it gave the right answer before."""
    library = GoldenLibrary(tmp_path_factory.mktemp("hostile"))
    names = [f"c{number}" for number in range(len(ENEMIES))]
    library.dataset("prompts/triage", dict.fromkeys(names, "yes"))
    library.dataset("prompts/quiet", {"a": "yes", "b": "no"})
    assert library.run("--golden-record").code == 0
    library.write("answers.json", json.dumps(dict(zip(names, ENEMIES.values(), strict=True))))
    return library


@pytest.fixture(scope="module")
def reports(hostile):
    return write_reports(hostile)


def test_hostile_answers_are_inert_in_every_report_and_other_cases_unhurt(reports):
    run, found = reports
    assert run.code == 1
    for name, text in found.items():
        secrets = [complaint for complaint in complaints(text) if complaint in SECRETS or "command" in complaint]
        assert (name, secrets) == (name, [])
    assert complaints(run.out) == []
    for kind in ("json", "ctrf", "attestation", "otel"):
        json.loads(found[ENDS[kind]])
    tests = json.loads(found["report.ctrf"])["results"]["tests"]
    statuses = {one["name"]: one["status"] for one in tests}
    assert statuses["prompts/quiet.golden.yaml::a"] == "passed"
    assert statuses["prompts/quiet.golden.yaml::b"] == "other"
    assert sum(word == "failed" for word in statuses.values()) == len(ENEMIES) + 2


def test_the_same_run_gives_the_same_reports_but_for_times_and_ids(hostile, reports):
    first, second = reports[1], write_reports(hostile)[1]
    for name in first:
        assert UNLIKE.sub("-", first[name]) == UNLIKE.sub("-", second[name]), name


def check(element, extra=frozenset()):
    """Hold an element of a JUnit file against the schema, and all in it."""
    assert set(element.attrib) <= ATTRIBUTES[element.tag], element.attrib
    allowed = CHILDREN.get(element.tag, set()) | (set(extra) if element.tag == "testcase" else set())
    for child in element:
        assert child.tag in allowed, child.tag
        if child.tag == "properties":
            assert all(one.tag == "property" and set(one.attrib) == {"name", "value"} for one in child)
        else:
            check(child, extra)


def properties(case):
    return {one.get("name"): one.get("value") for one in case.iter("property")}


def test_junit_files_are_well_formed_and_tell_of_cases_and_gates(reports):
    root = ET.fromstring(reports[1]["junit.xml"])
    check(root, extra={"properties"})
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    quiet = "prompts.quiet.golden.yaml"
    assert properties(cases[quiet, "b"]) == {
        "golden_prompt": "prompts/quiet",
        "golden_case": "b",
        "golden_outcome": "failing",
        "golden_then": "0/1",
        "golden_now": "0/1",
    }
    gates = {
        properties(case)["golden_prompt"]: properties(case)
        for case in root.iter("testcase")
        if case.get("name") == "gate"
    }
    assert {name: (gate["golden_state"], gate["golden_now"]) for name, gate in gates.items()} == {
        "prompts/quiet": ("pass", "50 %"),
        "prompts/triage": ("regressed", "0 %"),
    }


def test_junit_files_keep_to_the_letter_of_the_schema_where_that_is_asked_for(hostile):
    hostile.ini("golden_junit_properties = false\n")
    _, found = write_reports(hostile)
    check(ET.fromstring(found["junit.xml"]))
    assert "<properties" not in found["junit.xml"]


def test_the_attestation_names_the_very_files(hostile, reports):
    found = reports[1]
    plain = json.loads(found["report.attestation"])
    names = [f"prompts/{name}.{what}" for name in ("quiet", "triage") for what in ("prompt.md", "golden.yaml")]
    assert {one["name"]: one["digest"]["sha256"] for one in plain["subject"]} == {
        name: digest_of_bytes((hostile.folder / name).read_bytes()) for name in names
    }
    [record] = [one for one in plain["predicate"]["configuration"] if one["name"] == "verdict record"]
    assert record["digest"]["sha256"] == digest_of_bytes(found["report.json"].encode())


def test_other_files_in_the_place_of_a_report_are_left_alone(hostile):
    for name in ENDS.values():
        hostile.write(name, "my notes\n")
    run = hostile.run(*(f"--golden-report={kind}={name}" for kind, name in ENDS.items()))
    assert run.code == 4
    assert "a file that is no report of ours is there" in run.out
    assert all((hostile.folder / name).read_text() == "my notes\n" for name in ENDS.values())


def test_the_pipeline_that_shows_the_run_is_named_where_the_environment_does():
    github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7"}
    assert pipeline_url(github) == "https://github.com/o/r/actions/runs/7"
    assert pipeline_url({"CI_JOB_URL": "https://gitlab.com/o/r/-/jobs/7"}) == "https://gitlab.com/o/r/-/jobs/7"
    assert pipeline_url({"GITHUB_RUN_ID": "7"}) == ""
