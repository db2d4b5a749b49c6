from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from pytest_goldenprompt.judge.states import BAR
from pytest_goldenprompt.model.limits import Spend, Terms
from pytest_goldenprompt.model.record import PromptFacts, RunKind
from pytest_goldenprompt.model.verdict import Change, Counts, Outcome, ReferenceFacts, SliceOutcome, State
from pytest_goldenprompt.reports.spend import spend_record
from pytest_goldenprompt.reports.verdict_record import to_text, verdict_record
from unit.reports.test_inert import HOSTILE
from unit.reports.views import case, of_then, record, view

SCHEMA = json.loads((resources.files("pytest_goldenprompt") / "schemas" / "verdict.schema.json").read_text())
RECORDS = "a" * 64
THEN = of_then(case("a", "yes", tags=("x",)), case("b", "yes"), case("c", "no"))
RUNS = {
    "pass": (record(case("a", "yes"), case("b", "yes"), case("c", "no")), THEN),
    "regressed": (record(case("a", "no"), case("b", "no"), case("c", "no")), THEN),
    "incomplete": (record(case("a", "yes"), case("b", error="HTTP 500"), case("c", missing="not run")), THEN),
    "removed": (record(case("a", "yes")), THEN),
    "no-baseline": (record(case("a", "yes")), None),
    "error": (record(case("a", "yes"), prompts={"q": {"error": "q.golden.yaml:1: wrong"}}), THEN),
    "look": (record(case("a", "yes"), case("b", missing="deselected"), narrowed=("1 of 2",)), THEN),
    "luck": (
        record(*(case(f"c{n}", "no") for n in range(9)), sure=False),
        of_then(*(case(f"c{n}", *["yes"] * 9, "no") for n in range(9)), sure=False),
    ),
    "nothing": (record(), None),
}


def made(now, then=None, anchor=None, verdict=None):
    found = view(now, then)
    reference = ReferenceFacts(then.id, then.month, "b" * 64, 31) if then else None
    return verdict_record(verdict or found.verdict, now, reference, anchor, RECORDS)


def complaints(plain):
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(to_text(plain)))]


def test_the_schema_is_a_schema_and_describes_everything_strictly():
    Draft202012Validator.check_schema(SCHEMA)

    def objects(node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            for below in node.values():
                yield from objects(below)
        elif isinstance(node, list):
            for below in node:
                yield from objects(below)

    for node in objects(SCHEMA):
        assert node["description"]
        if "properties" in node:
            assert node["additionalProperties"] is False
            assert sorted(node["properties"]) == node["required"]


def test_the_schema_knows_the_words_of_the_model():
    words = SCHEMA["$defs"]
    assert set(words["state"]["enum"]) == {state.value for state in State}
    assert set(words["case"]["properties"]["outcome"]["enum"]) == {outcome.value for outcome in Outcome}
    assert set(words["run"]["properties"]["kind"]["enum"]) == {kind.value for kind in RunKind}
    assert set(SCHEMA["properties"]["counts"]["properties"]) == set(Counts.__dataclass_fields__)
    assert BAR in words["prompt"]["properties"]["kinds"]["items"]["enum"]


def test_what_was_joined_and_what_was_counted_once_is_told():
    verdict = view(*RUNS["pass"]).verdict
    noted = replace(verdict, prompts=tuple(replace(prompt, notes=("a cache",)) for prompt in verdict.prompts))
    reference = ReferenceFacts("r0", "2026-08", "0" * 64, 90, pooled=("r-1", "r-2"))
    plain = verdict_record(noted, RUNS["pass"][0], reference, None, RECORDS)
    assert plain["prompts"][0]["notes"] == ["a cache"]
    assert plain["baseline"]["pooled"] == ["r-1", "r-2"]
    assert complaints(plain) == []


@pytest.mark.parametrize("runs", RUNS.values(), ids=RUNS)
def test_the_record_of_any_state_fits_the_schema(runs):
    assert complaints(made(*runs)) == []


def test_what_was_spent_fits_the_schema():
    spent = {"m": Spend(2, 1, 2, 10, 5, amount=Decimal("0.1")), "n": Spend(1)}
    record = made(*RUNS["pass"])
    record["spend"] = spend_record(spent, Terms(currency="USD"))
    assert complaints(record) == []
    record["spend"]["models"]["m"]["calls"] = -1
    assert complaints(record) != []


def test_a_record_with_everything_in_it_fits_the_schema():
    now = record(
        case("a", "no", tags=("x",)),
        commit="c" * 40,
        dirty=True,
        kind=RunKind.RECORDING,
        info={"ticket": [1, {"a": None}]},
        policy_digest="e" * 64,
    )
    now = replace(
        now, prompts=(PromptFacts("p", "p.golden.yaml", digest="f" * 64, model="m", served=("m-1",), provider="echo"),)
    )
    found = view(now, THEN)
    (prompt,) = found.verdict.prompts
    full = replace(
        prompt,
        owner="o",
        slices=(SliceOutcome("x", 5, Change(1.0, 0.0), 1e-9),),
        tokens=Change(10.5, 200.25),
        format_compliance=Change(1.0, None),
        needs="more",
        cause=("c",),
        kinds=("mean", "slice", "case", "removed", "missing", "bar"),
        p=0.0,
        drop=-0.5,
        drop_upper=1.25,
    )
    verdict = replace(found.verdict, prompts=(full,))
    anchor = ReferenceFacts("r0", "2026-08", "0" * 64, 90, approved=True)
    assert complaints(made(now, THEN, anchor, verdict)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain.pop("digest"),
        lambda plain: plain.update(more=1),
        lambda plain: plain.update(verdict="passed"),
        lambda plain: plain.update(digest="a" * 63),
        lambda plain: plain["prompts"][0].update(state="fine"),
        lambda plain: plain["prompts"][0]["rate"].update(now=1.5),
        lambda plain: plain["prompts"][0]["cases"][0].pop("then"),
        lambda plain: plain["counts"].update(run=-1),
        lambda plain: plain["run"].update(kind="rehearsal"),
        lambda plain: plain["run"].update(month="2026-13"),
        lambda plain: plain["baseline"].update(digest=None),
    ],
)
def test_the_schema_refuses_what_is_not_so(change):
    plain = json.loads(to_text(made(*RUNS["regressed"])))
    change(plain)
    assert len(complaints(plain)) == 1


@pytest.mark.parametrize("runs", RUNS.values(), ids=RUNS)
def test_the_same_run_gives_the_same_bytes(runs):
    assert to_text(made(*runs)) == to_text(made(*runs))


def test_the_bytes_are_sorted_ascii_and_end_with_one_line_feed():
    text = to_text(made(record(case("ümlaut\u2028", "no")), of_then(case("ümlaut\u2028", "yes"))))
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text, object_pairs_hook=lambda pairs: [key for key, _ in pairs] == sorted(k for k, _ in pairs))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_comes_back_exactly_and_stands_escaped(text):
    written = to_text(made(record(case(text, "no"), run_id=text), of_then(case(text, "yes"))))
    assert written.isprintable() or set(written) - {"\n"} <= set(map(chr, range(32, 127)))
    plain = json.loads(written)
    assert plain["run"]["id"] == text
    assert plain["prompts"][0]["cases"][0]["id"] == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_is_never_written(value):
    found = view(*RUNS["pass"])
    verdict = replace(found.verdict, prompts=(replace(found.verdict.prompts[0], p=value),))
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_text(made(*RUNS["pass"], verdict=verdict))


def test_figures_are_rounded_but_p_values_are_kept():
    found = view(*RUNS["pass"])
    prompt = replace(found.verdict.prompts[0], p=1.23456789e-12, drop=1 / 3, rate=Change(2 / 3, None))
    plain = made(*RUNS["pass"], verdict=replace(found.verdict, prompts=(prompt,)))["prompts"][0]
    assert (plain["p"], plain["drop"], plain["rate"]) == (1.23456789e-12, 0.333333, {"then": 0.666667, "now": None})


def test_the_record_binds_the_verdict_to_what_was_judged():
    now = replace(
        record(case("a", "yes"), run_id="r9", commit="c1", policy_digest="e" * 64),
        prompts=(
            PromptFacts("p", "p.golden.yaml", digest="1" * 64, dataset_digest="2" * 64, model="m", served=("m-1",)),
        ),
    )
    plain = made(now, THEN, ReferenceFacts("r0", "2026-08", "0" * 64, None, approved=False))
    assert plain["digest"] == RECORDS
    run = plain["run"]
    assert (run["id"], run["commit"], run["policy"]) == ("r9", "c1", "e" * 64)
    assert run["prompts"] == {"p": "1" * 64}
    assert run["datasets"] == {"p.golden.yaml": "2" * 64}
    assert run["models"] == {"p": {"asked": "m", "answered": ["m-1"]}}
    assert (plain["baseline"]["id"], plain["baseline"]["age_days"]) == ("then", 31)
    assert plain["anchor"]["approved"] is False


def test_a_verdict_expires_by_the_policy_it_was_judged_by_and_not_where_there_is_none():
    end = {"started": "2026-11-30T21:00:00Z", "finished": "2026-11-30T22:30:00Z"}
    kept = record(case("a", "yes"), policy={"max_age_hours": 3}, **end)
    assert made(kept)["expires"] == "2026-12-01T01:30:00Z"
    assert made(record(case("a", "yes"), **end))["expires"] is None
    assert made(record(case("a", "yes"), policy={"max_age_hours": 3}))["expires"] is None
