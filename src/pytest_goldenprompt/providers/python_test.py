"""A Python test as one who answers: pytest calls it, with its fixtures."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request

NAME = "pytest"
"""What stands in records in place of a provider's name."""


@dataclass(slots=True)
class PythonTest:
    """A test function that returns what an application said; it keeps a provider's contract as far as it is known.

    `id` is its node id with the path relative to the root, `path` its file, `digest` that of the file's bytes, and
    `version` names the code behind it: what it imports, and the conftest.py files above it. `deterministic` is what its
    author says of it.
    """

    id: str
    path: str
    digest: str
    version: str
    deterministic: bool = False
    max_concurrency: int | None = field(default=1, init=False)
    """Fixtures are set up for one call at a time."""

    def is_deterministic(self, request: Request) -> bool:  # noqa: ARG002 - the contract's signature
        """Say whether its author says so."""
        return self.deterministic

    def complete(self, request: Request) -> Output:
        """Refuse: without pytest there are no fixtures."""
        raise ProviderError(f"{self.id} is called by pytest alone, found case {request.case_id!r} asked for elsewhere")

    def close(self) -> None:
        """Hold nothing."""
