from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.limits import read_terms, terms_from
from pytest_goldenprompt.formats.policy import policy_from
from pytest_goldenprompt.model.limits import Allowance, Price, Terms
from pytest_goldenprompt.model.policy import Policy

WHOLE = """
[gate]
alpha = 0.01

[limits."openai:gpt-4o-mini"]
requests_per_minute = 500
tokens_per_minute = 200_000

[limits.openai]  # all its other models together
requests_per_minute = 0.5

[prices]
currency = "USD"

[prices.gpt-4o-mini]
input = 0.15
cached = 0.075
cache_write = 0.2
output = 0.60
batch = 0.5
most_output_tokens = 4096

[prices."python:shop:answer"]
call = 0.01
"""


def test_limits_and_prices_are_read_beside_the_gates_levels():
    assert terms_from(WHOLE, "goldenprompt.toml") == Terms(
        {"openai:gpt-4o-mini": Allowance(500, 200_000), "openai": Allowance(0.5)},
        {
            "gpt-4o-mini": Price(
                Decimal("0.15"),
                Decimal("0.6"),
                Decimal("0.075"),
                Decimal("0.2"),
                most_output_tokens=4096,
                batch=Decimal("0.5"),
            ),
            "python:shop:answer": Price(call=Decimal("0.01")),
        },
        "USD",
    )
    assert policy_from(WHOLE, "goldenprompt.toml") == Policy(alpha=0.01)


def test_without_file_or_tables_nothing_is_limited_or_priced(tmp_path):
    assert read_terms(tmp_path) == Terms()
    (tmp_path / "goldenprompt.toml").write_text("[gate]\nalpha = 0.01\n")
    assert read_terms(tmp_path) == Terms()
    (tmp_path / "goldenprompt.toml").write_text("[limits.m]\ntokens_per_minute = 10\n")
    assert read_terms(tmp_path) == Terms({"m": Allowance(None, 10)})


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("limits = 3", 1, r"wrong `limits` in the policy, found 3; tables such as \[limits\.MODEL\]"),
        ("[limits]\nrequests_per_minute = 3", 2, "wrong entry in .limits., found 'requests_per_minute'"),
        ('[limits."a\\u0007b"]\nrequests_per_minute = 3', 1, "wrong entry in .limits."),
        ("[gate]\n\n[limits.m]\n", 3, r'too little in \[limits\."m"\], found nothing; `requests_per_minute` or'),
        ("[limits.m]\nrequest_per_minute = 3", 2, "did you mean `requests_per_minute`"),
        ("[limits.m]\n\nrequests_per_minute = 0", 3, "a number over 0 is accepted .leave the line out"),
        ("[limits.m]\nrequests_per_minute = -1", 2, "found -1"),
        ("[limits.m]\nrequests_per_minute = inf", 2, "found inf"),
        ("[limits.m]\ntokens_per_minute = nan", 2, "found nan"),
        ("[limits.m]\ntokens_per_minute = true", 2, "found true"),
        ("prices = []", 1, "wrong `prices`"),
        ("[prices]\ncurrency = 3", 2, "`currency` in .prices., found 3"),
        ("[prices]\ncurency = 'USD'", 2, "wrong entry in .prices., found 'curency'"),
        ("[prices.m]\ninput = 1", 1, "found input; `input` and `output`"),
        ("[prices.m]\n", 1, r"too little in \[prices\.\"m\"\], found nothing"),
        ("[prices.m]\ninput = 1\noutput = '2'", 3, "wrong `output`"),
        ("[prices.m]\ninput = 1\noutput = -2", 3, "wrong `output`"),
        ("[prices.m]\ncall = 1\nmost_output_tokens = 0", 3, "wrong `most_output_tokens`"),
        ("[prices.m]\nprice = 1", 2, "unknown key"),
        ("[prices.m]\nbatch = 0.5", 1, "found batch; `input` and `output`"),
        ("[prices.m]\ncall = 1\nbatch = 50", 3, "wrong `batch`"),
        ("[prices.m]\ncall = 1\n[prices.n]\nx = 2", 4, "unknown key"),
        ("[prices.m\n", 1, "not valid TOML"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text, line, what):
    with pytest.raises(InputError, match=what) as caught:
        terms_from(text, "goldenprompt.toml")
    assert caught.value.line == line
    assert str(caught.value).startswith(f"goldenprompt.toml:{line}: ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("limits.m.requests_per_minute = 'x'", 1),
        ("[limits]\n'm' = {requests_per_minute = 'x'}", 2),
        ('x = """\n[limits.m]\n"""\n[limits.m]\nrequests_per_minute = "x"', 5),
        ("x = [\n[1],\n['a']]\n[limits.'m'] # a comment\n 'requests_per_minute'='x'", 5),
    ],
)
def test_places_are_near_however_it_is_written(text, line):
    body = text.replace("x = ", "[owners]\nx = ", 1) if text.startswith("x") else text
    moved = 1 if body is not text else 0
    with pytest.raises(InputError, match="requests_per_minute") as caught:
        terms_from(body, "goldenprompt.toml")
    assert caught.value.line == line + moved
