"""The shipped schema of goldenprompt.toml names what the reader accepts, and accepts what the reader does."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import fields
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.limits import terms_from
from pytest_goldenprompt.formats.policy import policy_from
from pytest_goldenprompt.formats.upkeep import CADENCE, upkeep_from
from pytest_goldenprompt.formats.waivers import KEYS
from pytest_goldenprompt.model.limits import Allowance, Price
from pytest_goldenprompt.model.policy import Policy

SCHEMA = json.loads((resources.files("pytest_goldenprompt") / "schemas" / "policy.schema.json").read_text())
PARTS = SCHEMA["properties"]
WHOLE = """
[gate]
alpha = 0.01
inconclusive = "fail"

[[waivers]]
prompt = "p"
owner = "jane"
reason = "known"
until = 2026-12-31
most_drop = 0.1

[limits."openai:gpt"]
requests_per_minute = 10

[prices]
currency = "USD"

[prices."openai:gpt"]
input = 1
output = 2.5

[cadence]
run = "monthly"
review = 90

[cadence.prompts]
"billing/*" = "weekly"

[owners]
"support/*" = "desk"

[taxonomy]
tags = ["lang:*"]

[models]
retired = ["gpt-3.5-*"]
"""


def complaints(text):
    plain = json.loads(json.dumps(tomllib.loads(text), default=dt.date.isoformat))
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(plain)]


def accepted(text):
    try:
        policy_from(text, "goldenprompt.toml")
        terms_from(text, "goldenprompt.toml")
        upkeep_from(text, "goldenprompt.toml")
    except InputError:
        return False
    return True


def test_every_key_that_is_read_is_in_the_schema_and_no_other():
    Draft202012Validator.check_schema(SCHEMA)
    assert set(PARTS["gate"]["properties"]) == set(Policy().levels())
    assert set(PARTS["waivers"]["items"]["properties"]) == set(KEYS)
    for table, kind in (("limits", Allowance), ("prices", Price)):
        assert set(PARTS[table]["additionalProperties"]["properties"]) == {one.name for one in fields(kind)}
    assert set(PARTS["cadence"]["properties"]) == set(CADENCE)


def test_what_is_accepted_fits():
    assert accepted(WHOLE)
    assert complaints(WHOLE) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("alpha = 0.01", "alpha = 0"),
        ("alpha = 0.01", "alhpa = 0.01"),
        ('"fail"', '"maybe"'),
        ('owner = "jane"\n', ""),
        ("most_drop = 0.1", "most_drop = 2"),
        ("requests_per_minute = 10", "requests_per_minute = 0"),
        ("output = 2.5", "output = -1"),
        ("[gate]", "[gates]"),
        ('run = "monthly"', 'run = "daily"'),
        ("review = 90", "review = 0"),
        ("review = 90", "reviews = 90"),
        ('"weekly"', '"sometimes"'),
        ('"desk"', "3"),
        ('["lang:*"]', '"lang:*"'),
        ('"gpt-3.5-*"', "3"),
        ("[models]", "[modells]"),
    ],
)
def test_what_is_refused_does_not_fit(right, wrong):
    text = WHOLE.replace(right, wrong)
    assert not accepted(text)
    assert complaints(text)
