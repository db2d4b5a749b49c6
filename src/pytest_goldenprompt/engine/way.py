"""How one request is let in through the admission of its run, and where it waits for that."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pytest_goldenprompt.engine.admission import Admission, Leave, Places, Queue
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request

J = TypeVar("J")


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a request that is called."""

    admission: Admission
    queue: Queue
    request: Request

    async def enter(self, wait: float) -> Leave | str:
        """Wait for leave to call."""
        return await self.admission.enter(self.queue, self.request, wait)

    def leave(self, entered: Leave, outcome: Output | ProviderError | None) -> None:
        """Give the leave back."""
        self.admission.leave(self.queue, self.request, entered, outcome)


@dataclass(slots=True)
class Counter(Generic[J]):
    """Where the calls of one model through one provider are handed out: what waits, and who works."""

    provider: Provider
    queue: Queue
    own: Places
    waiting: deque[tuple[J, int]] = field(default_factory=deque)
    workers: int = 0
