"""Objects made in great number: filled quickly, and not searched for garbage while they come to be."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@cache
def opened(kind: type[Any]) -> type[Any]:
    """Give the twin of a frozen, slotted dataclass that is not frozen: filled without a call for each field.

    What it makes becomes one of the frozen kind by setting its `__class__`, which equal slots allow.
    """
    fields = [
        (field.name, field.type, dataclasses.field(default=field.default, default_factory=field.default_factory))
        for field in dataclasses.fields(kind)
    ]
    return dataclasses.make_dataclass(kind.__name__, fields, slots=True)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector rest: it would walk through all objects again and again, and find nothing to free."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()
