"""What is remembered of requests that were handed over to a provider in a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str, str, int, str]
"""Prompt id, case id, the repeat's index, and the digest of what is asked."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests that were handed over together, by the names that they have there.

    `provider` says who answers, `id` is its own word for the batch: None where it is not known whether there is one, as
    whoever handed it over was cut off. `label` is ours, and finds it then. `submitted` is ISO 8601 in UTC. `kind` and
    `month` are those of the run that it was made for.
    """

    provider: str
    label: str
    kind: str
    month: str
    submitted: str
    requests: Mapping[str, Place]
    id: str | None = None
