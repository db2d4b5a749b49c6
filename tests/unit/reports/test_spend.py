from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pytest_goldenprompt.model.limits import Price, Spend, Terms
from pytest_goldenprompt.reports.spend import spend_line, spend_record, spent_of

ONE = Spend(10, 9, 10, 1200, 340, 200, 40, Decimal("1.2345678901"), Decimal("0.1"))
TERMS = Terms(prices={"m": Price()}, currency="USD")


def test_sums_stand_over_the_figures_of_each_model():
    found = spend_record({"b": ONE, "a": replace(ONE, calls=1, priced=1)}, TERMS)
    assert list(found["models"]) == ["a", "b"]
    assert found["models"]["b"] == {
        "amount": 1.23456789,
        "estimated": 0.1,
        "calls": 10,
        "counted": 9,
        "input_tokens": 1200,
        "output_tokens": 340,
        "cached_tokens": 200,
        "reasoning_tokens": 40,
    }
    assert (found["calls"], found["amount"], found["currency"], found["input_tokens"]) == (11, 2.46913578, "USD", 2400)


def test_what_is_not_known_is_null():
    found = spend_record({"a": ONE, "b": Spend(2)}, Terms())
    assert (found["amount"], found["estimated"], found["currency"]) == (None, None, None)
    assert found["models"]["a"]["amount"] is not None
    assert found["models"]["b"]["input_tokens"] is None
    assert spend_record({}, TERMS) is None


@pytest.mark.parametrize(
    ("spent", "terms", "budget", "line"),
    [
        (ONE, TERMS, None, "1.2346 USD, 10 calls, 1,200 tokens in and 340 out"),
        (ONE, TERMS, 5.0, "1.2346 of 5 USD, 10 calls, 1,200 tokens in and 340 out"),
        (ONE, replace(TERMS, currency=None), 0.25, "1.2346 of 0.25, 10 calls, 1,200 tokens in and 340 out"),
        (replace(ONE, priced=9), TERMS, None, "10 calls, 1,200 tokens in and 340 out"),
        (Spend(1, 0, 1), Terms(), None, "1 call"),
    ],
)
def test_one_line_says_what_is_known(spent, terms, budget, line):
    assert spend_line({"m": spent}, terms, budget) == line


def test_what_was_recorded_can_be_added_to():
    asked = replace(ONE, amount=Decimal("1.25"))
    spent = {"a": asked, "b": Spend(2)}
    assert spent_of(spend_record(spent, TERMS)) == spent
    assert spent_of(None) == {}
