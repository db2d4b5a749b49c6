from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.output import Origin, Usage
from pytest_goldenprompt.model.pointers import LogEntry, Pointers
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.case_lines import read_cases
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import case, name_of, record, save, texts, verdict

ANY = st.text(st.characters(codec=None, categories=None), max_size=30)
"""Any characters, lone surrogates among them."""
AWKWARD = [
    "",
    "\0",
    "\r",
    "a\r\nb\rc\n",
    "\u2028\u2029\x85\x0b\x0c",
    "\ud800",
    "\udfff x \ud83d",
    "\ude00\ud83d",
    "\x1b]0;title\x07",
    "\ufeff",
    "\ufffe\uffff\U0010ffff",
    '"\\u0000"',
]
RATES = st.floats(0, 1)
NUMBERS = st.integers(0, 2**53)
WORDS = st.lists(ANY, max_size=3).map(tuple)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3),
    max_leaves=6,
)
USAGES = st.builds(Usage, *[st.none() | NUMBERS] * 5)
ORIGINS = st.builds(Origin, st.none() | ANY, st.none() | ANY, st.none() | ANY, USAGES)
REPEATS = st.builds(
    Repeat,
    score=RATES,
    passed=st.booleans(),
    format_ok=st.none() | st.booleans(),
    form_alone=st.booleans(),
    output=st.none() | ANY,
    reasons=WORDS,
    faults=WORDS,
    error=st.none() | ANY,
    tokens=st.none() | NUMBERS,
    copy=st.booleans(),
)
CASES = st.builds(
    CaseResult,
    prompt_id=ANY,
    case_id=ANY,
    digest=ANY,
    repeats=st.lists(REPEATS, max_size=3).map(tuple),
    tags=WORDS,
    must_pass=st.booleans(),
    missing=ANY,
    line=NUMBERS,
)
PROMPTS = st.builds(
    PromptFacts,
    id=ANY,
    dataset=ANY,
    owner=st.none() | ANY,
    served=WORDS,
    deterministic=st.booleans(),
    draft=st.booleans(),
    min_pass_rate=st.none() | RATES,
    error=st.none() | ANY,
)
RECORDS = st.builds(
    RunRecord,
    id=st.just("r1"),
    kind=st.sampled_from(RunKind),
    month=ANY,
    commit=st.none() | ANY,
    dirty=st.none() | st.booleans(),
    prompts=st.lists(PROMPTS, max_size=2).map(tuple),
    cases=st.lists(CASES, max_size=3).map(tuple),
    narrowed=WORDS,
    stopped=WORDS,
    info=st.dictionaries(ANY, JSON, max_size=2),
)
FREELY = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def joined(value):
    """Give a value with each pair of surrogates as the one character that it means."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if isinstance(value, dict):
        return {joined(key): joined(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(joined(below) for below in value)
    if dataclasses.is_dataclass(value):
        fields = {field.name: joined(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_come_back_exactly_from_the_disk(tmp_path, text):
    store = FolderStore(tmp_path)
    made = record("r1", case(f"x{text}", text, tags=(text,), missing=text), commit=text)
    store.save(made, {name_of(text): text}, verdict(), keep=True)
    (found,) = store.load("r1").cases
    assert (found.case_id, found.tags, found.missing, store.load("r1").commit) == (f"x{text}", (text,), text, text)
    assert store.texts("r1") == {name_of(text): text}


@FREELY
@given(ANY)
def test_any_text_comes_back_from_a_line(text):
    line = codec.line_of({"text": text})
    line.encode("utf-8")
    assert "\n" not in line
    assert "\r" not in line
    (found,) = codec.read_lines(f"{line}\n", "x")
    assert found == {"text": joined(text)}


@FREELY
@given(RECORDS)
def test_any_record_comes_back(made):
    facts, cases = codec.facts_to_plain(made), codec.cases_text(made)
    facts = codec.read_object(json.dumps(facts), "x")
    results = read_cases(cases.encode().splitlines(keepends=True), "x")
    assert codec.record_from_plain(facts, results, "x") == joined(made)


@FREELY
@given(CASES, st.floats(0, 1e6), ANY, st.integers(1, 9), st.none() | ORIGINS)
@example(CaseResult("p", "c", "d"), 0.0, "", 1, Origin())
def test_a_case_travels_between_processes_with_all_its_fields(made, latency, response_id, attempts, origin):
    repeat = Repeat(1.0, True, latency=latency, response_id=response_id, attempts=attempts, origin=origin)
    whole = dataclasses.replace(joined(made), repeats=(*joined(made.repeats), joined(repeat)))
    assert codec.case_from_plain(codec.case_to_plain(whole), "x") == whole


def test_a_stored_record_comes_back_without_the_volatile_fields(tmp_path):
    store = FolderStore(tmp_path)
    made = record(commit="c", dirty=True, info={"a": [1, {"b": None}]}, narrowed=("-k",))
    save(store, made)
    found = store.load("r1")
    steady = [
        dataclasses.replace(
            one, repeats=tuple(dataclasses.replace(r, latency=None, response_id=None, attempts=1) for r in one.repeats)
        )
        for one in made.cases
    ]
    assert found == dataclasses.replace(made, cases=tuple(steady))
    assert store.texts("r1") == texts()
    assert store.verdict("r1") == {"verdict": "pass"}


@pytest.mark.parametrize("keep", [True, False])
def test_the_same_record_has_the_same_bytes_wherever_it_is_saved(tmp_path, keep):
    homes = tmp_path / "one", tmp_path / "two"
    for home in homes:
        ordered = dict(sorted(texts().items(), reverse=home is homes[0]))
        FolderStore(home).save(record(), ordered, "{}", keep=keep)
    one, two = (
        {path.relative_to(home): path.read_bytes() for path in home.rglob("*") if path.is_file()} for home in homes
    )
    assert one == two
    assert len(one) == 6


def test_what_the_provider_told_is_kept_under_stable_names_beside_the_record(tmp_path):
    origin = Origin("gpt-4o-2024-08-06", "stop", "fp_1", Usage(10, 5, 4, 3, 2))
    repeats = tuple(dataclasses.replace(case("a").repeats[0], origin=one) for one in (origin, None))
    save(FolderStore(tmp_path), record("r1", case("a", repeats=repeats)))
    line, _ = (tmp_path / "runs" / "r1" / "volatile.jsonl").read_text("utf-8").splitlines()
    first, second = json.loads(line)["repeats"]
    assert first["origin"] == {
        "model": "gpt-4o-2024-08-06",
        "finish_reason": "stop",
        "fingerprint": "fp_1",
        "usage": {
            "input_tokens": 10,
            "output_tokens": 5,
            "cached_tokens": 4,
            "reasoning_tokens": 3,
            "cache_write_tokens": 2,
        },
    }
    assert "origin" not in second
    assert "fp_1" not in (tmp_path / "runs" / "r1" / "cases.jsonl").read_text("utf-8")


def test_latency_and_response_ids_change_neither_the_record_nor_its_digest(tmp_path):
    first = save(FolderStore(tmp_path / "one"), record())
    repeat = dataclasses.replace(record().cases[0].repeats[0], latency=9.0, response_id="other", attempts=1)
    other = record("r1", dataclasses.replace(record().cases[0], repeats=(repeat,)), record().cases[1])
    assert save(FolderStore(tmp_path / "two"), other) == first


@pytest.mark.parametrize("info", [{"a": float("nan")}, {"a": float("inf")}, {"a": {1, 2}}, {"a": object()}])
def test_what_is_no_json_is_never_written(tmp_path, info):
    store = FolderStore(tmp_path)
    with pytest.raises(StoreError, match="run r1: cannot be written as JSON"):
        save(store, record(info=info))
    assert store.runs() == []


def test_pointers_and_their_log_come_back(tmp_path):
    store = FolderStore(tmp_path)
    assert (store.pointers(), store.log(), store.has_history()) == (Pointers(), [], False)
    one, two = save(store, record("r1")), save(store, record("r2"))
    first = Pointers({"2026-10": one}, one)
    second = Pointers({**first.months, "2026-11": two}, dataclasses.replace(two, approved=True))
    entries = [
        LogEntry("t1", "accept", "r1", "2026-10", "me\u2028\ud800", "because\n\rof this"),
        LogEntry("t2", "anchor", "r2", "2026-11", "me", "why not", "r1", ("dirty", "regressed")),
    ]
    store.move(Pointers(), first, entries[0])
    store.move(first, second, entries[1])
    assert (store.pointers(), store.log(), store.has_history()) == (second, entries, True)


def test_a_run_is_never_stored_over_another(tmp_path):
    store = FolderStore(tmp_path)
    pointer = save(store, record())
    with pytest.raises(StoreError, match="cannot be written"):
        save(store, record(month="2026-11"))
    assert store.load(pointer).month == "2026-10"
