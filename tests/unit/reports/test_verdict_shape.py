from __future__ import annotations

import copy
import json
from itertools import islice

import pytest
from jsonschema import Draft202012Validator

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.reports.verdict_record import to_text
from pytest_goldenprompt.reports.verdict_shape import read_record, schema
from unit.reports.test_verdict_record import RUNS, made

RECORDS = {name: json.loads(to_text(made(*runs))) for name, runs in RUNS.items()}
ODD = [None, True, 3, -1.5, 7.5, "x", "pass", [], {}, [1], {"id": 1}]
"""What may stand where something else is expected."""


def places(value, path=()):
    """List the paths to all that a plain value holds."""
    yield path
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in below:
        yield from places(item, (*path, name))


def changed(plain, path, change):
    copied = copy.deepcopy(plain)
    inside = copied
    for name in path[:-1]:
        inside = inside[name]
    change(inside, path[-1])
    return copied


def changes(plain):
    """Give a record with one thing put in the place of another, left out, or added, everywhere."""
    for path in list(places(plain))[1:]:
        for odd in ODD:
            yield changed(plain, path, lambda inside, name, odd=odd: inside.__setitem__(name, odd))
        yield changed(plain, path, lambda inside, name: inside.pop(name))
        if isinstance(path[-1], str):
            yield changed(plain, path, lambda inside, name: inside.__setitem__(f"{name}x", inside[name]))


@pytest.mark.parametrize("name", RECORDS)
def test_true_records_are_read(name):
    assert read_record(json.dumps(RECORDS[name]), "v.json") == RECORDS[name]


def test_what_is_refused_is_what_another_reader_of_the_schema_refuses():
    oracle, refused = Draft202012Validator(schema()), 0
    for plain in islice(changes(RECORDS["regressed"]), 0, None, 3):
        try:
            read_record(json.dumps(plain), "v.json")
            found = True
        except InputError:
            found = False
            refused += 1
        assert found is oracle.is_valid(plain), plain
    assert refused > 300


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda plain: plain.update(extra=1), "field extra is unknown"),
        (lambda plain: plain["run"].pop("commit"), "field run.commit is missing"),
        (lambda plain: plain["prompts"][0].update(draft=0), r"prompts\[0\].draft is no boolean, found 0"),
        (lambda plain: plain.update(verdict="fine"), "verdict is not as expected .enum .*, found .fine"),
        (lambda plain: plain.update(baseline={"id": "x" * 100}), "field baseline.age_days is missing"),
        (lambda plain: plain.update(digest="a" * 63), "digest is not as expected"),
        (lambda plain: plain.update(digest="a" * 64 + "\n"), "digest is not as expected"),
        (lambda plain: plain["counts"].update(run=-1), "counts.run is not as expected .minimum 0., found -1"),
    ],
)
def test_the_first_fault_is_named_by_its_path(change, told):
    plain = copy.deepcopy(RECORDS["pass"])
    change(plain)
    with pytest.raises(InputError, match=f"v.json: no verdict record that this version writes: {told}"):
        read_record(json.dumps(plain), "v.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Expecting value"),
        ("{} {}", "Extra data"),
        ("[]", "the whole is no object"),
        ('{"a": NaN}', "NaN is no JSON"),
        ('{"a": 1, "b": 2, "a": 1}', "field 'a' is there twice"),
        ("[" * 100_000, "no verdict record"),
    ],
)
def test_other_texts_are_refused(text, told):
    with pytest.raises(InputError, match=told):
        read_record(text, "v.json")
