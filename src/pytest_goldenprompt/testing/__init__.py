"""For authors of providers and stores: classes of tests that every one of them must pass, used as a run uses it."""

from __future__ import annotations

from pytest_goldenprompt.testing.providers import Fault, ProviderContract, answers_of, outputs_of
from pytest_goldenprompt.testing.stores import StoreContract

__all__ = ["Fault", "ProviderContract", "StoreContract", "answers_of", "outputs_of"]
