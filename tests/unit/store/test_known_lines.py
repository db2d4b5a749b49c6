"""Results are read line by line: what two runs have alike is read once, and what is damaged is named by its line."""

from __future__ import annotations

import hashlib
import json

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.store.codec import cases_digest, cases_text, sealed
from pytest_goldenprompt.store.folder import read_run
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import case, record, save


@pytest.fixture
def store(tmp_path):
    store = FolderStore(tmp_path)
    save(store, record("r1", case("a"), case("b", tags=("t", "u")), case("c", tags=("t", "u"))))
    save(store, record("r2", case("a"), case("b", "other", tags=("t", "u")), case("d", tags=("t", "u"))))
    return store


def rewrite(store, change, name="cases.jsonl"):
    """Change the results of r1 and make all digests and seals fit."""
    home = store.folder / "runs" / "r1"
    content = change((home / name).read_bytes())
    (home / name).write_bytes(content)
    plain = json.loads((home / "run.json").read_text())
    del plain["seal"]
    plain["files"][name] = hashlib.sha256(content).hexdigest()
    (home / "run.json").write_text(json.dumps(sealed(plain)))


def second_line(line):
    return lambda content: b"\n".join([content.split(b"\n")[0], line, *content.split(b"\n")[2:]])


def test_runs_read_with_the_same_known_share_what_is_equal_to_the_letter(store):
    known = {}
    one, other = store.load("r1", known), store.load("r2", known)
    assert (one, other) == (store.load("r1"), store.load("r2"))
    assert [then is now for then, now in zip(one.cases, other.cases, strict=True)] == [True, False, False]
    assert len(known) == 3


def test_what_is_read_without_a_known_shares_only_what_lines_repeat(store):
    one, other = store.load("r1").cases[1:]
    assert one.tags is other.tags
    assert one.prompt_id is other.prompt_id
    assert one is not store.load("r1").cases[1]


def test_a_run_without_results_leaves_the_lines_to_the_next(tmp_path):
    store, known = FolderStore(tmp_path), {}
    save(store, record("r0", prompts=()))
    store.load("r0", known)
    assert known


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "damaged: Expecting property name"),
        (b'{"case_id": NaN}', "damaged: NaN is no JSON"),
        (b'{"case_id":"x","digest":"d","prompt_id":"p"} {}', "damaged: not a JSON object"),
        (b"[]", "damaged: not a JSON object"),
        (b"\xff", "damaged: not UTF-8 text"),
        (b"[" * 100_000, "damaged: "),
        (b'{"digest":"d","prompt_id":"p"}', "not a result of a case: .*case_id"),
        (b'{"case_id":"x","digest":"d"}', "not a result of a case: .*prompt_id"),
        (b'{"case_id":"x","digest":"d","prompt_id":{}}', "not a result of a case"),
        (b'{"case_id":"x","digest":"d","prompt_id":"p","tags":3}', "not a result of a case"),
        (b'{"case_id":"x","digest":"d","prompt_id":"p","more":3}', "not a result of a case: .*more"),
        (b'{"case_id":"x","digest":"d","prompt_id":"p","repeats":{}}', "`repeats` is not a list"),
        (b'{"case_id":"x","digest":"d","prompt_id":"p","repeats":[3]}', "not a result of a case"),
        (b'{"case_id":"x","digest":"d","prompt_id":"p","repeats":[{"more":3}]}', "not a result of a case: .*more"),
        (b'{"case_id":"x","digest":"d","prompt_id":"p","repeats":[{"reasons":3}]}', "not a result of a case"),
    ],
)
@pytest.mark.parametrize("known", [None, {}, {b"x": None}])
def test_a_damaged_line_is_named_though_all_digests_fit(store, line, said, known):
    rewrite(store, second_line(line))
    with pytest.raises(StoreError, match=rf"cases\.jsonl:2: {said}") as refused:
        store.load("r1", known)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["texts.jsonl", "verdict.json"])
def test_other_files_that_are_no_utf_8_are_damaged_though_all_digests_fit(store, name):
    rewrite(store, lambda content: b"\xff" + content, name)
    with pytest.raises(StoreError, match=f"{name}: damaged: not UTF-8 text"):
        store.texts("r1") if name == "texts.jsonl" else store.verdict("r1")


def test_a_change_is_found_in_lines_that_are_known_too(store):
    known = {}
    store.load("r2", known)
    path = store.folder / "runs" / "r1" / "cases.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    with pytest.raises(StoreError, match=r"cases\.jsonl: changed since it was stored"):
        store.load("r1", known)


@pytest.mark.parametrize(
    "change", [lambda content: b"\n" + content.replace(b"\n", b"\n\n"), lambda content: content[:-1]]
)
def test_empty_lines_and_a_missing_last_end_change_nothing(store, change):
    whole = store.load("r1")
    rewrite(store, change)
    assert store.load("r1") == whole


def test_results_that_are_gone_are_told(store):
    (store.folder / "runs" / "r1" / "cases.jsonl").unlink()
    with pytest.raises(StoreError, match=r"cases\.jsonl: cannot be read"):
        read_run(store.folder / "runs" / "r1")


def test_the_digest_of_results_is_that_of_their_text():
    made = record("r1", case("a"), case("\u00e4\ud800"))
    assert cases_digest(made) == hashlib.sha256(cases_text(made).encode()).hexdigest()
