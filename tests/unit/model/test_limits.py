from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pytest_goldenprompt.model.limits import Allowance, Asked, Caps, Price, Spend, Terms, bytes_of, portable
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.model.prompt import Message, Request

MINI = Asked("openai:gpt-4o-mini")
PRICE = Price(Decimal("0.15"), Decimal("0.60"), Decimal("0.075"))


def request(*texts, **parameters):
    return Request("p", "c", 0, tuple(Message("user", text) for text in texts), parameters=parameters)


@pytest.mark.parametrize(
    ("asked", "name", "keys"),
    [
        (MINI, "openai:gpt-4o-mini", ("openai:gpt-4o-mini", "gpt-4o-mini", "openai")),
        (Asked("openai", "gpt-4o"), "openai:gpt-4o", ("openai:gpt-4o", "gpt-4o", "openai")),
        (Asked("openai:a", "b"), "openai:a", ("openai:a", "a", "openai")),
        (Asked("python:shop:answer", "m"), "python:shop:answer", ("python:shop:answer", "shop:answer", "m", "python")),
        (Asked("command:ask.sh"), "command:ask.sh", ("command:ask.sh", "ask.sh", "command")),
        (Asked("openai"), "openai", ("openai", "openai")),
        (Asked(), "", ()),
    ],
)
def test_whom_a_prompt_asks_is_found_by_its_whole_name_the_models_and_the_kinds(asked, name, keys):
    assert (asked.name, asked.keys) == (name, keys)


def test_the_most_particular_entry_counts():
    limits = {"openai": Allowance(1), "gpt-4o-mini": Allowance(2)}
    assert Terms(limits).limit_of(MINI) == "gpt-4o-mini"
    assert Terms(limits).limit_of(Asked("openai:other")) == "openai"
    assert Terms(limits).limit_of(Asked("anthropic:other")) is None
    prices = {"openai": Price(), "openai:gpt-4o-mini": PRICE}
    assert Terms(prices=prices).price_of(MINI) == PRICE
    assert Terms(prices=prices).price_of(Asked("openai:other")) == Price()
    assert Terms().price_of(MINI) is None


@pytest.mark.parametrize("kind", ["echo", "local:model.gguf", "replay"])
def test_what_answers_on_this_machine_costs_nothing(kind):
    assert Asked(kind).is_free
    assert Terms(prices={kind: PRICE}).price_of(Asked(kind)) == Price()


def test_each_of_several_processes_gets_its_part():
    terms = Terms({"a": Allowance(500, 90_000), "b": Allowance(None, 10)}).shared(4)
    assert terms.limits == {"a": Allowance(125, 22_500), "b": Allowance(None, 2.5)}
    caps = Caps(Decimal(10), 10, 60.0)
    parts = [caps.share(part, 4) for part in range(4)]
    assert [part.calls for part in parts] == [3, 3, 2, 2]
    assert {part.budget for part in parts} == {Decimal("2.5")}
    assert {part.seconds for part in parts} == {60.0}
    assert Caps().share(0, 4) == Caps()


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(1_000_000, 0), "0.15"),
        (Usage(0, 1_000_000), "0.60"),
        (Usage(1_000_000, 1_000_000, cached_tokens=400_000), "0.72"),
        (Usage(1_000_000, 0, cached_tokens=9_000_000), "0.075"),
        (Usage(None, 1_000_000), "0.615"),
        (Usage(1_000_000, None), "0.27"),
        (Usage(None, None), "0.135"),
        (Usage(-5, -5), "0"),
    ],
)
def test_a_call_costs_what_was_counted_and_the_most_where_nothing_was(usage, cost):
    assert PRICE.cost(usage, Usage(100_000, 200_000)) == Decimal(cost)


def test_cached_input_without_a_price_of_its_own_costs_as_any_other():
    price = Price(Decimal(1), Decimal(0), call=Decimal("0.5"))
    assert price.cost(Usage(1_000_000, 0, cached_tokens=1_000_000), Usage()) == Decimal("1.5")
    assert price.cost(Usage(), Usage()) == Decimal("0.5")


def test_what_is_put_into_the_cache_has_a_price_of_its_own():
    usage = Usage(1_000_000, 0, cached_tokens=200_000, cache_write_tokens=500_000)
    price = Price(Decimal(1), Decimal(9), cached=Decimal("0.1"), cache_write=Decimal(2))
    assert price.cost(usage, Usage()) == Decimal("0.3") + Decimal("0.02") + Decimal(1)
    assert replace(price, cache_write=None).cost(usage, Usage()) == Decimal("0.82")
    assert price.most(usage) == Decimal(2)


def test_the_most_is_the_most_whatever_is_cached():
    assert PRICE.most(Usage(1_000_000, 1_000_000)) == Decimal("0.75")
    dear = Price(Decimal(1), Decimal(0), cached=Decimal(2))
    assert dear.most(Usage(1_000_000, 0)) == Decimal(2)
    assert dear.most(Usage(1_000_000, 0)) >= dear.cost(Usage(1_000_000, 0, cached_tokens=300_000), Usage())


def test_a_request_in_a_batch_costs_its_share_of_every_price():
    half = replace(
        PRICE, call=Decimal(2), cache_write=Decimal("0.2"), batch=Decimal("0.5"), most_output_tokens=9
    ).in_batch()
    assert (half.input, half.output, half.cached, half.call) == tuple(map(Decimal, ("0.075", "0.3", "0.0375", "1")))
    assert (half.cache_write, half.most_output_tokens) == (Decimal("0.1"), 9)
    assert Price(call=Decimal(2), batch=Decimal("0.5")).in_batch().cached is None
    assert PRICE.in_batch() == PRICE


@pytest.mark.parametrize(
    ("price", "asked", "parameters", "gap"),
    [
        (PRICE, MINI, {}, "most_output_tokens"),
        (PRICE, MINI, {"max_tokens": 10}, ""),
        (PRICE, MINI, {"max_tokens": True}, "most_output_tokens"),
        (PRICE, MINI, {"max_completion_tokens": 10, "max_tokens": "x"}, ""),
        (Price(output=Decimal(1), most_output_tokens=9), MINI, {}, ""),
        (Price(input=Decimal(1)), MINI, {}, ""),
        (PRICE, Asked("python:a:b"), {"max_tokens": 10}, "most_output_tokens"),
        (Price(Decimal(1), Decimal(1), most_output_tokens=9), Asked("python:a:b"), {}, "most_input_tokens"),
        (Price(Decimal(1), Decimal(1), most_input_tokens=9, most_output_tokens=9), Asked("command:x"), {}, ""),
        (Price(call=Decimal(1)), Asked("python:a:b"), {}, ""),
    ],
)
def test_a_call_that_could_cost_any_amount_tells_which_bound_it_lacks(price, asked, parameters, gap):
    assert price.gap(asked, parameters) == gap


def test_a_call_is_bounded_by_its_bytes_and_the_answers_limit():
    asked = request("grüß dich", max_tokens=50)
    assert Price().bound(MINI, asked) == Usage(bytes_of(asked), 50)
    assert bytes_of(asked) >= len("grüß dich".encode())
    declared = Price(most_input_tokens=7, most_output_tokens=30)
    assert declared.bound(MINI, asked) == Usage(7, 30)
    assert declared.bound(Asked("python:a:b"), request(max_tokens=5)) == Usage(7, 30)
    assert Price().bound(MINI, request()).output_tokens == 0


def test_a_text_of_half_characters_has_bytes_too():
    assert bytes_of(request("\ud800")) == bytes_of(request("abc"))


def test_tools_and_answer_formats_are_read_by_the_model_and_other_parameters_are_not():
    plain = bytes_of(request("hi"))
    assert bytes_of(request("hi", temperature=0, seed=3)) == plain
    tools = [{"type": "function", "function": {"name": "f"}}]
    assert bytes_of(request("hi", tools=tools)) > plain + len(str(tools))


def test_spending_adds_up():
    one = Spend(1, 1, 1, 10, 20, 3, 4, Decimal("0.1"), Decimal("0.01"))
    two = Spend(2, 1, 2, 5, 6, 7, 8, Decimal("0.2"), Decimal("0.02"))
    assert one + two == Spend(3, 2, 3, 15, 26, 10, 12, Decimal("0.3"), Decimal("0.03"))
    assert (one + two).money == Decimal("0.3")


def test_a_bill_with_a_call_that_has_no_price_is_no_bill():
    assert (Spend(1, 1, 1, amount=Decimal(1)) + Spend(1, 1, 0)).money is None
    assert Spend().money == 0


@pytest.mark.parametrize(
    ("price", "usage", "cost"),
    [
        (Price(input=Decimal(1), output=Decimal(2)), Usage(1_000_000, 500_000), Decimal(2)),
        (Price(input=Decimal(1)), Usage(1_000_000), None),
        (Price(output=Decimal(1)), Usage(None, 5), None),
        (Price(call=Decimal("0.1")), Usage(), Decimal("0.1")),
    ],
)
def test_a_cost_is_known_where_what_costs_money_was_counted(price, usage, cost):
    assert price.known_cost(usage) == cost


@pytest.mark.parametrize(
    ("written", "shared"),
    [
        ("openai:gpt-4o-mini", "openai:gpt-4o-mini"),
        ("echo", "echo"),
        ("local:models/m.gguf", "local:models/m.gguf"),
        ("local:/home/me/m.gguf", "local:m.gguf"),
        ("command:/usr/bin/ask --style x/y", "command:ask --style x/y"),
        ("command:ask /etc/prompt", "command:ask /etc/prompt"),
    ],
)
def test_facts_name_no_folder_of_this_machine(written, shared):
    assert portable(written) == shared
