"""Whom a prompt asks, and whether a budget can be kept with it."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.policy import POLICY_FILE
from pytest_goldenprompt.model.limits import Asked, Terms
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.plugin.options import Settings


def asked_provider(settings: Settings, named: str | None) -> str:
    """Choose between the provider that was typed, the one that the files name and the default; InputError without."""
    chosen = settings.provider or named or settings.default_provider
    if not chosen:
        raise InputError(
            "no provider: neither the prompt, the dataset nor `golden_provider` names one",
            remedy="write `provider: openai:MODEL` into the prompt's front matter, or pass --golden-provider",
        )
    if chosen.partition(":")[0] == "replay" and settings.record:
        raise InputError("a recording run needs live answers, found provider 'replay'", remedy="pass --golden-provider")
    return chosen


def unpriced(terms: Terms, asked: Asked, parameters: Mapping[str, JSON]) -> InputError | None:
    """Say that calls could cost any amount, where nothing that is known bounds them."""
    price = terms.price_of(asked)
    missing = "input and output" if price is None else price.gap(asked, parameters)
    if not missing:
        return None
    what = "price" if price is None else "bound on the cost of a call"
    return InputError(
        f"no {what} is known for {asked.name}, which --golden-budget needs",
        remedy=f'write {missing} under [prices."{asked.name}"] into {POLICY_FILE}',
    )
