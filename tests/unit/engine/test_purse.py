from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.model.limits import Asked, Caps, Price, Spend, Terms
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.model.prompt import Request

MODEL = Asked("openai:m")
PRICE = Price(Decimal(1000), Decimal(2000), most_input_tokens=100, most_output_tokens=100)
MOST = Decimal("0.3")
"""What a call may cost at most: 100 tokens in and 100 out."""


def new(price=PRICE, whole=None, **caps):
    return Purse(Terms(prices={"m": price} if price else {}), Caps(**caps), whole)


def bill(purse, asked=MODEL, **parameters):
    return purse.bill(purse.account(asked), Request("p", "c", 0, (), parameters=parameters))


def spend(purse, usage=Usage(10, 10), *, paid=True):  # noqa: B008 - frozen
    one = bill(purse)
    purse.set_aside(one)
    purse.settle(one, usage, paid=paid)
    return purse.spent["openai:m"]


def test_the_most_is_set_aside_while_a_call_is_under_way():
    purse = new(budget=Decimal("0.7"))
    first, second, third = bill(purse), bill(purse), bill(purse)
    assert first.most == MOST
    assert (purse.has(first), purse.refusal(first)) == (True, "")
    purse.set_aside(first)
    purse.set_aside(second)
    assert (purse.has(third), purse.refusal(third)) == (False, "")
    purse.settle(first, Usage(10, 10))
    assert purse.has(third)
    purse.set_aside(third)
    purse.settle(second, Usage(100, 100))
    purse.settle(third, Usage(100, 100))
    last = bill(purse)
    assert (purse.has(last), purse.refusal(last)) == (False, "the budget of 0.7 is spent")
    assert purse.spent["openai:m"].amount == Decimal("0.63")


def test_a_budget_may_be_spent_to_the_last_digit():
    purse = new(budget=2 * MOST)
    spend(purse, Usage(100, 100))
    assert purse.has(bill(purse))
    spend(purse, Usage(100, 100))
    assert purse.refusal(bill(purse))


def test_what_was_counted_is_kept():
    found = spend(new(), Usage(100, 50, 20, 30))
    assert found == Spend(1, 1, 1, 100, 50, 20, 30, Decimal("0.2"))
    assert found.money == Decimal("0.2")


@pytest.mark.parametrize("usage", [None, Usage(), Usage(None, 5), Usage(5, None)])
def test_what_was_not_counted_is_taken_as_the_most_and_said_to_be_so(usage):
    found = spend(new(budget=Decimal(9)), usage)
    assert (found.counted, found.calls) == (0, 1)
    assert 0 < found.amount <= MOST
    assert found.estimated == found.amount


def test_a_call_that_was_turned_away_costs_nothing():
    found = spend(new(budget=Decimal(9)), None, paid=False)
    assert (found.calls, found.amount, found.money) == (1, 0, 0)
    assert spend(new(None), None, paid=False).money == 0


def test_a_price_a_call_needs_no_count():
    found = spend(new(Price(call=Decimal("0.01"))), None)
    assert (found.money, found.estimated) == (Decimal("0.01"), 0)


def test_without_a_price_or_a_bound_there_is_no_amount():
    assert spend(new(None), Usage(10, 10)).money is None
    unbounded = Price(Decimal(1), Decimal(1))
    assert spend(new(unbounded), Usage()).money is None
    assert spend(new(unbounded), Usage(10, 10)).money == Decimal("0.00002")


def test_the_count_of_calls_has_an_end():
    purse = new(None, calls=2)
    for _ in range(2):
        assert purse.refusal(bill(purse)) == ""
        spend(purse)
    assert purse.refusal(bill(purse)) == "the limit of 2 calls is reached"
    assert purse.calls == 2


def test_a_share_tells_of_the_whole():
    purse = new(whole=Caps(Decimal(5), 8), budget=Decimal(0), calls=2)
    assert purse.refusal(bill(purse)) == "the budget of 5 is spent"
    spend(purse)
    spend(purse)
    assert purse.refusal(bill(purse)) == "the limit of 8 calls is reached"


def test_what_was_spent_elsewhere_is_spent():
    purse = new(budget=Decimal(1), calls=10)
    purse.add({"openai:m": Spend(3, 3, 3, amount=Decimal("0.4")), "openai:n": Spend(1, 0, 1)})
    purse.add({"openai:m": Spend(4, 4, 4, amount=Decimal("0.4"))})
    assert purse.calls == 8
    assert purse.refusal(bill(purse)) == "the budget of 1 is spent"
    assert {name: one.calls for name, one in purse.spent.items()} == {"openai:m": 7, "openai:n": 1}
    assert spend(purse).calls == 8


def test_a_bound_that_was_broken_is_taken_as_wider():
    purse = new(budget=Decimal(100))
    spend(purse, Usage(200, 200))
    assert bill(purse).most == 2 * MOST
    spend(purse, Usage(1, 1))
    assert bill(purse).most == 2 * MOST


def test_what_came_in_a_batch_is_counted_at_the_price_of_one():
    purse = new(replace(PRICE, batch=Decimal("0.5")), budget=MOST)
    request = Request("p", "c", 0, ())
    purse.remember(MODEL, request, Usage(10, 10), 1, batched=True)
    assert (purse.spent["openai:m"].amount, purse.calls) == (Decimal("0.015"), 1)
    purse.remember(MODEL, request, Usage(10, 10), 1)
    assert (purse.spent["openai:m"].amount, purse.calls) == (Decimal("0.045"), 2)
    assert not purse.has(bill(purse))
    unpriced = new(None)
    unpriced.remember(MODEL, request, Usage(10, 10), 1, batched=True)
    assert unpriced.spent["openai:m"].money is None


def test_requests_are_handed_over_within_what_is_left():
    requests = [(MODEL, Request("p", "c", repeat, ())) for repeat in range(4)]
    half = replace(PRICE, batch=Decimal("0.5"))
    purse = new(half, budget=2 * MOST, calls=4)
    assert purse.shortage(requests) == ""
    spend(purse)
    assert purse.shortage(requests) == "4 requests go beyond the limit of 4 calls"
    purse = new(half, budget=2 * MOST)
    spend(purse)
    assert purse.shortage(requests) == "4 requests could cost up to 0.6, which goes beyond the budget of 0.6"
    assert purse.shortage(requests[1:]) == ""
    assert new(None).shortage(requests) == ""
