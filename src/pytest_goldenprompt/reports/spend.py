"""What a run spent: for the verdict record, and as one line of the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pytest_goldenprompt.model.limits import Spend, Terms

DIGITS = 9
"""Decimal places of an amount of money: a single token costs less than a millionth."""

TOKENS = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")


def spend_record(spent: Mapping[str, Spend], terms: Terms) -> dict[str, Any] | None:
    """Give the record's `spend`: the sums, and the same by model; None where nothing was called."""
    if not spent:
        return None
    models = {name: _plain(spend) for name, spend in sorted(spent.items())}
    return {**_plain(total(spent)), "currency": terms.currency, "models": models}


def spent_of(record: Mapping[str, Any] | None) -> dict[str, Spend]:
    """Read what `spend_record` gave, by model."""
    models = record["models"] if record else {}
    return {name: _read(plain) for name, plain in models.items()}


def _read(plain: Mapping[str, Any]) -> Spend:
    known: bool = plain["amount"] is not None
    tokens: dict[str, int] = {name: plain[name] or 0 for name in TOKENS}
    spend = replace(Spend(calls=plain["calls"], counted=plain["counted"], priced=plain["calls"] * known), **tokens)  # type: ignore[arg-type]
    return replace(spend, amount=_amount(plain["amount"]), estimated=_amount(plain["estimated"]))


def _amount(value: float | None) -> Decimal:
    return Decimal(str(value or 0))


def spend_line(spent: Mapping[str, Spend], terms: Terms, budget: float | None) -> str:
    """Say in one line what was spent; money only where every call has a price."""
    sums = total(spent)
    said = [f"{sums.calls:,} call{'s' * (sums.calls != 1)}"]
    if sums.counted:
        said.append(f"{sums.input_tokens:,} tokens in and {sums.output_tokens:,} out")
    return ", ".join(filter(None, [money(spent, terms, budget), *said]))


def money(spent: Mapping[str, Spend], terms: Terms, budget: float | None) -> str:
    """Say what was spent, where every call has a price and somebody gave one; empty otherwise."""
    amount = total(spent).money
    if amount is None or not (terms.prices or budget is not None):
        return ""
    of = "" if budget is None else f" of {budget:g}"
    return f"{_rounded(amount):.4f}{of} {terms.currency or ''}".rstrip()


def total(spent: Mapping[str, Spend]) -> Spend:
    """Give the sums over all models."""
    return sum(spent.values(), Spend())


def _plain(spend: Spend) -> dict[str, Any]:
    tokens = {name: getattr(spend, name) if spend.counted else None for name in TOKENS}
    known = spend.money is not None
    return {
        "amount": _rounded(spend.amount) if known else None,
        "estimated": _rounded(spend.estimated) if known else None,
        "calls": spend.calls,
        "counted": spend.counted,
        **tokens,
    }


def _rounded(amount: Decimal) -> float:
    return float(round(amount, DIGITS))
