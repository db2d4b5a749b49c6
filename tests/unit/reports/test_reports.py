"""What all reports for other tools have in common: forms, hostile texts, the same bytes twice."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from jsonschema import Draft202012Validator

from pytest_goldenprompt.model.verdict import ReferenceFacts
from pytest_goldenprompt.reports.attestation import attestation_text
from pytest_goldenprompt.reports.ctrf import ctrf_text
from pytest_goldenprompt.reports.markdown import COMMENT, SUMMARY, markdown_text
from pytest_goldenprompt.reports.openmetrics import openmetrics_text
from pytest_goldenprompt.reports.otel import otel_text
from pytest_goldenprompt.reports.verdict_record import verdict_record
from unit.reports.enemies import ENEMIES, complaints
from unit.reports.views import case, of_then, record, view

TIMES = {"started": "2026-11-24T10:00:00Z", "finished": "2026-11-24T10:05:00Z", "tool": "0.1.0", "commit": "c" * 40}
FILES = {"p.prompt.md": "1" * 64, "p.golden.yaml": "2" * 64}
ANCHOR = ReferenceFacts("anchored", "2026-01", "9" * 64, 300, approved=True)


def as_record(shown, **more):
    return verdict_record(shown.verdict, shown.record, shown.reference, None, "a" * 64, **more)


WRITE = {
    "markdown": markdown_text,
    "summary": lambda shown: markdown_text(shown, SUMMARY),
    "ctrf": ctrf_text,
    "attestation": lambda shown: attestation_text(shown, "{}", FILES, ANCHOR),
    "openmetrics": lambda shown: openmetrics_text(shown, as_record(shown)),
    "otel": otel_text,
}
each_report = pytest.mark.parametrize("kind", WRITE)


def regressed(answer="no", name="a", **more):
    """A run in which one case got worse, with what a model said and how everything is called."""
    then = of_then(case(name, "yes", reason=answer), case("b", "yes"), case("c", "no"))
    now = record(case(name, answer, reason=answer, tags=(answer,)), case("b", "yes"), case("c", "no"), **TIMES, **more)
    return view(now, then, answer)


@each_report
@pytest.mark.parametrize("text", ENEMIES.values(), ids=ENEMIES)
def test_hostile_texts_are_inert_and_secrets_masked(kind, text):
    for shown in (regressed(text), regressed(text, prompts={"p": {"owner": text, "error": text}})):
        assert complaints(WRITE[kind](shown)) == []


@each_report
def test_the_same_run_gives_the_same_bytes(kind):
    assert WRITE[kind](regressed()) == WRITE[kind](regressed())


@each_report
def test_a_long_answer_makes_no_long_report(kind):
    text = WRITE[kind](regressed("x" * 5_000_000 + "\n" + "y " * 100_000))
    assert len(text) < 20_000


# CTRF: what of the format is used, as its published schema has it

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def closed(required, **more):
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **more},
        "additionalProperties": False,
    }


CTRF = closed(
    {
        "reportFormat": {"const": "CTRF"},
        "specVersion": {"pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
        "results": closed(
            {
                "tool": closed({"name": {"type": "string", "minLength": 1}}, version=TEXT),
                "summary": closed(
                    dict.fromkeys(("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"), WHOLE)
                ),
                "tests": {
                    "type": "array",
                    "items": closed(
                        {
                            "name": {"type": "string", "minLength": 1},
                            "status": {"enum": ["passed", "failed", "skipped", "pending", "other"]},
                            "duration": WHOLE,
                        },
                        id={"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
                        suite={"type": "array", "minItems": 1, "items": TEXT},
                        message=TEXT,
                        line=WHOLE,
                        rawStatus=TEXT,
                        filePath=TEXT,
                        tags={"type": "array", "items": TEXT},
                        extra={"type": "object"},
                    ),
                },
            },
            environment=closed({}, commit=TEXT),
            extra={"type": "object"},
        ),
    },
    generatedBy=TEXT,
    timestamp=TEXT,
)


def statuses(shown):
    plain = json.loads(ctrf_text(shown))
    assert [*Draft202012Validator(CTRF).iter_errors(plain)] == []
    tests, summary = plain["results"]["tests"], plain["results"]["summary"]
    found = {one["name"]: (one["status"], one["rawStatus"]) for one in tests}
    assert len(found) == len(tests) == summary["tests"]
    assert summary["failed"] == sum(word == "failed" for word, _ in found.values())
    assert summary["stop"] - summary["start"] == (300_000 if shown.record.started else 0)
    return found


def test_ctrf_says_of_each_test_what_became_of_it():
    assert statuses(regressed()) == {
        "golden prompts": ("failed", "regressed"),
        "p.golden.yaml::gate": ("failed", "regressed"),
        "p.golden.yaml::a": ("failed", "regressed"),
        "p.golden.yaml::b": ("passed", "passed"),
        "p.golden.yaml::c": ("other", "failing"),
    }


def test_what_is_missing_failed_and_what_a_person_left_out_is_skipped():
    then = of_then(case("a", "yes"), case("b", "yes"), case("c", "yes"))
    found = statuses(view(record(case("a", "yes"), case("b", error="HTTP 500"), case("c", missing="deselected")), then))
    assert found["golden prompts"] == ("failed", "incomplete")
    assert found["p.golden.yaml::b"] == ("failed", "missing")
    assert found["p.golden.yaml::c"] == ("skipped", "missing")


def test_a_run_of_nothing_and_one_that_could_not_be_read_fail():
    assert statuses(view(record()))["golden prompts"][0] == "failed"
    found = statuses(view(record(case("a", "yes"), prompts={"q": {"error": "q.golden.yaml:1: wrong"}})))
    assert found["q.golden.yaml::gate"] == ("failed", "error")


def test_a_draft_fails_nothing():
    draft = {"prompts": {"p": {"draft": True}}}
    then = of_then(case("a", "yes"), case("b", "yes", prompt="q"), **draft)
    now = record(case("a", "no"), case("b", "yes", prompt="q"), **draft)
    assert "failed" not in {word for word, _ in statuses(view(now, then)).values()}


# in-toto


def statement(shown, files=FILES, **more):
    return json.loads(attestation_text(shown, '{"a": 1}\n', files, ANCHOR, **more))


def test_the_statement_has_the_fields_of_the_predicate_and_names_files_by_digest():
    plain = statement(regressed(), url="https://ci.example/1")
    assert plain["_type"] == "https://in-toto.io/Statement/v1"
    assert plain["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert plain["subject"] == [{"name": name, "digest": {"sha256": FILES[name]}} for name in sorted(FILES)]
    predicate = plain["predicate"]
    assert predicate.keys() == {"result", "configuration", "url", "passedTests", "warnedTests", "failedTests"}
    assert predicate["result"] == "FAILED"
    assert predicate["failedTests"] == ["golden prompts", "p.golden.yaml::gate", "p.golden.yaml::a"]
    assert predicate["warnedTests"] == ["p.golden.yaml::c"]
    for one in predicate["configuration"]:
        assert one.keys() - {"annotations"} == {"name", "digest"}
        assert all(re.fullmatch("[0-9a-f]{40,64}", digest) for digest in one["digest"].values())
    names = {one["name"]: one for one in predicate["configuration"]}
    assert names.keys() == {"verdict record", "baseline", "anchor", "checkout"}
    assert names["checkout"]["digest"] == {"gitCommit": "c" * 40}


def test_only_a_whole_pass_of_some_file_is_passed():
    then = of_then(case("a", "yes"))
    passed = view(record(case("a", "yes"), **TIMES), then)
    assert statement(passed)["predicate"]["result"] == "PASSED"
    assert "url" not in statement(passed)["predicate"]
    assert statement(passed, files={})["predicate"]["result"] == "FAILED"
    look = view(record(case("a", "yes"), narrowed=("1 of 2",), **TIMES), then)
    assert statement(look)["predicate"]["result"] == "FAILED"
    unsure = record(*(case(f"c{n}", "yes") for n in range(3)), sure=False, **TIMES)
    before = of_then(*(case(f"c{n}", *["yes"] * 4, "no") for n in range(3)), sure=False)
    assert view(unsure, before).verdict.state == "inconclusive"
    assert statement(view(unsure, before))["predicate"]["result"] == "WARNED"


# OpenMetrics


def families(text):
    """Read OpenMetrics with the parser of Prometheus' own client."""
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    return {family.name: family for family in parser.text_string_to_metric_families(text)}


def test_the_gauges_are_read_by_prometheus_own_parser():
    shown = regressed()
    spend = {"amount": 0.25, "currency": "EUR"}
    found = families(openmetrics_text(shown, {**as_record(shown), "spend": spend, "expires": "2026-11-25T10:05:00Z"}))
    assert {family.type for family in found.values()} == {"gauge"}
    states = {one.labels["state"]: one.value for one in found["goldenprompt_verdict"].samples}
    assert [state for state, value in states.items() if value] == ["regressed"]
    rates = {one.labels["when"]: one.value for one in found["goldenprompt_prompt_pass_ratio"].samples}
    assert rates == {"then": pytest.approx(2 / 3), "now": pytest.approx(1 / 3)}
    [spent] = found["goldenprompt_spend_amount"].samples
    assert (spent.value, spent.labels) == (0.25, {"currency": "EUR"})
    [end] = found["goldenprompt_run_finished_timestamp_seconds"].samples
    assert end.value == datetime.fromisoformat(TIMES["finished"]).timestamp()
    [expires] = found["goldenprompt_verdict_expires_timestamp_seconds"].samples
    assert expires.value - end.value == 86_400


@pytest.mark.parametrize("text", ENEMIES.values(), ids=ENEMIES)
def test_hostile_labels_are_one_label(text):
    shown = regressed(prompts={"p": {"owner": text}})
    written = openmetrics_text(shown, as_record(shown))
    assert [line for line in written.split("\n") if line.startswith("# EOF")] == ["# EOF"]
    found = families(written)
    assert "goldenprompt_evil" not in found
    assert len({one.labels["owner"] for one in found["goldenprompt_prompt_verdict"].samples}) == 1


# OpenTelemetry


def events(shown):
    """Give the events of a request by the prompt's name, the case and the name of what is evaluated."""
    [resource] = json.loads(otel_text(shown))["resourceLogs"]
    [scope] = resource["scopeLogs"]
    found = {}
    for event in scope["logRecords"]:
        assert event["eventName"] == "gen_ai.evaluation.result"
        told = {one["key"]: next(iter(one["value"].values())) for one in event["attributes"]}
        found[told["gen_ai.prompt.name"], told.get("goldenprompt.case.id"), told["gen_ai.evaluation.name"]] = told
    return found


def test_each_answer_and_each_gate_is_an_event_of_the_conventions():
    found = events(regressed(name="a"))
    assert found["p", "a", "goldenprompt.case"] == {
        "gen_ai.prompt.name": "p",
        "gen_ai.evaluation.name": "goldenprompt.case",
        "gen_ai.evaluation.score.value": 0.0,
        "gen_ai.evaluation.score.label": "fail",
        "gen_ai.evaluation.explanation": "no",
        "goldenprompt.case.id": "a",
        "goldenprompt.repeat": "0",
    }
    assert found["p", None, "goldenprompt.gate"]["gen_ai.evaluation.score.label"] == "regressed"
    failed = events(view(record(case("a", error="HTTP 500"), **TIMES)))["p", "a", "goldenprompt.case"]
    assert failed["error.type"] == "_OTHER"
    assert "gen_ai.evaluation.score.value" not in failed


def test_the_request_is_one_of_the_protocol():
    protocol = pytest.importorskip("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    from google.protobuf import json_format

    request = json_format.Parse(otel_text(regressed()), protocol.ExportLogsServiceRequest())
    [resource] = request.resource_logs
    assert len(resource.scope_logs[0].log_records) == 4
    assert resource.scope_logs[0].log_records[0].time_unix_nano == 1_795_514_700 * 10**9


# Markdown


def tokens(text):
    """Read Markdown as GitHub does, and give what would be drawn, without what is code."""
    reader = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False})
    for token in reader.parse(text):
        if token.type == "inline":
            yield from (part for part in token.children if part.type != "code_inline")
        elif token.type != "fence":
            yield token


OURS = re.compile(r"[\w ,.:%<>!-]*")
"""What our own words outside of code are made of: nothing that mentions, links or marks up."""


@pytest.mark.parametrize("text", ENEMIES.values(), ids=ENEMIES)
def test_nothing_hostile_is_outside_of_code(text):
    name = re.sub(r"[\ud800-\udfff\0]", "", text).replace("::", ":")
    shown = regressed(text, name=name, prompts={"p": {"owner": text}})
    written = markdown_text(shown)
    kinds = {token.type for token in tokens(written)}
    assert not kinds & {"link_open", "image", "html_inline", "strong_open", "em_open", "s_open"}
    assert sum(token.type == "html_block" for token in tokens(written)) == 1
    for token in tokens(written):
        assert OURS.fullmatch(token.content.strip()), token
    rows = [line for line in written.split("\n") if line.startswith("| `")]
    cells = [token for token in tokens(written) if token.type == "td_open"]
    assert len(cells) == 6 * len(rows) == 6


@pytest.fixture(scope="module")
def big():
    """Forty prompts, each of which lost four cases, and ten that passed."""
    names, answers = [f"prompt{number:02}" for number in range(40)], [f"{number}{'z' * 200}" for number in range(4)]
    well = [case("c", "yes", prompt=f"well{number}") for number in range(10)]
    lost = [(name, number) for name in names for number in range(4)]
    then = of_then(*(case(f"c{n}", "yes", prompt=name) for name, n in lost), *well)
    now = (*(case(f"c{n}", answers[n], prompt=name) for name, n in lost), *well)
    return view(record(*now, **TIMES), then, *answers)


@pytest.mark.parametrize(
    ("limit", "left_out", "rows"),
    [
        (SUMMARY, "", 50),
        (50_000, "the answers then and now", 50),
        (15_000, "cases and answers", 50),
        (7_000, "what was found of each prompt", 50),
        (4_100, "prompts that passed, and what was found of each prompt", 40),
        (3_000, "prompts that passed, and what was found of each prompt", 25),
    ],
)
def test_what_does_not_fit_is_left_out_in_order_and_said(big, limit, left_out, rows):
    text = markdown_text(big, limit)
    assert len(text.encode()) <= limit
    told = f"Left out, to fit into {limit:,} bytes: {left_out}.\n"
    assert (told in text) is bool(left_out)
    assert ("Left out" in text) is bool(left_out)
    assert "VERDICT REGRESSED" in text
    assert text.count("\n| `") == rows
    assert ("| 15 more | | | | | |" in text) is (rows == 25)


def test_what_always_stands_there_fits_however_much_there_is_to_say():
    long = tuple(f"{number}: " + "\u20ac" * 5_000 for number in range(300))
    shown = regressed(stopped=long)
    text = markdown_text(shown)
    assert len(text.encode()) <= COMMENT
    assert "VERDICT INCOMPLETE" in text
