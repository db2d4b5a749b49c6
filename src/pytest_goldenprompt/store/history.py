"""How each prompt did in the months before: what is shown beside a verdict, and weighs nothing in it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.verdict import MonthRate
from pytest_goldenprompt.store.store import Store

MONTHS = 12


def history(store: Store, *, until: str, besides: str = "") -> dict[str, tuple[MonthRate, ...]]:
    """Give the pass rates of the accepted months up to `until` (YYYY-MM), oldest first, by prompt.

    The run `besides` is left out, and so is a month whose verdict cannot be read: it is no part of any decision.
    """
    pointers = store.pointers().months
    months = [month for month in sorted(pointers) if month <= until and pointers[month].run != besides]
    found: dict[str, list[MonthRate]] = defaultdict(list)
    for month in months[-MONTHS:]:
        for prompt in _prompts(store, pointers[month].run):
            rate = prompt["rate"]["now"]
            if rate is not None:
                found[prompt["id"]].append(MonthRate(month, rate))
    return {name: tuple(rates) for name, rates in found.items()}


def _prompts(store: Store, run_id: str) -> list[dict[str, Any]]:
    try:
        prompts: list[dict[str, Any]] = store.verdict(run_id)["prompts"]
    except (StoreError, KeyError):
        return []
    return prompts
